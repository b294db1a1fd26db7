package io.github.moonlibs.discovery.benchmarks.report;

import io.github.moonlibs.discovery.benchmarks.JmhSuite;
import io.github.moonlibs.discovery.benchmarks.JmhSuite.Score;
import io.github.moonlibs.discovery.benchmarks.Verdict;
import io.github.moonlibs.discovery.benchmarks.memory.MemoryUse;
import io.github.moonlibs.discovery.benchmarks.sidebyside.Measurement;
import io.github.moonlibs.discovery.benchmarks.sidebyside.Medians;
import io.github.moonlibs.discovery.benchmarks.sidebyside.SideBySide;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The goals, and whether they were reached, as far as they were measured. */
final class Goals {
    private final List<Verdict> verdicts = new ArrayList<>();
    private final List<Score> scores;

    private Goals(List<Score> scores) {
        this.scores = scores;
    }

    static List<Verdict> verdicts(Results results) {
        Goals goals = new Goals(results.jmh().map(jmh -> jmh.scores()).orElse(List.of()));
        results.sideBySide().ifPresent(all -> {
            goals.verdicts.addAll(SideBySide.verdicts(all.measurements()));
            goals.figures(Medians.of(all.measurements()));
        });
        goals.picks();
        goals.loadPicks();
        goals.calls();
        results.memory().ifPresent(memory -> memory.uses().forEach(goals::memory));
        return goals.verdicts;
    }

    private void figures(List<Measurement> medians) {
        for (String load : List.of("20/work=0.5ms", "20/work=2ms", "100/work=0.2ms")) {
            find(medians, "discovery", load)
                    .ifPresent(cell -> verdicts.add(
                            Verdict.atMost("to the server, p50, discovery at " + load, 60, cell.toServer(), " µs")));
        }
        find(medians, "discovery-many", "10000").ifPresent(cell -> {
            verdicts.add(Verdict.atLeast("calls/s, discovery-many at 10000", 2_000_000, cell.callsPerSecond(), ""));
            verdicts.add(Verdict.atMost("client CPU of that, a call", 0.2, cell.clientCpu(), " µs"));
        });
    }

    private static Optional<Measurement> find(List<Measurement> medians, String contestant, String load) {
        return medians.stream()
                .filter(cell ->
                        cell.contestant().equals(contestant) && cell.load().equals(load))
                .findFirst();
    }

    private void loadPicks() {
        for (String strategy : JmhSuite.COMPARING_LOAD) {
            for (String nodes : List.of("3", "1000")) {
                find("RoutingBenchmark.pick", Map.of("nodes", nodes, "strategy", strategy), 1)
                        .ifPresent(pick -> verdicts.add(Verdict.atMost(
                                "a pick of " + strategy + " at " + nodes + " nodes", 60, pick.score(), " ns")));
            }
        }
    }

    private void picks() {
        for (String nodes : List.of("3", "1000")) {
            double bound = nodes.equals("3") ? 15 : 25;
            find("RoutingBenchmark.pick", nodes, 1).ifPresent(pick -> {
                verdicts.add(Verdict.atMost("a pick at " + nodes + " nodes", bound, pick.score(), " ns"));
                verdicts.add(Verdict.atMost("garbage of it", 0.5, pick.bytes(), " bytes"));
                find("RoutingBenchmark.preparedAndPick", nodes, 1)
                        .ifPresent(prepared -> verdicts.add(Verdict.atMost(
                                "what a prepared method adds to it", 1, prepared.score() - pick.score(), " ns")));
                find("RoutingBenchmark.pick", nodes, 2)
                        .ifPresent(both -> verdicts.add(Verdict.atMost(
                                "the same from 2 threads : from 1", 1.2, both.score() / pick.score(), "")));
            });
        }
        find("RoutingBenchmark.rebuild", "1000", 1)
                .ifPresent(rebuild -> verdicts.add(
                        Verdict.atMost("a rebuild of 1,000 nodes × 100 methods", 5, rebuild.score() / 1_000, " ms")));
    }

    private void calls() {
        difference("CallBenchmark.client", "CallBenchmark.bareConnection", Score::score)
                .ifPresent(nanos -> verdicts.add(
                        Verdict.atMost("what the client adds to a connection's call", 1_000, nanos, " ns")));
        difference("CallBenchmark.client", "CallBenchmark.bareConnection", Score::bytes)
                .ifPresent(bytes -> verdicts.add(Verdict.atMost("garbage of that", 200, bytes, " bytes")));
    }

    private Optional<Double> difference(String more, String less, ToDoubleFunction<Score> figure) {
        return find(more, "", 1)
                .flatMap(
                        one -> find(less, "", 1).map(other -> figure.applyAsDouble(one) - figure.applyAsDouble(other)));
    }

    /** With the usual strategy. */
    private Optional<Score> find(String benchmark, String nodes, int threads) {
        return find(
                benchmark, nodes.isEmpty() ? Map.of() : Map.of("nodes", nodes, "strategy", JmhSuite.USUAL), threads);
    }

    private Optional<Score> find(String benchmark, Map<String, String> parameters, int threads) {
        return scores.stream()
                .filter(score -> score.benchmark().equals(benchmark)
                        && score.threads() == threads
                        && score.parameters().entrySet().containsAll(parameters.entrySet()))
                .findFirst();
    }

    private void memory(MemoryUse use) {
        switch (use.what()) {
            case MemoryUse.CALL ->
                verdicts.add(Verdict.atMost("a call in flight, beyond the stack", 2_048, use.beyondStacks(), " bytes"));
            case MemoryUse.NODE ->
                verdicts.add(Verdict.atMost("a node of an idle client", 8_192, use.total(), " bytes"));
            default -> {
                // only for comparison
            }
        }
    }
}
