package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.benchmarks.Json;
import io.github.moonlibs.discovery.benchmarks.Machine;
import io.github.moonlibs.discovery.benchmarks.Verdict;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Runs the contestants against three real Tarantool instances on this machine. Each round has every cell once, so that
 * a disturbance of the machine affects all of them. The report has medians of rounds, and of each round's ratios.
 */
public final class SideBySide {
    private final Options options;
    private final PrintStream out;

    private SideBySide(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /**
     * The results, and the machine.
     *
     * @param machine the machine that the figures depend on
     */
    public record Results(Machine machine, List<Measurement> measurements) {}

    /** Measures, and prints every cell, the medians, and the goals. */
    public static void main(String[] args) throws Exception {
        try {
            run(System.out, args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    /**
     * The same, as a part of a larger program.
     *
     * @throws IllegalArgumentException if the arguments are wrong; the message says what was expected
     */
    public static Results run(PrintStream out, String... args) throws Exception {
        Options options = Options.parse(args);
        Results results;
        try (Instances instances = new Instances()) {
            Machine machine = Machine.here(instances.version());
            out.println(machine);
            results = new Results(machine, new SideBySide(options, out).measure(instances));
        }
        new Summary(results.measurements()).print(out);
        if (options.json() != null) {
            Json.write(options.json(), results);
        }
        return results;
    }

    /** Whether the goals are reached, as far as they were measured. */
    public static List<Verdict> verdicts(List<Measurement> measurements) {
        return Goal.ALL.stream()
                .flatMap(goal -> goal.verdict(measurements).stream())
                .toList();
    }

    private List<Measurement> measure(Instances instances) throws Exception {
        List<CellProcess> cells = options.cells();
        List<Measurement> measurements = new ArrayList<>();
        for (int round = 1; round <= options.rounds(); round++) {
            for (CellProcess cell : cells) {
                Measurement measurement = cell.run(round, instances);
                for (int retry = 0; retry < options.retries() && measurement.disturbed(); retry++) {
                    measurement = cell.run(round, instances);
                }
                measurements.add(measurement);
                out.println("round " + round + "  " + Summary.line(measurement));
            }
            // another cell is the first in the next round
            Collections.rotate(cells, -1);
        }
        return measurements;
    }
}
