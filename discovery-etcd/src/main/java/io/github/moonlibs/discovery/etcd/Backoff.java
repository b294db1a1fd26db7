package io.github.moonlibs.discovery.etcd;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Pauses that double from 100 ms to 5 s, each shortened by up to a half at random, so that clients do not retry in step. */
final class Backoff {
    private static final long FIRST_MILLIS = 100;
    private static final long LAST_MILLIS = 5_000;

    private final RandomGenerator random;
    private long millis = FIRST_MILLIS;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    Duration next() {
        long pause = random.nextLong(millis / 2, millis + 1);
        millis = Math.min(LAST_MILLIS, millis * 2);
        return Duration.ofMillis(pause);
    }

    void reset() {
        millis = FIRST_MILLIS;
    }
}
