package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.benchmarks.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A goal for the ratio of two cells of the same round.
 *
 * @param what the compared figure
 * @param bound the least or the largest ratio
 */
record Goal(
        String what,
        ToDoubleFunction<Measurement> figure,
        String contestant,
        String load,
        String other,
        String otherLoad,
        boolean atLeast,
        double bound) {
    private static final String DISCOVERY = "discovery";
    private static final String CARTRIDGE = "cartridge";
    private static final String CALLS = "calls/s";
    private static final String P99 = "p99";
    private static final String CPU = "client CPU";

    static final List<Goal> ALL = List.of(
            atLeast(CALLS, Measurement::callsPerSecond, DISCOVERY, "64", CARTRIDGE, "64", 5),
            atLeast(CALLS, Measurement::callsPerSecond, DISCOVERY, "512", CARTRIDGE, "512", 7),
            atLeast(CALLS, Measurement::callsPerSecond, DISCOVERY, "64", "bulk", "64", 0.45),
            atLeast(CALLS, Measurement::callsPerSecond, DISCOVERY, "512", "bulk", "512", 0.3),
            atLeast(CALLS, Measurement::callsPerSecond, DISCOVERY, "10000", DISCOVERY, "512", 0.95),
            atLeast(CALLS, Measurement::callsPerSecond, "discovery-many", "10000", "bulk", "512", 0.65),
            atMost(P99, Measurement::p99, DISCOVERY, "64", CARTRIDGE, "64", 1 / 6.0),
            atMost(CPU, Measurement::clientCpu, DISCOVERY, "64", CARTRIDGE, "64", 0.12),
            atMost(CPU, Measurement::clientCpu, DISCOVERY, "512", CARTRIDGE, "512", 0.08),
            atMost(CPU, Measurement::clientCpu, "discovery-io-2", "64", DISCOVERY, "64", 1.05),
            atMost(CPU, Measurement::clientCpu, "discovery-io-2", "512", DISCOVERY, "512", 1.05),
            atMost("CPU of all", Measurement::cpu, DISCOVERY, "64", "bulk", "64", 2.1),
            atMost("p50", Measurement::p50, DISCOVERY, "1", "socket", "1", 1.05),
            atMost("p50", Measurement::p50, "discovery-platform", "1", "socket-platform", "1", 1.05),
            atMost("p50", Measurement::p50, DISCOVERY, "1", "discovery-platform", "1", 1.25),
            atMost(CPU, Measurement::clientCpu, "discovery-platform", "200", DISCOVERY, "200", 1.25),
            atMost(P99, Measurement::p99, DISCOVERY, "64/large=1MB", DISCOVERY, "64", 2),
            atMost(P99, Measurement::p99, DISCOVERY, "64/large=16MB", DISCOVERY, "64", 2),
            // as many calls for each caller as a lone one makes
            atLeast(CALLS, Measurement::callsPerSecond, DISCOVERY, "64/delay=0.2ms", DISCOVERY, "1/delay=0.2ms", 62),
            atLeast(CALLS, Measurement::callsPerSecond, DISCOVERY, "64/delay=1ms", DISCOVERY, "1/delay=1ms", 62));

    private static Goal atLeast(
            String what,
            ToDoubleFunction<Measurement> figure,
            String contestant,
            String load,
            String other,
            String otherLoad,
            double bound) {
        return new Goal(what, figure, contestant, load, other, otherLoad, true, bound);
    }

    private static Goal atMost(
            String what,
            ToDoubleFunction<Measurement> figure,
            String contestant,
            String load,
            String other,
            String otherLoad,
            double bound) {
        return new Goal(what, figure, contestant, load, other, otherLoad, false, bound);
    }

    /** Whether the median of the rounds' ratios reaches the goal; empty if one of the two was not measured. */
    Optional<Verdict> verdict(List<Measurement> measurements) {
        return Medians.ratio(measurements, figure, contestant, load, other, otherLoad)
                .map(ratio -> atLeast
                        ? Verdict.atLeast(subject(), bound, ratio, "")
                        : Verdict.atMost(subject(), bound, ratio, ""));
    }

    private String subject() {
        return what + ", " + contestant + " at " + load + " : " + other
                + (otherLoad.equals(load) ? "" : " at " + otherLoad);
    }
}
