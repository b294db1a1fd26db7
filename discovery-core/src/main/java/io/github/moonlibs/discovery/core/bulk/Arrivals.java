package io.github.moonlibs.discovery.core.bulk;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Attempts that have their outcomes, on the way from the threads that read to the one that made them: a Treiber stack
 * linked through the attempts, of which the maker takes all at once. A maker that waits is woken by the first one, and
 * again when enough are there or none came for a moment: what it does next, it does by few writes then.
 */
final class Arrivals {
    /** For how long a maker waits for more. */
    private static final long LINGER = TimeUnit.MICROSECONDS.toNanos(100);

    private static final int NEVER = 0;

    private final Thread maker = Thread.currentThread();
    private final AtomicReference<@Nullable BulkAttempt> top = new AtomicReference<>();

    /** The maker waits until so many are there. */
    private volatile int wakeAt = NEVER;

    /** Adds one, for any thread. To be called again if it throws for want of memory to wake the maker. */
    void add(BulkAttempt attempt) {
        if (attempt.arrive()) {
            BulkAttempt below;
            do {
                below = top.get();
                attempt.next = below;
                attempt.depth = below == null ? 1 : below.depth + 1;
            } while (!top.compareAndSet(below, attempt));
            if (attempt.depth != wakeAt) {
                return;
            }
        }
        LockSupport.unpark(maker);
    }

    /** All that are there, linked by {@link BulkAttempt#next}; null: none. */
    @Nullable
    BulkAttempt take() {
        return top.get() == null ? null : top.getAndSet(null);
    }

    private int size() {
        BulkAttempt last = top.get();
        return last == null ? 0 : last.depth;
    }

    /**
     * Waits until there are some, and then a moment for more; or until the thread is unparked or interrupted, or the time
     * is over.
     *
     * @param enough how many are worth no further wait
     */
    void await(long nanos, int enough) {
        park(1, nanos);
        int there = size();
        if (there > 0 && there < enough && !Thread.currentThread().isInterrupted()) {
            park(enough, Math.min(nanos, LINGER));
        }
    }

    private void park(int least, long nanos) {
        wakeAt = least;
        // a thread that adds does so before it reads the number, so at least one side sees the other
        if (size() < least) {
            LockSupport.parkNanos(this, nanos);
        }
        wakeAt = NEVER;
    }
}
