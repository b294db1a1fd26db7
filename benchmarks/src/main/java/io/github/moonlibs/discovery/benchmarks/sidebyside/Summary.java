package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Prints the medians of all rounds. */
final class Summary {
    private static final Map<String, ToDoubleFunction<Measurement>> COMPARED = new LinkedHashMap<>();

    static {
        COMPARED.put("calls/s", Measurement::callsPerSecond);
        COMPARED.put("p50", Measurement::p50);
        COMPARED.put("p99", Measurement::p99);
        COMPARED.put("to server", Measurement::toServer);
        COMPARED.put("client CPU", Measurement::clientCpu);
        COMPARED.put("server CPU", Measurement::serverCpu);
        COMPARED.put("bytes", Measurement::allocated);
    }

    private final List<Measurement> measurements;

    Summary(List<Measurement> measurements) {
        this.measurements = measurements;
    }

    void print(PrintStream out) {
        out.printf(
                "%n%-19s %-16s %9s %9s %9s %9s %9s %9s %9s %9s %6s%n",
                "medians",
                "callers",
                "calls/s",
                "p50 us",
                "p99 us",
                "p99.9 us",
                "to server",
                "client us",
                "server us",
                "bytes",
                "others");
        Medians.of(measurements).forEach(one -> out.println(line(one)));
        measurements.stream()
                .map(Measurement::contestant)
                .filter(name -> name.contains("@"))
                .distinct()
                .forEach(name -> compare(name, out));
        out.println();
        SideBySide.verdicts(measurements).forEach(out::println);
    }

    static String line(Measurement one) {
        return String.format(
                Locale.ROOT,
                "%-19s %-16s %9.0f %9.1f %9.1f %9.1f %9.1f %9.2f %9.2f %9.0f %5.0f%%",
                one.contestant(),
                one.load(),
                one.callsPerSecond(),
                one.p50(),
                one.p99(),
                one.p999(),
                one.toServer(),
                one.clientCpu(),
                one.serverCpu(),
                one.allocated(),
                one.others() * 100);
    }

    /** Compares this build with another one. */
    private void compare(String other, PrintStream out) {
        String own = other.substring(0, other.indexOf('@'));
        out.println();
        measurements.stream().map(Measurement::load).distinct().forEach(load -> {
            StringBuilder line = new StringBuilder();
            COMPARED.forEach((what, figure) -> Medians.ratio(measurements, figure, own, load, other, load)
                    .filter(Double::isFinite)
                    .ifPresent(ratio -> line.append(String.format(Locale.ROOT, "  %s %.3f", what, ratio))));
            if (!line.isEmpty()) {
                out.println(own + " : " + other + " at " + load + line);
            }
        });
    }
}
