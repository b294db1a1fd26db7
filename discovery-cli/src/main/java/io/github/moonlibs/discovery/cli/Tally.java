package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.Attempt;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.cli.AttemptLog.Seen;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The results of a benchmark's calls. Thread-safe. */
final class Tally {
    private final Histogram calls = new ConcurrentHistogram(3);
    private final LongAdder failed = new LongAdder();
    private final Map<Instance, OfNode> nodes = new ConcurrentHashMap<>();
    private volatile @Nullable CallException lastFailure;

    /** The attempts on one node: the times of those that were answered, and how many failed. */
    record OfNode(Histogram answered, LongAdder failed) {}

    void succeeded(List<Seen> attempts, long startNanos, long endNanos) {
        calls.recordValue(endNanos - startNanos);
        Seen answered = attempts.getLast();
        of(answered.node()).answered().recordValue(answered.nanos());
        attempts.subList(0, attempts.size() - 1)
                .forEach(attempt -> of(attempt.node()).failed().increment());
    }

    void failed(CallException failure) {
        failed.increment();
        lastFailure = failure;
        for (Attempt attempt : failure.attempts()) {
            of(attempt.node()).failed().increment();
        }
    }

    private OfNode of(Instance node) {
        return nodes.computeIfAbsent(node, first -> new OfNode(new ConcurrentHistogram(3), new LongAdder()));
    }

    /** How many calls ended, successfully or not. */
    long ended() {
        return calls.getTotalCount() + failed();
    }

    long failed() {
        return failed.sum();
    }

    /** The times of the calls that succeeded, in nanoseconds. */
    Histogram calls() {
        return calls;
    }

    /** The nodes that were called, by name. */
    Map<Instance, OfNode> nodes() {
        Map<Instance, OfNode> sorted = new TreeMap<>(Comparator.comparing(Instance::toString));
        sorted.putAll(nodes);
        return sorted;
    }

    @Nullable
    CallException lastFailure() {
        return lastFailure;
    }
}
