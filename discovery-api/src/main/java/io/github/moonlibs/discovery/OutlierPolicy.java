package io.github.moonlibs.discovery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a node is ejected because of how its calls end, and how it comes back. The calls are the application's own, over
 * all methods. Failures are time-outs and lost connections; an error that the node answers with is none. Calls that a
 * lost connection takes with it are one failure together. Immutable and thread-safe.
 *
 * <p>An ejected node gets no call for a while, then a few that try it. If these succeed it is back, by slow start; if not,
 * it is out for twice as long as before. What was settled elsewhere: Envoy's outlier detection has the growing ejection,
 * the largest share and the panic when all are bad; Resilience4j's circuit breaker has the window and the probes.
 *
 * <p>With the defaults a node is out after ten failures in a row, whatever came before.
 *
 * @param windowCalls how many of a node's last calls are looked at, 1 to 10,000; 0: no node is ever ejected
 * @param minimumCalls how many there have to be before anything is decided
 * @param failureRate the share of failures from which the node is ejected; above 0, at most 1
 * @param slowCall from when on an answer is slow; null: none is
 * @param slowCallRate the share of slow answers from which the node is ejected; above 0, at most 1
 * @param baseEjection how long it is out the first time; each further time twice as long as before
 * @param maxEjection the longest that it is out
 * @param probes how many calls try it then
 * @param maxEjectedShare how many of the nodes that serve a method may be out at a time, as a share of them all, rounded
 *     down; 0 to 1. One that is probed counts as out. Whatever it is: if all of them are bad, all are called
 */
public record OutlierPolicy(
        int windowCalls,
        int minimumCalls,
        double failureRate,
        @Nullable Duration slowCall,
        double slowCallRate,
        Duration baseEjection,
        Duration maxEjection,
        int probes,
        double maxEjectedShare) {
    private static final OutlierPolicy DEFAULTS = builder().build();

    /** @throws IllegalArgumentException if a value is out of its range, or the values contradict each other */
    public OutlierPolicy {
        Checks.check("windowCalls", "0 to 10,000", windowCalls >= 0 && windowCalls <= 10_000, windowCalls);
        if (windowCalls > 0) {
            String inWindow = "1 to windowCalls, which is " + windowCalls;
            Checks.check("minimumCalls", inWindow, minimumCalls >= 1 && minimumCalls <= windowCalls, minimumCalls);
            Checks.check("probes", inWindow, probes >= 1 && probes <= windowCalls, probes);
        }
        Checks.check("failureRate", "a share above 0, at most 1", failureRate > 0 && failureRate <= 1, failureRate);
        Checks.check("slowCallRate", "a share above 0, at most 1", slowCallRate > 0 && slowCallRate <= 1, slowCallRate);
        Checks.check("maxEjectedShare", "0 to 1", maxEjectedShare >= 0 && maxEjectedShare <= 1, maxEjectedShare);
        Checks.positive("baseEjection", baseEjection);
        Checks.positive("maxEjection", maxEjection);
        Checks.check(
                "maxEjection",
                "at least baseEjection, which is " + baseEjection,
                maxEjection.compareTo(baseEjection) >= 0,
                maxEjection);
        if (slowCall != null) {
            Checks.positive("slowCall", slowCall);
        }
    }

    /**
     * Ten failures among the last 20 calls eject a node for 5 s, growing to 5 min; three calls probe it; at most half of
     * a method's nodes are out. No answer is slow.
     */
    public static OutlierPolicy defaults() {
        return DEFAULTS;
    }

    /** Nobody is ever ejected. */
    public static OutlierPolicy off() {
        return builder().windowCalls(0).build();
    }

    /** The defaults, to be changed. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects what differs from the defaults. Not thread-safe. */
    public static final class Builder {
        private int windowCalls = 20;
        private int minimumCalls = 10;
        private double failureRate = 0.5;
        private @Nullable Duration slowCall;
        private double slowCallRate = 1;
        private Duration baseEjection = Duration.ofSeconds(5);
        private Duration maxEjection = Duration.ofMinutes(5);
        private int probes = 3;
        private double maxEjectedShare = 0.5;

        private Builder() {}

        /** How many of a node's last calls are looked at, 1 to 10,000; 0: no node is ever ejected. Default: 20. */
        public Builder windowCalls(int calls) {
            windowCalls = calls;
            return this;
        }

        /** How many calls there have to be before anything is decided, at most the window's. Default: 10. */
        public Builder minimumCalls(int calls) {
            minimumCalls = calls;
            return this;
        }

        /** The share of failures from which a node is ejected; above 0, at most 1. Default: 0.5. */
        public Builder failureRate(double share) {
            failureRate = share;
            return this;
        }

        /** Ejects nodes for slowness as well: for this share of answers, above 0, at most 1, that took so long or longer. */
        public Builder slowCalls(Duration slowCall, double share) {
            this.slowCall = slowCall;
            slowCallRate = share;
            return this;
        }

        /** How long a node is out the first time; each further time twice as long as before. Default: 5 s. */
        public Builder baseEjection(Duration time) {
            baseEjection = time;
            return this;
        }

        /** The longest that a node is out. Default: 5 min. */
        public Builder maxEjection(Duration time) {
            maxEjection = time;
            return this;
        }

        /** How many calls try a node when its time is over, at most the window's. Default: 3. */
        public Builder probes(int calls) {
            probes = calls;
            return this;
        }

        /** Which share of the nodes that serve a method may be out at a time, 0 to 1, rounded down. Default: 0.5. */
        public Builder maxEjectedShare(double share) {
            maxEjectedShare = share;
            return this;
        }

        /**
         * The policy as it is now.
         *
         * @throws IllegalArgumentException if a value is out of its range, or the values contradict each other
         */
        public OutlierPolicy build() {
            return new OutlierPolicy(
                    windowCalls,
                    minimumCalls,
                    failureRate,
                    slowCall,
                    slowCallRate,
                    baseEjection,
                    maxEjection,
                    probes,
                    maxEjectedShare);
        }
    }
}
