package io.github.moonlibs.discovery;

/**
 * A client's retry budget at one moment. Immutable and thread-safe.
 *
 * @param budget what is allowed
 * @param calls made in the last 10 seconds
 * @param extraAttempts made in the last 10 seconds, retries and hedges
 * @param available how many extra attempts may be made now; {@link Long#MAX_VALUE} if any number
 * @param totalExtraAttempts made since the client was opened
 * @param totalRefused how many were not made, since the client was opened, because the budget was exhausted
 */
public record RetryBudgetSnapshot(
        RetryBudget budget,
        long calls,
        long extraAttempts,
        long available,
        long totalExtraAttempts,
        long totalRefused) {}
