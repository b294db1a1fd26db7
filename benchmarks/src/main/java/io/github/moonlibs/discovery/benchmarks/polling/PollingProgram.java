package io.github.moonlibs.discovery.benchmarks.polling;

import io.github.moonlibs.discovery.benchmarks.polling.Simulation.Setting;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** The cost of polling for a server with 10,000 clients, and of other ways to learn about changes. */
public final class PollingProgram {
    private static final int CLIENTS = 10_000;
    private static final double SECONDS_TO_CHANGE = 20;
    private static final long SEED = 20261124;
    private static final List<Policy> POLICIES = List.of(
            Policy.fixed(100, 0),
            Policy.fixed(100, 0.1),
            Policy.fixed(100, 0.25),
            Policy.fixed(1_000, 0.1),
            Policy.adaptive(100, 1),
            Policy.adaptive(100, 3),
            Policy.pushed(10));

    private PollingProgram() {}

    /**
     * The results of measurement and simulation.
     *
     * @param pollMicros CPU time of a poll on a real server
     * @param transactionMicros CPU time of its transaction thread, which the simulation uses per request
     */
    public record Results(int clients, double pollMicros, double transactionMicros, List<Outcome> outcomes) {}

    /** Measures the cost of a poll, simulates this many seconds of each policy, and prints the results. */
    public static Results run(int polls, double seconds, PrintStream out) throws IOException {
        PollCost cost = PollCost.measure(polls);
        Setting setting = new Setting(CLIENTS, seconds, SECONDS_TO_CHANGE, cost.transaction(), SEED);
        out.printf(
                Locale.ROOT,
                "a poll costs the server %.2f us, %.2f of them on its transaction thread; %d clients:%n",
                cost.total(),
                cost.transaction(),
                CLIENTS);
        List<Outcome> outcomes = POLICIES.stream()
                .map(policy -> new Simulation(policy, setting).run())
                .toList();
        for (Outcome one : outcomes) {
            out.printf(
                    Locale.ROOT,
                    "%-28s polls/s %7.0f pushes/s %5.0f busy %3.0f%% burst %5.1f then %5.1f longest wait %5.1f ms"
                            + " notice p50 %5.0f p99 %5.0f max %5.0f ms%n",
                    one.policy(),
                    one.pollsPerSecond(),
                    one.pushesPerSecond(),
                    one.busy() * 100,
                    one.burstAfter1s(),
                    one.burst(),
                    one.longestWait(),
                    one.notice50(),
                    one.notice99(),
                    one.noticeMax());
        }
        return new Results(CLIENTS, cost.total(), cost.transaction(), outcomes);
    }
}
