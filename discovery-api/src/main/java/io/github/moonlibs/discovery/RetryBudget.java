package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.options.Checks;

/**
 * How many extra attempts, retries and hedges together, a client may make, so that a failing replicaset never gets a
 * storm of them: over the last 10 seconds no more than a share of the calls made, but always a number that lets quiet clients
 * retry at all. After Finagle's RetryBudget. Immutable and thread-safe.
 *
 * <p>An attempt counts as extra if something of its call was sent before. An attempt that follows attempts of which
 * nothing was sent is free: no server has noticed those.
 *
 * @param ratio extra attempts per call, for example 0.2; 0: none but the minimum; infinite: any number
 * @param minPerSecond how many are allowed per second whatever the calls, counted over the same 10 seconds
 */
public record RetryBudget(double ratio, int minPerSecond) {
    private static final RetryBudget DEFAULTS = new RetryBudget(0.2, 10);
    private static final RetryBudget UNLIMITED = new RetryBudget(Double.POSITIVE_INFINITY, 0);

    /**
     * Checks both.
     *
     * @throws IllegalArgumentException if one of them is negative, or the ratio not a number
     */
    public RetryBudget {
        Checks.check("retryBudget", "a ratio of at least 0", ratio >= 0, ratio);
        Checks.check("retryBudget", "at least 0 attempts per second", minPerSecond >= 0, minPerSecond);
    }

    /** 20 % of the calls of the last 10 seconds, and at least 10 a second. */
    public static RetryBudget defaults() {
        return DEFAULTS;
    }

    /** No budget: only deadlines, {@code maxAttempts} and the number of nodes bound the attempts. */
    public static RetryBudget unlimited() {
        return UNLIMITED;
    }
}
