package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.core.health.LatencyHistogram;
import io.github.moonlibs.discovery.core.routing.Route;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** How long an attempt may be unanswered before its hedge is due. One for all calls of a client. */
public final class HedgeDelay {
    /** No hedge is due. */
    public static final long NEVER = LatencyHistogram.UNKNOWN;

    private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private final Function<String, LatencyHistogram> latencies;

    /** @param latencies what first attempts of a method took lately */
    public HedgeDelay(Function<String, LatencyHistogram> latencies) {
        this.latencies = latencies;
    }

    /** Whether attempts on the route may be joined by others. */
    public boolean appliesTo(Call call, Route route) {
        return route.retriable()
                && !call.options().hedging().isNone()
                && call.options().maxAttempts() != 1;
    }

    /** For an attempt that has just begun; {@link #NEVER} if it is not to be hedged, or if too little is known. */
    public long of(Call call, OpenAttempt attempt) {
        if (!appliesTo(call, attempt.route())) {
            return NEVER;
        }
        Hedging hedging = call.options().hedging();
        if (hedging.isLate()) {
            return call.remainingNanos(attempt.startNanos()) / 2;
        }
        Duration fixed = hedging.delay();
        // asked only when there is a route: of a name that no node announces nothing must stay
        return fixed != null ? fixed.toNanos() : latencies.apply(call.method()).p95Nanos();
    }

    /** How long to wait before another look for a hedge that could not be made: twice as long as last time, 1 to 100 ms. */
    public static long pauseAfter(long lastNanos) {
        return Math.clamp(2 * Math.min(lastNanos, LONGEST_PAUSE), SHORTEST_PAUSE, LONGEST_PAUSE);
    }

    /**
     * Learns from an attempt that is over. Only a call's first attempts count, and those that are given up as well: without
     * them the percentile would sink with every useful hedge.
     */
    public void observe(Call call, OpenAttempt attempt, boolean first) {
        if (first && isObserved(call.options().hedging()) && appliesTo(call, attempt.route())) {
            long now = System.nanoTime();
            latencies.apply(call.method()).record(now - attempt.startNanos(), now);
        }
    }

    private static boolean isObserved(Hedging hedging) {
        return hedging.delay() == null && !hedging.isLate();
    }
}
