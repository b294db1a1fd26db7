package io.github.moonlibs.discovery.testkit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What a {@link FaultProxy} does to all bytes in one direction, and how many have passed. */
final class Direction {
    /**
     * @param delay how long after its arrival a byte is passed on
     * @param stalled whether nothing is passed on at all
     * @param portion how many bytes are passed on at a time; {@code Integer.MAX_VALUE}: all that there are
     * @param every the time between two portions
     */
    private record Fault(Duration delay, boolean stalled, int portion, Duration every) {
        static final Fault NONE = new Fault(Duration.ZERO, false, Integer.MAX_VALUE, Duration.ZERO);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicLong bytes = new AtomicLong();
    private Fault fault = Fault.NONE;

    void heal() {
        change(Fault.NONE);
    }

    void delay(Duration time) {
        change(new Fault(time, false, Integer.MAX_VALUE, Duration.ZERO));
    }

    void stall() {
        change(new Fault(Duration.ZERO, true, Integer.MAX_VALUE, Duration.ZERO));
    }

    void trickle(int portion, Duration every) {
        if (portion < 1) {
            throw new IllegalArgumentException("trickle: expected at least 1 byte at a time, got " + portion);
        }
        change(new Fault(Duration.ZERO, false, portion, every));
    }

    private void change(Fault next) {
        lock.lock();
        try {
            fault = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until bytes that arrived at this time may pass under the current fault. A change of fault counts at once.
     *
     * @param arrived on the scale of {@link System#nanoTime}
     * @return how many bytes may pass
     */
    int awaitPassage(long arrived) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                long wait = arrived + fault.delay.toNanos() - System.nanoTime();
                if (fault.stalled) {
                    changed.await();
                } else if (wait > 0) {
                    wait = changed.awaitNanos(wait);
                } else {
                    return fault.portion;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Counts the bytes that have passed, and waits until the next portion is due. */
    void passed(int count) throws InterruptedException {
        bytes.addAndGet(count);
        lock.lockInterruptibly();
        try {
            long left = fault.every.toNanos();
            Fault during = fault;
            while (left > 0 && fault.equals(during)) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        return bytes.get();
    }
}
