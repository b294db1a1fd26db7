package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.time.Duration;

/** Waits until a contestant has become as fast as it gets: until three windows in a row agree within 5 %. */
final class Settling {
    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final int WINDOWS = 3;
    private static final double AGREED = 1.05;

    /** Lets the callers call for a time. */
    interface Calling {
        void await(Duration time) throws InterruptedException;
    }

    private final Latencies latencies;
    private final Calling calling;

    Settling(Latencies latencies, Calling calling) {
        this.latencies = latencies;
        this.calling = calling;
    }

    /** At most for so long. */
    void await(Duration longest) throws InterruptedException {
        double[] last = new double[WINDOWS];
        long windows = longest.dividedBy(WINDOW);
        for (int i = 0; i < windows && !(i >= WINDOWS && agree(last)); i++) {
            last[i % WINDOWS] = rate();
        }
    }

    private double rate() throws InterruptedException {
        long start = System.nanoTime();
        long before = latencies.count();
        calling.await(WINDOW);
        return (latencies.count() - before) / (double) (System.nanoTime() - start);
    }

    private static boolean agree(double... rates) {
        double least = Double.MAX_VALUE;
        double most = 0;
        for (double rate : rates) {
            least = Math.min(least, rate);
            most = Math.max(most, rate);
        }
        return most <= least * AGREED;
    }
}
