package io.github.moonlibs.discovery.core;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts who is inside, never more than a bound, and, once closed, lets nobody in any more. One atomic holds both, so
 * that there is no moment between "the last one has left" and "no one can enter".
 */
final class Gate {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final AtomicInteger state = new AtomicInteger();
    private final int most;

    /** @param most how many may be inside at a time */
    Gate(int most) {
        this.most = most;
    }

    /** Enters, unless the gate is closed or as many are inside as may be. */
    boolean enter() {
        int count = state.get();
        while (count >= 0 && count < most) {
            if (state.compareAndSet(count, count + 1)) {
                return true;
            }
            count = state.get();
        }
        return false;
    }

    /** Leaves; whether that made the closed gate's last one go. */
    boolean leave() {
        return state.decrementAndGet() == CLOSED;
    }

    void close() {
        state.getAndUpdate(count -> count | CLOSED);
    }

    boolean isClosed() {
        return state.get() < 0;
    }

    /** Whether as many are inside as may be. */
    boolean isFull() {
        return inside() >= most;
    }

    int most() {
        return most;
    }

    int inside() {
        return state.get() & ~CLOSED;
    }
}
