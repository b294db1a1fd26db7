package io.github.moonlibs.discovery.it;

import io.github.moonlibs.discovery.testkit.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Virtual threads that do the same one time after another, until they are stopped. */
final class Repeated implements AutoCloseable {
    /** The pause between two times of a thread, so that two hundred threads do not take the whole machine. */
    private static final long PAUSE_NANOS = 5_000_000;

    /** How many times it has been done. */
    final AtomicLong times = new AtomicLong();

    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    Repeated(int count, Runnable action) {
        for (int i = 0; i < count; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                while (!stopping) {
                    action.run();
                    times.incrementAndGet();
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }));
        }
    }

    /** Waits until it has been done this many times more. */
    void awaitMore(long more, Supplier<String> failure) {
        long target = times.get() + more;
        Waiting.until(failure, () -> times.get() >= target);
    }

    /** Stops, and waits for the last times. */
    @Override
    public void close() {
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
