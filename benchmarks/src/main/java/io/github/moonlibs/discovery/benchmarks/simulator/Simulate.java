package io.github.moonlibs.discovery.benchmarks.simulator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Simulates every scenario with every strategy in a fixed order, prints the results, and checks the bounds. */
public final class Simulate {
    /** Referenced here, because an unreferenced logger is collected, with its level. */
    private static final Logger LOG = Logger.getLogger("io.github.moonlibs.discovery");

    private static final List<Scenario> SCENARIOS = List.of(
            Scenario.HEALTHY,
            Scenario.ONE_SLOW,
            Scenario.PAUSE,
            Scenario.RAMP,
            Scenario.DEAD,
            Scenario.HALF_FAIL,
            Scenario.UNEVEN,
            Scenario.COLD_START,
            Scenario.FAILS_FAST,
            Scenario.SATURATED,
            Scenario.ALL_DOWN,
            Scenario.HEDGED_HUNG,
            Scenario.FALLBACK,
            Scenario.FLAPPING_TIER);

    private Simulate() {}

    /**
     * Runs all simulations.
     *
     * @param arguments {@code --plots FOLDER} to draw the results, or nothing
     */
    public static void main(String... arguments) throws IOException {
        if (arguments.length != 0 && !(arguments.length == 2 && arguments[0].equals("--plots"))) {
            System.err.println("simulate: expected nothing, or --plots FOLDER, got " + String.join(" ", arguments));
            System.exit(2);
        }
        // a hundred clients log each ejection
        LOG.setLevel(Level.OFF);
        List<Run> runs = new ArrayList<>();
        System.out.println(Run.header());
        for (Scenario scenario : SCENARIOS) {
            Run.STRATEGIES.forEach(strategy -> add(runs, Run.of(scenario, strategy)));
        }
        Run.STRATEGIES.forEach(strategy -> add(runs, Run.withoutSlowStart(Scenario.COLD_START, strategy)));
        if (arguments.length == 2) {
            Plots.draw(runs, Path.of(arguments[1]));
        }
        List<String> broken = Bounds.broken(runs);
        System.out.println(broken.isEmpty() ? "simulate: ok" : "simulate: short of " + String.join("; ", broken));
        System.exit(broken.isEmpty() ? 0 : 1);
    }

    private static void add(List<Run> runs, Run run) {
        System.out.println(run.line());
        runs.add(run);
    }
}
