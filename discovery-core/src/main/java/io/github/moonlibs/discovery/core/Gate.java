package io.github.moonlibs.discovery.core;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts who is inside and, once closed, lets nobody in any more. One atomic holds both, so that there is no moment
 * between "the last one has left" and "no one can enter".
 */
final class Gate {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final AtomicInteger state = new AtomicInteger();

    /** Enters, unless the gate is closed. */
    boolean enter() {
        int count = state.get();
        while (count >= 0) {
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

    int inside() {
        return state.get() & ~CLOSED;
    }
}
