package io.github.moonlibs.discovery.benchmarks.simulator;

import io.github.moonlibs.discovery.OutlierPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The results that every change has to keep. Each bound has words for the last line of the output. */
final class Bounds {
    private final List<Run> runs;
    private final List<String> broken = new ArrayList<>();

    private Bounds(List<Run> runs) {
        this.runs = runs;
    }

    /** The bounds that do not hold. */
    static List<String> broken(List<Run> runs) {
        Bounds bounds = new Bounds(runs);
        bounds.latencies();
        bounds.shares();
        bounds.ejection();
        bounds.slowStart();
        return bounds.broken;
    }

    private void latencies() {
        double healthy = p99(Scenario.HEALTHY, "peak-ewma");
        atMost("peak-ewma, one slow: p99 of a healthy replicaset", 1.3, p99(Scenario.ONE_SLOW, "peak-ewma") / healthy);
        double shown = p99(Scenario.ONE_SLOW, "weighted-random") / p99(Scenario.HEALTHY, "weighted-random");
        atLeast("weighted-random, one slow: p99 of a healthy replicaset", 10, shown);
        atMost(
                "peak-ewma, uneven capacity: p99 of weighted-random",
                0.5,
                p99(Scenario.UNEVEN, "peak-ewma") / p99(Scenario.UNEVEN, "weighted-random"));
    }

    private void shares() {
        for (String strategy : Run.STRATEGIES) {
            atMost(
                    strategy + ", healthy: share error",
                    0.01,
                    seen(Scenario.HEALTHY, strategy).shareError());
        }
    }

    private void ejection() {
        OutlierPolicy policy = OutlierPolicy.defaults();
        for (String strategy : Run.STRATEGIES) {
            Observations dead = seen(Scenario.DEAD, strategy);
            atMost(strategy + ", time-outs: until it is out", policy.minimumCalls(), dead.mostTimeOutsInService());
            atMost(strategy + ", time-outs: calls while it is out", 0, dead.attemptsOnEjected());
            atMost(strategy + ", time-outs: probes after an ejection", policy.probes(), dead.mostProbes());
            atMost(strategy + ", time-outs: share error at the end", 0.01, dead.lastShareError());
            atMost(strategy + ", time-outs: failed calls", 0, dead.failures());
            atMost(
                    strategy + ", half fail: failed calls",
                    0,
                    seen(Scenario.HALF_FAIL, strategy).failures());
        }
    }

    private void slowStart() {
        double without = p99(Scenario.COLD_START, ", no slow start", "weighted-random");
        atMost(
                "weighted-random, cold start: p99 of the same without slow start",
                0.1,
                p99(Scenario.COLD_START, "weighted-random") / without);
    }

    private Observations seen(Scenario scenario, String strategy) {
        return seen(scenario, "", strategy);
    }

    private Observations seen(Scenario scenario, String variant, String strategy) {
        return runs.stream()
                .filter(run -> run.scenario().equals(scenario)
                        && run.variant().equals(variant)
                        && run.strategy().equals(strategy))
                .findFirst()
                .orElseThrow()
                .seen();
    }

    private double p99(Scenario scenario, String strategy) {
        return p99(scenario, "", strategy);
    }

    private double p99(Scenario scenario, String variant, String strategy) {
        return seen(scenario, variant, strategy).quantile(0.99);
    }

    private void atMost(String what, double bound, double value) {
        hold(value <= bound, what, "at most", bound, value);
    }

    private void atLeast(String what, double bound, double value) {
        hold(value >= bound, what, "at least", bound, value);
    }

    private void hold(boolean holds, String what, String relation, double bound, double value) {
        if (!holds) {
            broken.add(String.format(Locale.ROOT, "%s is %.3g, not %s %.3g", what, value, relation, bound));
        }
    }
}
