package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The medians of many rounds. */
public final class Medians {
    private Medians() {}

    /** The medians of each cell, figure by figure, in the order of the cells' first measurements. */
    public static List<Measurement> of(List<Measurement> measurements) {
        Map<Object, List<Measurement>> cells = measurements.stream()
                .collect(Collectors.groupingBy(
                        one -> List.of(one.load(), one.contestant()), LinkedHashMap::new, Collectors.toList()));
        return cells.values().stream().map(Medians::ofCell).toList();
    }

    private static Measurement ofCell(List<Measurement> rounds) {
        return new Measurement(
                rounds.getFirst().contestant(),
                rounds.getFirst().load(),
                rounds.size(),
                of(rounds, Measurement::callsPerSecond),
                of(rounds, Measurement::p50),
                of(rounds, Measurement::p99),
                of(rounds, Measurement::p999),
                of(rounds, Measurement::toServer),
                of(rounds, Measurement::clientCpu),
                of(rounds, Measurement::serverCpu),
                of(rounds, Measurement::allocated),
                of(rounds, Measurement::others));
    }

    private static double of(Collection<Measurement> rounds, ToDoubleFunction<Measurement> figure) {
        return of(rounds.stream().mapToDouble(figure).toArray());
    }

    private static double of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The median of the ratios of one cell's figure to another's, round by round; empty if one was not measured. */
    static Optional<Double> ratio(
            List<Measurement> measurements,
            ToDoubleFunction<Measurement> figure,
            String contestant,
            String load,
            String other,
            String otherLoad) {
        Map<Integer, Measurement> others = byRound(measurements, other, otherLoad);
        double[] ratios = byRound(measurements, contestant, load).values().stream()
                .filter(one -> others.containsKey(one.round()))
                .mapToDouble(one -> figure.applyAsDouble(one) / figure.applyAsDouble(others.get(one.round())))
                .toArray();
        return ratios.length == 0 ? Optional.empty() : Optional.of(of(ratios));
    }

    private static Map<Integer, Measurement> byRound(List<Measurement> measurements, String contestant, String load) {
        return measurements.stream()
                .filter(one -> one.contestant().equals(contestant) && one.load().equals(load))
                .collect(Collectors.toMap(Measurement::round, one -> one));
    }
}
