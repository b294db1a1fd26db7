package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.cli.Table.Cell;
import io.github.moonlibs.discovery.text.SafeText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The result of a benchmark: all calls, and the attempts on each node. */
record BenchReport(String method, int callers, Duration took, Tally tally) {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};
    private static final String[] NAMES = {"P50", "P90", "P99", "P99.9", "MAX"};
    private static final String[] KEYS = {"p50Millis", "p90Millis", "p99Millis", "p999Millis", "maxMillis"};

    List<String> lines(int columns, boolean colours) {
        List<String> lines = new ArrayList<>();
        String title = String.format(
                Locale.ROOT,
                "%s: %,d calls by %,d callers in %.1f s, %,.0f calls/s, %,d failed",
                SafeText.name(method),
                tally.ended(),
                callers,
                took.toNanos() / 1e9,
                perSecond(),
                tally.failed());
        lines.add(Table.line(List.of(Cell.of(title, tally.failed() > 0 ? Paint.BAD : Paint.BOLD)), columns, colours));
        lines.add("");
        List<Cell> heading = new ArrayList<>(
                List.of(Cell.of("NODE"), Cell.number("ANSWERED"), Cell.number("SHARE"), Cell.number("FAILED")));
        for (String name : NAMES) {
            heading.add(Cell.number(name));
        }
        Table table = new Table().heading(heading.toArray(Cell[]::new));
        table.row(row("all calls", tally.calls(), tally.failed()));
        tally.nodes()
                .forEach((node, of) -> table.row(row(
                        Table.abbreviated(node.toString(), columns / 2),
                        of.answered(),
                        of.failed().sum())));
        lines.addAll(table.lines(columns, colours));
        if (tally.lastFailure() != null) {
            lines.add("");
            lines.add("The last failure: " + tally.lastFailure().getMessage());
        }
        return lines;
    }

    private double perSecond() {
        return tally.ended() / (took.toNanos() / 1e9);
    }

    private List<Cell> row(String name, Histogram answered, long failed) {
        List<Cell> cells = new ArrayList<>(List.of(
                Cell.of(name, failed > 0 ? Paint.BAD : Paint.PLAIN),
                Cell.number(Long.toString(answered.getTotalCount())),
                Cell.number(String.format(Locale.ROOT, "%.1f %%", 100 * share(answered))),
                Cell.number(Long.toString(failed)).painted(failed > 0 ? Paint.BAD : Paint.PLAIN)));
        for (double percentile : PERCENTILES) {
            cells.add(Cell.number(answered.getTotalCount() == 0 ? "" : Times.millis(time(answered, percentile))));
        }
        return cells;
    }

    private double share(Histogram answered) {
        return answered.getTotalCount() / (double) Math.max(1, tally.calls().getTotalCount());
    }

    private static Duration time(Histogram times, double percentile) {
        return Duration.ofNanos(times.getValueAtPercentile(percentile));
    }

    Map<String, @Nullable Object> document() {
        Map<String, @Nullable Object> document = Documents.document("bench", tally.failed() == 0);
        document.put("method", method);
        document.put("callers", callers);
        document.put("millis", took);
        document.put("callsPerSecond", perSecond());
        document.putAll(fields(tally.calls(), tally.failed()));
        document.put(
                "lastFailure",
                tally.lastFailure() == null ? null : tally.lastFailure().getMessage());
        List<Map<String, @Nullable Object>> nodes = new ArrayList<>();
        tally.nodes().forEach((node, of) -> nodes.add(node(node, of)));
        document.put("nodes", nodes);
        return document;
    }

    private static Map<String, @Nullable Object> node(Instance node, Tally.OfNode of) {
        Map<String, @Nullable Object> fields = Documents.node(node);
        fields.putAll(fields(of.answered(), of.failed().sum()));
        return fields;
    }

    private static Map<String, @Nullable Object> fields(Histogram answered, long failed) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("answered", answered.getTotalCount());
        fields.put("failed", failed);
        IntStream.range(0, KEYS.length)
                .forEach(i ->
                        fields.put(KEYS[i], answered.getTotalCount() == 0 ? null : time(answered, PERCENTILES[i])));
        return fields;
    }
}
