package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.options.Checks;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When a call of a retriable method starts its next attempt while the last one is still unanswered, so that the caller
 * doesn't feel one slow node. The first success wins, and the others are abandoned. After "The Tail at Scale" (J. Dean, L.
 * A. Barroso, CACM 2013): a second request after the 95th percentile costs 5 % more requests and takes most of the tail.
 * Immutable and thread-safe.
 *
 * <p>An attempt whose time is over may still win: another one follows as it would without hedging, but a reply that comes
 * late still counts.
 *
 * <p>Each attempt goes to another node. A hedge counts as an attempt for {@code maxAttempts}, and as an extra attempt
 * for the {@link RetryBudget}.
 *
 * @see CallOptions#withHedging
 */
public final class Hedging {
    private static final Hedging NONE = new Hedging(Policy.NONE, null);
    private static final Hedging AT_P95 = new Hedging(Policy.AT_P95, null);
    private static final Hedging LATE = new Hedging(Policy.LATE, null);

    private enum Policy {
        NONE,
        AFTER,
        AT_P95,
        LATE
    }

    private final Policy policy;
    private final @Nullable Duration delay;

    private Hedging(Policy policy, @Nullable Duration delay) {
        this.policy = policy;
        this.delay = delay;
    }

    /** An attempt follows another only when that one has failed. */
    public static Hedging none() {
        return NONE;
    }

    /**
     * One more attempt starts when an attempt has used half of the time that its call had left when it began. With a
     * timeout of 1 s and no other deadline, a node that hangs is joined by another one after 500 ms, and fails no
     * retriable call. Where all nodes answer in less than that, it makes no hedge and costs nothing.
     */
    public static Hedging late() {
        return LATE;
    }

    /**
     * The next attempt starts that long after the last one.
     *
     * @throws IllegalArgumentException if the time is not above zero and under a century
     */
    public static Hedging after(Duration delay) {
        return new Hedging(Policy.AFTER, Checks.positive("hedging", delay));
    }

    /**
     * The next attempt starts when the last one has taken longer than 95 % of the method's first attempts did lately. The
     * client observes those times itself, per method, over some ten seconds, and only in calls with this policy. Until it
     * has seen 64 of them it makes no hedge.
     */
    public static Hedging atP95() {
        return AT_P95;
    }

    /** Whether there are no hedges. */
    public boolean isNone() {
        return policy == Policy.NONE;
    }

    /** Whether this is {@link #late()}. */
    public boolean isLate() {
        return policy == Policy.LATE;
    }

    /** The fixed delay; null unless this is {@link #after}. */
    public @Nullable Duration delay() {
        return delay;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Hedging that && policy == that.policy && Objects.equals(delay, that.delay);
    }

    @Override
    public int hashCode() {
        return Objects.hash(policy, delay);
    }

    @Override
    public String toString() {
        return switch (policy) {
            case NONE -> "none";
            case AFTER -> "after " + Attempt.text(Objects.requireNonNull(delay));
            case AT_P95 -> "at the observed p95";
            case LATE -> "late";
        };
    }
}
