package io.github.moonlibs.discovery.core.support;

import java.util.random.RandomGenerator;

/** Pauses that double from the shortest to the longest, each jittered by ±10 %. Not thread-safe. */
public final class Backoff {
    private final long shortestNanos;
    private final long longestNanos;
    private final RandomGenerator random;
    private long nextNanos;

    public Backoff(long shortestNanos, long longestNanos, RandomGenerator random) {
        this.shortestNanos = shortestNanos;
        this.longestNanos = longestNanos;
        this.random = random;
        nextNanos = shortestNanos;
    }

    public long nextNanos() {
        long pause = nextNanos;
        nextNanos = pause > longestNanos / 2 ? longestNanos : pause * 2;
        return jittered(pause, random);
    }

    /** The longest pause, for what is not worth hurrying. */
    public long longestNanos() {
        return jittered(longestNanos, random);
    }

    public void reset() {
        nextNanos = shortestNanos;
    }

    public static long jittered(long nanos, RandomGenerator random) {
        return (long) (nanos * random.nextDouble(0.9, 1.1));
    }
}
