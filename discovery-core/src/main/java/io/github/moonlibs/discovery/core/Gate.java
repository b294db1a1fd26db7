package io.github.moonlibs.discovery.core;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the attempts that are under way on a session, never more than a bound. Once closed it lets no more in. One atomic
 * holds both, so that there is no moment between "the last one has left" and "none can enter".
 */
final class Gate {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final AtomicInteger state = new AtomicInteger();
    private final int max;

    /** @param max how many places there are */
    Gate(int max) {
        this.max = max;
    }

    /** Takes a place; false if the gate is closed or all places are taken. */
    boolean enter() {
        int count = state.get();
        while (count >= 0 && count < max) {
            if (state.compareAndSet(count, count + 1)) {
                return true;
            }
            count = state.get();
        }
        return false;
    }

    /** Gives a place back; whether it was the last one inside of a closed gate. */
    boolean leave() {
        return state.decrementAndGet() == CLOSED;
    }

    void close() {
        state.getAndUpdate(count -> count | CLOSED);
    }

    boolean isClosed() {
        return state.get() < 0;
    }

    /** Whether all places are taken. */
    boolean isFull() {
        return inside() >= max;
    }

    int max() {
        return max;
    }

    int inside() {
        return state.get() & ~CLOSED;
    }
}
