package io.github.moonlibs.discovery.core.routing;

import java.util.List;

/**
 * How much of its share a node gets that has not served for long: a tenth at first, then as much as of the window has
 * passed (Envoy's slow start, with its aggression 1). All is measured against the route that has been in service
 * longest, so that nothing is changed among those that came together. Immutable.
 */
final class SlowStart {
    private static final double LEAST = 0.1;

    private final long windowNanos;
    private final long oldestNanos;
    private final long newestNanos;
    private final long endNanos;

    /** @param inService what is measured against; never empty */
    SlowStart(List<Route> inService, long windowNanos) {
        this.windowNanos = windowNanos;
        long oldest = inService.getFirst().sinceNanos();
        long newest = oldest;
        for (Route route : inService) {
            // by difference, because nanoTime may wrap around
            oldest = route.sinceNanos() - oldest < 0 ? route.sinceNanos() : oldest;
            newest = route.sinceNanos() - newest > 0 ? route.sinceNanos() : newest;
        }
        oldestNanos = oldest;
        newestNanos = newest;
        endNanos = newest == oldest ? oldest : newest + windowNanos;
    }

    /** Whether each that is in service has a full share from now on. */
    boolean isOver(long nowNanos) {
        return nowNanos - endNanos >= 0;
    }

    /** The part of its picks that the route is to get, above 0, at most 1. */
    double part(Route route, long nowNanos) {
        return part(route.sinceNanos(), nowNanos);
    }

    /** The least part that one in service gets. */
    double leastPart(long nowNanos) {
        return part(newestNanos, nowNanos);
    }

    private double part(long sinceNanos, long nowNanos) {
        return Math.min(1, grown(nowNanos - sinceNanos) / grown(nowNanos - oldestNanos));
    }

    private double grown(long ageNanos) {
        return ageNanos >= windowNanos ? 1 : Math.max(LEAST, (double) ageNanos / windowNanos);
    }
}
