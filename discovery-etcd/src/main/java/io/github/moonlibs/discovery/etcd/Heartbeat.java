package io.github.moonlibs.discovery.etcd;

import java.time.Duration;

/**
 * Decides when a member of etcd that is watched counts as silent. A watch without events looks the same whether the member
 * is well, frozen or cut off, so it is asked something again and again. For one thread.
 *
 * <p>A thread that was busy, or did not get a processor, has not seen yet what arrived meanwhile: the bound grows by as
 * much as it was late.
 */
final class Heartbeat {
    static final Duration EVERY = Duration.ofMillis(750);
    static final Duration BOUND = Duration.ofMillis(1_500);
    private static final long GRACE = Duration.ofMillis(500).toNanos();

    /** For the first answer on a new connection. */
    private static final Duration FIRST = Duration.ofMillis(2_500);

    /** The first connection of a process waits for all that it loads and compiles. */
    private static volatile boolean warm;

    private boolean underWay;
    private long next = System.nanoTime() + EVERY.toNanos();

    /** How long the first answer on a new connection may take, if the others may take so long. */
    static Duration firstBound(Duration others) {
        return warm && others.compareTo(FIRST) > 0 ? FIRST : others;
    }

    /** A member has answered for the first time on its connection. */
    static void answered() {
        warm = true;
    }

    /** The thread begins to wait, after it did something else. */
    void resume() {
        long soonest = System.nanoTime() + GRACE;
        if (underWay && soonest - next > 0) {
            next = soonest;
        }
    }

    boolean isDue() {
        return !underWay && System.nanoTime() - next >= 0;
    }

    /** The member was asked. */
    void asked() {
        underWay = true;
        next = System.nanoTime() + BOUND.toNanos();
    }

    /** The member has answered, or said something else. */
    void heard() {
        underWay = false;
        next = System.nanoTime() + EVERY.toNanos();
    }

    /** How long there is nothing to do, up to the given time. */
    long idleNanos(long atMost) {
        return Math.max(0, Math.min(atMost, next - System.nanoTime()));
    }

    /** The thread has waited since then, and was to wait for so long. */
    void waited(long since, long nanos) {
        long late = System.nanoTime() - since - nanos;
        if (underWay && late > 0) {
            next += late;
        }
    }

    boolean isSilent() {
        return underWay && System.nanoTime() - next >= 0;
    }
}
