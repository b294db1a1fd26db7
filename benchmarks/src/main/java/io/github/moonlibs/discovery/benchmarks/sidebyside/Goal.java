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
        int callers,
        String other,
        int otherCallers,
        boolean atLeast,
        double bound) {

    static final List<Goal> ALL = List.of(
            atLeast("calls/s", Measurement::callsPerSecond, "discovery", 64, "cartridge", 64, 5),
            atLeast("calls/s", Measurement::callsPerSecond, "discovery", 512, "cartridge", 512, 7),
            atLeast("calls/s", Measurement::callsPerSecond, "discovery", 10_000, "discovery", 512, 0.8),
            atLeast("calls/s", Measurement::callsPerSecond, "discovery-many", 10_000, "bulk", 512, 0.65),
            atMost("p99", Measurement::p99, "discovery", 64, "cartridge", 1 / 6.0),
            atMost("client CPU", Measurement::clientCpu, "discovery", 64, "cartridge", 1 / 7.0),
            atMost("client CPU", Measurement::clientCpu, "discovery", 512, "cartridge", 1 / 10.0),
            atMost("p50", Measurement::p50, "discovery", 1, "socket", 1.05),
            atMost("p50", Measurement::p50, "discovery-platform", 1, "socket-platform", 1.05));

    private static Goal atLeast(
            String what,
            ToDoubleFunction<Measurement> figure,
            String contestant,
            int callers,
            String other,
            int otherCallers,
            double bound) {
        return new Goal(what, figure, contestant, callers, other, otherCallers, true, bound);
    }

    private static Goal atMost(
            String what,
            ToDoubleFunction<Measurement> figure,
            String contestant,
            int callers,
            String other,
            double bound) {
        return new Goal(what, figure, contestant, callers, other, callers, false, bound);
    }

    /** Whether the median of the rounds' ratios reaches the goal; empty if one of the two was not measured. */
    Optional<Verdict> verdict(List<Measurement> measurements) {
        return Medians.ratio(measurements, figure, contestant, callers, other, otherCallers)
                .map(ratio -> atLeast
                        ? Verdict.atLeast(subject(), bound, ratio, "")
                        : Verdict.atMost(subject(), bound, ratio, ""));
    }

    private String subject() {
        return what + ", " + contestant + " at " + callers + " : " + other
                + (otherCallers == callers ? "" : " at " + otherCallers);
    }
}
