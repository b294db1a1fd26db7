package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.options.Checks;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * When a node is ejected because of how its calls end, and how it comes back. The calls are the application's own, over
 * all methods. Immutable and thread-safe.
 *
 * <p>Failures are time-outs, lost connections, and attempts that a later attempt of the same call overtook. All calls that
 * end with one lost connection count as one failure. A time-out whose attempt had less than the call's timeout, because the
 * call's deadline was near, says nothing. An error that a node answers with is a failure of the node if another node then
 * answers the same call: what fails everywhere is the call's own fault.
 *
 * <p>An ejected node gets no call for a while, then a few that probe it. If these succeed, it is back, by slow start; if
 * not, it is out for twice as long as before. The growing ejection, the largest share and calling all nodes when all are bad
 * are Envoy's outlier detection; the window and the probes are Resilience4j's circuit breaker.
 *
 * <p>With the defaults a node is out after ten failures in a row, whatever came before.
 *
 * @param windowCalls how many of a node's last calls count, 1 to 10,000; 0: no node is ever ejected
 * @param minimumCalls how many calls there have to be before a node can be ejected
 * @param failureRate the share of failures from which the node is ejected; above 0, at most 1
 * @param slowCall the time from which on an answer is slow; null: no answer is
 * @param slowCallRate the share of slow answers from which the node is ejected; above 0, at most 1
 * @param baseEjection how long a node is out the first time; each further time twice as long as before
 * @param maxEjection the longest time that a node is out
 * @param probes how many calls probe it then
 * @param maxEjectedShare how many of the nodes that serve a method may be out at a time, as a share of them all, rounded
 *     down; 0 to 1. A node that is probed counts as out. If all of them are bad, all are called, whatever this is
 * @param errorCodes the codes of the errors that can be failures; null: any code; empty: none
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
        double maxEjectedShare,
        @Nullable Set<Integer> errorCodes) {
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
        errorCodes = errorCodes == null ? null : Set.copyOf(errorCodes);
    }

    /** Whether an error with this code can be a failure of the node that answers with it. */
    public boolean countsError(int code) {
        return errorCodes == null || errorCodes.contains(code);
    }

    /**
     * Ten failures among the last 20 calls eject a node for 5 s, growing to 5 min; three calls probe it; at most half of
     * a method's nodes are out. No answer is slow.
     */
    public static OutlierPolicy defaults() {
        return DEFAULTS;
    }

    /** No node is ever ejected. */
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
        private @Nullable Set<Integer> errorCodes;

        private Builder() {}

        /** How many of a node's last calls count, 1 to 10,000; 0: no node is ever ejected. Default: 20. */
        public Builder windowCalls(int calls) {
            windowCalls = calls;
            return this;
        }

        /** How many calls there have to be before a node can be ejected, at most the window's. Default: 10. */
        public Builder minimumCalls(int calls) {
            minimumCalls = calls;
            return this;
        }

        /** The share of failures from which a node is ejected; above 0, at most 1. Default: 0.5. */
        public Builder failureRate(double share) {
            failureRate = share;
            return this;
        }

        /** Ejects a node for slowness, too: if this share of its answers, above 0, at most 1, took that long or longer. */
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

        /** The longest time that a node is out. Default: 5 min. */
        public Builder maxEjection(Duration time) {
            maxEjection = time;
            return this;
        }

        /** How many calls probe a node when its time is over, at most the window's. Default: 3. */
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
         * The codes of the errors that can be failures of the node; without any, no error is. Default: all errors can.
         *
         * @param codes Tarantool's numbers, for example 32 for {@code ER_PROC_LUA}
         */
        public Builder errorCodes(int... codes) {
            errorCodes = Arrays.stream(codes).boxed().collect(Collectors.toUnmodifiableSet());
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
                    maxEjectedShare,
                    errorCodes);
        }
    }
}
