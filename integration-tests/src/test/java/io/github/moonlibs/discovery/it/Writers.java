package io.github.moonlibs.discovery.it;

import static java.util.Objects.requireNonNull;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Result;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Virtual threads that call {@code put} with numbers that are never the same, and compare the terms of the answers. */
final class Writers implements AutoCloseable {
    private static final AtomicLong NUMBER = new AtomicLong();

    /** The numbers whose writes were answered. */
    final Queue<Long> answered = new ConcurrentLinkedQueue<>();

    final Queue<CallException> failures = new ConcurrentLinkedQueue<>();

    /** Answers of an older term than one that was there before their calls began. */
    final Queue<String> ofAnOldTerm = new ConcurrentLinkedQueue<>();

    /** The ports of those that answered, by their terms. */
    final NavigableMap<Long, Integer> leaders = new ConcurrentSkipListMap<>();

    private final AtomicLong term = new AtomicLong();
    private final Repeated threads;

    Writers(DiscoveryClient client, int count) {
        threads = new Repeated(count, () -> write(client));
    }

    private void write(DiscoveryClient client) {
        long number = NUMBER.incrementAndGet();
        long known = term.get();
        try {
            Result result = client.call("put", List.of(number), Clients.PATIENT);
            long answer = requireNonNull(result.get(0, Long.class));
            leaders.put(answer, requireNonNull(result.get(1, Integer.class)));
            answered.add(number);
            if (answer < known) {
                ofAnOldTerm.add("write " + number + ": term " + answer + " after " + known);
            }
            term.accumulateAndGet(answer, Math::max);
        } catch (CallException failure) {
            failures.add(failure);
        }
    }

    /** Waits until this many more calls have ended. */
    void awaitMore(long more) {
        threads.awaitMore(more, () -> more + " more writes; failures " + failures);
    }

    @Override
    public void close() {
        end();
    }

    /** Stops writing, and waits for the last writes. */
    void end() {
        threads.close();
    }
}
