package io.github.moonlibs.discovery.benchmarks.simulator;

import java.util.random.RandomGenerator;

/**
 * A server. Calls queue for its workers in the order of arrival. Service times are half constant and half
 * exponential, so that the slowest of a hundred takes three times as long as the median.
 */
final class VirtualServer {
    private static final double MILLI = 1e-3;

    /** After this many calls, the caches are filled so far that e^-1 of the coldness is left. */
    private static final double WARMED_BY = 3_000;

    private final Scenario.Trouble trouble;
    private final RandomGenerator random;
    /** The times at which the workers will have done their calls. */
    private final double[] free;

    private long served;

    VirtualServer(Scenario.Trouble trouble, RandomGenerator random) {
        this.trouble = trouble;
        this.random = random;
        free = new double[trouble.workers()];
    }

    /** The time at which a call that arrives at this second is answered. */
    double answeredAt(double second) {
        int worker = 0;
        for (int i = 1; i < free.length; i++) {
            worker = free[i] < free[worker] ? i : worker;
        }
        double begin = awake(Math.max(second, free[worker]));
        double coldness = 1 + (trouble.coldness() - 1) * Math.exp(-served++ / WARMED_BY);
        double service = MILLI * trouble.service() * coldness * (0.5 - 0.5 * Math.log(1 - random.nextDouble()));
        double end = begin + service;
        if (begin < trouble.hangsFrom() && end > trouble.hangsFrom()) {
            end += trouble.hangsTo() - trouble.hangsFrom();
        }
        free[worker] = end;
        return end + service * (trouble.slownessAt(begin) - 1);
    }

    /** Whether a call that arrives at this second is answered with an error, at once. */
    boolean failsAt(double second) {
        return trouble.failsAt(second);
    }

    private double awake(double second) {
        return second >= trouble.hangsFrom() && second < trouble.hangsTo() ? trouble.hangsTo() : second;
    }
}
