package com.example.discovery.demo;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.jspecify.annotations.Nullable;

/** Counts the results of one method's calls. Thread-safe. */
final class Tally {
    private final Map<String, LongAdder> served = new ConcurrentHashMap<>();
    private final LongAdder failed = new LongAdder();
    private final LongAdder late = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final ConcurrentHistogram micros = new ConcurrentHistogram(3);
    private volatile @Nullable RuntimeException lastFailure;

    void served(String node, long nanos) {
        served.computeIfAbsent(node, name -> new LongAdder()).increment();
        micros.recordValue(nanos / 1_000);
    }

    void failed(RuntimeException why) {
        failed.increment();
        lastFailure = why;
    }

    void late() {
        late.increment();
    }

    void repeated() {
        repeated.increment();
    }

    long failed() {
        return failed.sum();
    }

    /** Calls that ended later after their deadline than scheduling explains. */
    long lateCalls() {
        return late.sum();
    }

    long calls() {
        return failed()
                + servedBy().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Successful calls by node. */
    Map<String, Long> servedBy() {
        Map<String, Long> counts = new TreeMap<>();
        served.forEach((node, count) -> counts.put(node, count.sum()));
        return counts;
    }

    @Nullable
    RuntimeException lastFailure() {
        return lastFailure;
    }

    static String heading() {
        return "method            calls   failed     late  repeated       p50       p99       max";
    }

    String row(Method method) {
        return "%-14s %8d %8d %8d %9d %6.1f ms %6.1f ms %6.1f ms"
                .formatted(
                        method.procedure,
                        calls(),
                        failed(),
                        lateCalls(),
                        repeated.sum(),
                        micros.getValueAtPercentile(50) / 1e3,
                        micros.getValueAtPercentile(99) / 1e3,
                        micros.getMaxValue() / 1e3);
    }
}
