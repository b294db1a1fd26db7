package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.time.Duration;

/** Computing that takes so long on a core of its own, and longer if it has to share it. Thread-safe. */
final class Work {
    /** Until then the code is compiled, also on a machine that is busy; code that isn't takes three times as long. */
    private static final Duration TRIALS = Duration.ofMillis(500);

    private static final int TRIAL = 20_000;

    private final long rounds;

    /** What was computed, so that it is. */
    private volatile long result;

    /** Measures how much that is: the quickest trial was disturbed least. */
    Work(Duration time) {
        long quickest = Long.MAX_VALUE;
        long end = System.nanoTime() + (time.isZero() ? 0 : TRIALS.toNanos());
        for (long start = System.nanoTime(); start - end < 0; start = System.nanoTime()) {
            compute(TRIAL);
            quickest = Math.min(quickest, System.nanoTime() - start);
        }
        rounds = time.toNanos() * TRIAL / quickest;
    }

    void run() {
        if (rounds > 0) {
            compute(rounds);
        }
    }

    private void compute(long times) {
        long state = 88_172_645_463_325_252L;
        for (long i = 0; i < times; i++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
        }
        result = state;
    }

    @Override
    public String toString() {
        return rounds + " rounds, " + result;
    }
}
