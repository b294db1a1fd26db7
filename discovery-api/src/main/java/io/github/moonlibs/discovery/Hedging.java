package io.github.moonlibs.discovery;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When a call of a retriable method starts its next attempt while the last one is still unanswered, so that one slow
 * node is not felt. The first success wins, and the others are abandoned. After "The Tail at Scale" (J. Dean, L. A.
 * Barroso, CACM 2013): a second request after the 95th percentile costs 5 % more requests and takes most of the tail.
 * Immutable and thread-safe.
 *
 * <p>An attempt whose time is over does not end the hope for it: another one follows as it would without hedging, but a
 * reply that comes late still counts.
 *
 * <p>Each attempt goes to another node. A hedge counts as an attempt for {@code maxAttempts}, and as an extra attempt
 * for the {@link RetryBudget}.
 *
 * @see CallOptions#withHedging
 */
public final class Hedging {
    private static final Hedging NONE = new Hedging(null, false);
    private static final Hedging AT_P95 = new Hedging(null, true);

    private final @Nullable Duration delay;
    private final boolean atP95;

    private Hedging(@Nullable Duration delay, boolean atP95) {
        this.delay = delay;
        this.atP95 = atP95;
    }

    /** An attempt follows another only when that one has failed. */
    public static Hedging none() {
        return NONE;
    }

    /**
     * The next attempt starts that long after the last one.
     *
     * @throws IllegalArgumentException if the time is not above zero and under a century
     */
    public static Hedging after(Duration delay) {
        return new Hedging(ClientOptions.positive("hedging", delay), false);
    }

    /**
     * The next attempt starts when the last one has taken longer than 95 % of the method's first attempts did lately.
     * What they took is observed, per client and method, over some ten seconds, and only in calls with this policy. Until
     * enough of them have been seen (64) no hedge is made.
     */
    public static Hedging atP95() {
        return AT_P95;
    }

    /** Whether there are no hedges. */
    public boolean isNone() {
        return delay == null && !atP95;
    }

    /** The fixed delay; null if it is observed, or if there are no hedges. */
    public @Nullable Duration delay() {
        return delay;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Hedging that && atP95 == that.atP95 && Objects.equals(delay, that.delay);
    }

    @Override
    public int hashCode() {
        return Objects.hash(delay, atP95);
    }

    @Override
    public String toString() {
        return atP95 ? "at the observed p95" : delay == null ? "none" : "after " + delay;
    }
}
