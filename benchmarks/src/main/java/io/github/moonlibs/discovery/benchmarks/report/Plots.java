package io.github.moonlibs.discovery.benchmarks.report;

import io.github.moonlibs.discovery.benchmarks.JmhSuite.Score;
import io.github.moonlibs.discovery.benchmarks.sidebyside.Load;
import io.github.moonlibs.discovery.benchmarks.sidebyside.Measurement;
import io.github.moonlibs.discovery.benchmarks.sidebyside.Medians;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The results as plots. */
final class Plots {
    private static final String CALLERS = "callers";

    private Plots() {}

    static List<LinePlot> of(Results results) {
        List<LinePlot> plots = new ArrayList<>();
        results.sideBySide().ifPresent(all -> {
            List<Measurement> medians = Medians.of(all.measurements()).stream()
                    .filter(one -> Load.of(one.load()).isPlain())
                    .toList();
            plots.add(callers("Throughput", "calls a second", true, medians, Measurement::callsPerSecond));
            plots.add(callers("Latency, median", "µs", true, medians, Measurement::p50));
            plots.add(callers("Latency, 99th percentile", "µs", true, medians, Measurement::p99));
            plots.add(callers("Client's CPU", "µs on a core, a call", true, medians, Measurement::clientCpu));
            plots.add(callers("Garbage", "bytes a call", false, medians, Measurement::allocated));
        });
        results.jmh().ifPresent(all -> plots.add(picks(all.scores())));
        plots.removeIf(LinePlot::isEmpty);
        return plots;
    }

    private static LinePlot callers(
            String title,
            String unit,
            boolean logarithmic,
            List<Measurement> medians,
            ToDoubleFunction<Measurement> figure) {
        LinePlot plot = new LinePlot(title, CALLERS, unit, logarithmic);
        medians.stream()
                .map(Measurement::contestant)
                .distinct()
                .forEach(name -> plot.line(
                        name,
                        name.replace('@', '-'),
                        medians.stream()
                                .filter(one -> one.contestant().equals(name))
                                .toList(),
                        one -> Load.of(one.load()).callers(),
                        figure));
        return plot;
    }

    private static LinePlot picks(List<Score> scores) {
        LinePlot plot = new LinePlot("Pick of a node, one thread", "nodes", "ns", true);
        line(plot, scores, "RoutingBenchmark.pick", "discovery", "discovery");
        line(
                plot,
                scores,
                "RoutingBenchmark.lookUpAndPick",
                "discovery, with the method's look-up",
                "discovery-platform");
        line(plot, scores, "GrpcPickBenchmark.roundRobin", "gRPC round_robin", "socket");
        line(plot, scores, "GrpcPickBenchmark.weightedRoundRobin", "gRPC weighted_round_robin", "cartridge");
        return plot;
    }

    private static void line(LinePlot plot, List<Score> scores, String benchmark, String name, String style) {
        plot.line(
                name,
                style,
                scores.stream()
                        .filter(score -> score.benchmark().equals(benchmark) && score.threads() == 1)
                        .toList(),
                score -> Integer.parseInt(score.parameters().getOrDefault("nodes", "1")),
                Score::score);
    }
}
