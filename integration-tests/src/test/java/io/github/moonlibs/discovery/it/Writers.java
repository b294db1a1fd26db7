package io.github.moonlibs.discovery.it;

import static java.util.Objects.requireNonNull;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Virtual threads that call {@code put} with numbers that are never the same, and compare the terms of the answers. */
final class Writers implements AutoCloseable {
    private static final long PAUSE_NANOS = 5_000_000;
    private static final AtomicLong NUMBER = new AtomicLong();

    /** The numbers whose writes were answered. */
    final Queue<Long> answered = new ConcurrentLinkedQueue<>();

    final Queue<CallException> failures = new ConcurrentLinkedQueue<>();

    /** Answers of an older term than one that was there before their calls began. */
    final Queue<String> ofAnOldTerm = new ConcurrentLinkedQueue<>();

    private final AtomicLong term = new AtomicLong();
    private final AtomicLong calls = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    Writers(DiscoveryClient client, int count) {
        for (int i = 0; i < count; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                while (!stopping) {
                    write(client);
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }));
        }
    }

    private void write(DiscoveryClient client) {
        long number = NUMBER.incrementAndGet();
        long known = term.get();
        try {
            long answer = requireNonNull(client.call("put", List.of(number), Clients.PATIENT, Long.class));
            answered.add(number);
            if (answer < known) {
                ofAnOldTerm.add("write " + number + ": term " + answer + " after " + known);
            }
            term.accumulateAndGet(answer, Math::max);
        } catch (CallException failure) {
            failures.add(failure);
        }
        calls.incrementAndGet();
    }

    /** Waits until this many more calls have ended. */
    void awaitMore(long more) {
        long target = calls.get() + more;
        Waiting.until(() -> more + " more writes; failures " + failures, () -> calls.get() >= target);
    }

    @Override
    public void close() {
        end();
    }

    /** Stops writing, and waits for the last writes. */
    void end() {
        stopping = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
