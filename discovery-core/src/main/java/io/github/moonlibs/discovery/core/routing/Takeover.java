package io.github.moonlibs.discovery.core.routing;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a method's calls goes to the lowest tier in service: all of them, unless the tier has just come back. Then
 * it takes over within a second, as a node does in its slow start. A tier that goes and comes back within a minute takes
 * twice as long each time, and a minute in the end. So a tier that flaps gets little more than a tenth of the calls while it
 * is there, and doesn't swing the load. Immutable.
 *
 * @param tier the lowest tier that is in service
 * @param sinceNanos since when it is
 * @param servedNanos since when the method has been served at all: in its first second all tiers are new
 * @param returns how often a lower tier has come back, each time within a minute
 * @param windowNanos how long the tier takes to get all of the calls; 0: it got them at once
 */
record Takeover(int tier, long sinceNanos, long servedNanos, int returns, long windowNanos) {
    private static final double LEAST = 0.1;
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** A tier that was there or away for so long doesn't flap. */
    private static final long STABLE_NANOS = LONGEST_NANOS;

    /** More doublings than are needed for the longest. */
    private static final int MOST_RETURNS = 16;

    /** @param before the one in force until now; null if no node served the method */
    static Takeover next(@Nullable Takeover before, int tier, long now) {
        if (before == null) {
            return new Takeover(tier, now, now, 0, 0);
        }
        if (tier == before.tier) {
            return before;
        }
        int returns = now - before.sinceNanos >= STABLE_NANOS ? 0 : before.returns;
        if (tier > before.tier || now - before.servedNanos < FIRST_NANOS) {
            // nothing is left that could serve in its place meanwhile; or it is as new as the others, and does not come
            // back
            return new Takeover(tier, now, before.servedNanos, returns, 0);
        }
        long window = Math.min(LONGEST_NANOS, FIRST_NANOS << returns);
        return new Takeover(tier, now, before.servedNanos, Math.min(returns + 1, MOST_RETURNS), window);
    }

    boolean isOver(long now) {
        return now - sinceNanos >= windowNanos;
    }

    /** The part of the calls that the tier is to get, above 0, at most 1. */
    double part(long now) {
        return isOver(now) ? 1 : Math.max(LEAST, (double) (now - sinceNanos) / windowNanos);
    }
}
