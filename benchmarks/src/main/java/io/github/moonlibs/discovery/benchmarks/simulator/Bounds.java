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
        bounds.failing();
        bounds.full();
        bounds.recovery();
        bounds.hedging();
        bounds.tiers();
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

    /** A node that fails fast looks neither good nor idle: it is ejected as one that times out, and costs as little. */
    private void failing() {
        for (String strategy : Run.STRATEGIES) {
            Observations seen = seen(Scenario.FAILS_FAST, strategy);
            atMost(strategy + ", fails fast: failed calls", 0, seen.failures());
            atMost(strategy + ", fails fast: extra calls", 0.01, seen.extraCalls());
            atMost(strategy + ", fails fast: its share once it is out", 0.01, seen.share(0, 7, 30));
        }
    }

    /** A node that has all the calls that it may have is no bad one: it is not ejected, and goes on working. */
    private void full() {
        for (String strategy : Run.STRATEGIES) {
            Observations seen = seen(Scenario.SATURATED, strategy);
            atMost(strategy + ", full: failed calls", 0, seen.failures());
            atMost(strategy + ", full: time-outs", 0, seen.mostTimeOutsInService());
            // it could serve a twentieth; a strategy that goes by latency avoids it, for its answers are late
            double least = strategy.equals("peak-ewma") ? 0.01 : 0.045;
            atLeast(strategy + ", full: its share", least, seen.share(0, 5, 20));
        }
        atMost(
                "peak-ewma, full: p99 of a healthy replicaset",
                1.3,
                p99(Scenario.SATURATED, "peak-ewma") / p99(Scenario.HEALTHY, "peak-ewma"));
    }

    /** While none is in service all are picked; the first that has answered its probes gets no less than one that is kept. */
    private void recovery() {
        for (String strategy : Run.STRATEGIES) {
            Observations seen = seen(Scenario.ALL_DOWN, strategy);
            atMost(strategy + ", all down: failed calls after one is back", 0, seen.failures());
            atLeast(strategy + ", all down: its share at first", 0.3, seen.share(0, 12, 14));
            // retries of the calls that met the one that is kept take some of its turns
            double least = strategy.equals("round-robin") ? 0.33 : 0.48;
            atLeast(strategy + ", all down: its share in the end", least, seen.share(0, 28, 35));
        }
    }

    private void hedging() {
        OutlierPolicy policy = OutlierPolicy.defaults();
        for (String strategy : Run.STRATEGIES) {
            Observations seen = seen(Scenario.HEDGED_HUNG, strategy);
            atMost(strategy + ", hedged: failed calls", 0, seen.failures());
            atMost(strategy + ", hedged: p99 in ms", 25, seen.quantile(0.99));
            atMost(strategy + ", hedged: extra calls", 0.01, seen.extraCalls());
            atMost(strategy + ", hedged: calls while it is out", 0, seen.attemptsOnEjected());
            // those that are under way when it is ejected are overtaken later
            atMost(strategy + ", hedged: until it is out", policy.minimumCalls() + 2, seen.mostTimeOutsInService());
        }
    }

    /** The next tier serves while the first can't, at once; the first takes over soon, unless it flaps. */
    private void tiers() {
        for (String strategy : Run.STRATEGIES) {
            Observations back = seen(Scenario.FALLBACK, strategy);
            atMost(strategy + ", a tier comes back: failed calls", 0, back.failures());
            atMost(strategy + ", a tier comes back: the next one's share before", 0, back.largestShare(2, 0, 11));
            atLeast(strategy + ", a tier comes back: the next one's share meanwhile", 1, back.share(2, 11, 18));
            atMost(strategy + ", a tier comes back: the next one's share 1 s later", 0, back.largestShare(2, 19, 30));

            Observations flaps = seen(Scenario.FLAPPING_TIER, strategy);
            atMost(strategy + ", a tier flaps: failed calls", 0, flaps.failures());
            atMost(strategy + ", a tier flaps: its share from the fifth time on", 0.15, flaps.largestShare(0, 23, 51));
            atLeast(strategy + ", a tier flaps: its share a minute after the last time", 1, flaps.share(0, 113, 115));
        }
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
