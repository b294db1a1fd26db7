package io.github.moonlibs.discovery.benchmarks.report;

import static io.github.moonlibs.discovery.benchmarks.report.Table.escape;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lines over a few known points of a logarithmic axis, as SVG. */
final class LinePlot {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 320;
    private static final int LEFT = 70;
    private static final int RIGHT = 16;
    private static final int TOP = 16;
    private static final int BOTTOM = 44;
    private static final int TICKS = 5;

    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final boolean logarithmic;
    private final List<Line> lines = new ArrayList<>();

    private record Line(String name, String style, NavigableMap<Integer, Double> points) {}

    /** @param logarithmic whether the vertical axis is logarithmic */
    LinePlot(String title, String xLabel, String yLabel, boolean logarithmic) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
        this.logarithmic = logarithmic;
    }

    /** @param style a class of the page's style sheet */
    <T> LinePlot line(String name, String style, Collection<T> points, ToDoubleFunction<T> x, ToDoubleFunction<T> y) {
        NavigableMap<Integer, Double> line = new TreeMap<>();
        points.forEach(point -> line.put((int) x.applyAsDouble(point), y.applyAsDouble(point)));
        if (!line.isEmpty()) {
            lines.add(new Line(name, style, line));
        }
        return this;
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    String svg() {
        StringBuilder svg = new StringBuilder();
        svg.append("<figure><figcaption>").append(escape(title));
        svg.append("<small>").append(escape(yLabel)).append("</small></figcaption>\n");
        svg.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
                WIDTH,
                HEIGHT,
                escape(title)));
        for (double tick : ticks()) {
            svg.append(String.format(
                    Locale.ROOT, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, y(tick), WIDTH - RIGHT));
            svg.append(text(LEFT - 8, y(tick) + 4, "end", number(tick)));
        }
        for (int place : places()) {
            svg.append(text(x(place), HEIGHT - BOTTOM + 20, "middle", number(place)));
        }
        svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, "middle", xLabel));
        lines.forEach(line -> svg.append(drawn(line)));
        return svg.append("</svg>\n").append(legend()).append("</figure>\n").toString();
    }

    private String drawn(Line line) {
        String path = line.points().entrySet().stream()
                .map(point -> String.format(Locale.ROOT, "%.1f %.1f", x(point.getKey()), y(point.getValue())))
                .collect(Collectors.joining("L", "M", ""));
        String dots = line.points().entrySet().stream()
                .map(point -> String.format(
                        Locale.ROOT,
                        "<circle r=\"4\" cx=\"%.1f\" cy=\"%.1f\"><title>%s at %s: %s</title></circle>",
                        x(point.getKey()),
                        y(point.getValue()),
                        escape(line.name()),
                        number(point.getKey()),
                        number(point.getValue())))
                .collect(Collectors.joining());
        return "<g class=\"line " + line.style() + "\"><path d=\"" + path + "\"/>" + dots + "</g>\n";
    }

    private String legend() {
        return lines.stream()
                .map(line -> "<span class=\"" + line.style() + "\">" + escape(line.name()) + "</span>")
                .collect(Collectors.joining(" ", "<p class=\"legend\">", "</p>\n"));
    }

    // ---- coordinates

    private List<Integer> places() {
        return lines.stream()
                .flatMap(line -> line.points().keySet().stream())
                .distinct()
                .sorted()
                .toList();
    }

    private double x(double place) {
        List<Integer> places = places();
        double first = Math.log(places.getFirst());
        double last = Math.log(places.getLast());
        double part = last > first ? (Math.log(place) - first) / (last - first) : 0.5;
        return LEFT + 24 + part * (WIDTH - LEFT - RIGHT - 48);
    }

    private double y(double value) {
        double part = logarithmic
                ? (Math.log10(Math.max(value, lowest())) - Math.log10(lowest()))
                        / (Math.log10(highest()) - Math.log10(lowest()))
                : value / highest();
        return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
    }

    private double highest() {
        double most = values().max(Double::compare).orElse(1.0);
        return logarithmic ? Math.pow(10, Math.floor(Math.log10(most)) + 1) : roundUp(most);
    }

    private double lowest() {
        double least = values().filter(value -> value > 0).min(Double::compare).orElse(1.0);
        return Math.pow(10, Math.floor(Math.log10(least)));
    }

    private Stream<Double> values() {
        return lines.stream().flatMap(line -> line.points().values().stream());
    }

    /** Rounds up to a number that is easily divided. */
    private static double roundUp(double value) {
        double unit = Math.pow(10, Math.floor(Math.log10(value)));
        return List.of(1.0, 2.0, 5.0, 10.0).stream()
                .map(times -> times * unit)
                .filter(rounded -> rounded >= value)
                .findFirst()
                .orElse(value);
    }

    private List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            for (double tick = lowest(); tick <= highest() * 1.01; tick *= 10) {
                ticks.add(tick);
            }
        } else {
            for (int i = 0; i <= TICKS; i++) {
                ticks.add(highest() * i / TICKS);
            }
        }
        return ticks;
    }

    private static String text(double x, double y, String anchor, String text) {
        return String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, escape(text));
    }

    private static String number(double value) {
        String digits = value >= 10 || value == Math.rint(value) ? "%,.0f" : value >= 1 ? "%.1f" : "%.2g";
        return String.format(Locale.ROOT, digits, value);
    }
}
