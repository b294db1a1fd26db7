package io.github.moonlibs.discovery.benchmarks.simulator;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** One line of the table: a scenario with a strategy, and its results. */
record Run(Scenario scenario, String variant, String strategy, Observations seen) {
    static final List<String> STRATEGIES = List.of("weighted-random", "round-robin", "least-loaded", "peak-ewma");

    private static final long SEED = 5;

    static Run of(Scenario scenario, String strategy) {
        return of(scenario, "", options(strategy));
    }

    static Run withoutSlowStart(Scenario scenario, String strategy) {
        return of(scenario, ", no slow start", options(strategy).slowStart(Duration.ZERO));
    }

    private static Run of(Scenario scenario, String variant, ClientOptions.Builder builder) {
        ClientOptions options = builder.maxInFlightPerNode(scenario.places()).build();
        return new Run(scenario, variant, options.strategy(), Simulation.run(scenario, options, SEED));
    }

    private static ClientOptions.Builder options(String strategy) {
        return DiscoveryClient.builder().topology("static:simulated:1").strategy(strategy);
    }

    String title() {
        return scenario.name() + variant;
    }

    static String header() {
        return "%-51s %-16s %8s %8s %11s %11s"
                .formatted("scenario", "strategy", "p50, ms", "p99, ms", "share error", "extra calls");
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%-51s %-16s %8.2f %8.2f %9.2f %% %9.2f %%",
                title(),
                strategy,
                seen.quantile(0.5),
                seen.quantile(0.99),
                100 * seen.shareError(),
                100 * seen.extraCalls());
    }
}
