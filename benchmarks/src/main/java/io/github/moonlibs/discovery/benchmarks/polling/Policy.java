package io.github.moonlibs.discovery.benchmarks.polling;

import java.util.random.RandomGenerator;

/**
 * When a client asks again.
 *
 * @param name in results
 * @param shortest the pause after an answer with news, microseconds
 * @param longest what the pause doubles to without news, microseconds
 * @param jitter the largest part of a pause by which it varies at random
 * @param push whether the server also pushes changes
 */
record Policy(String name, double shortest, double longest, double jitter, boolean push) {
    private static final double SECOND = 1e6;

    static Policy fixed(double millis, double jitter) {
        String name = String.format("every %.0f ms, ± %.0f %%", millis, 100 * jitter);
        return new Policy(name, millis * 1e3, millis * 1e3, jitter, false);
    }

    static Policy adaptive(double millis, double seconds) {
        String name = String.format("%.0f ms, doubling to %.0f s", millis, seconds);
        return new Policy(name, millis * 1e3, seconds * SECOND, 0.1, false);
    }

    static Policy pushed(double seconds) {
        String name = String.format("pushed, and asked every %.0f s", seconds);
        return new Policy(name, seconds * SECOND, seconds * SECOND, 0.1, true);
    }

    /** The pause after an answer, given the last one. */
    double next(double last, boolean news) {
        return news ? shortest : Math.min(2 * last, longest);
    }

    double jittered(double pause, RandomGenerator random) {
        return pause * (1 + jitter * (2 * random.nextDouble() - 1));
    }
}
