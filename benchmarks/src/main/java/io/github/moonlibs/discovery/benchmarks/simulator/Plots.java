package io.github.moonlibs.discovery.benchmarks.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Draws two plots as plain SVG: the times of the slowest calls, and the share of a failing node. */
final class Plots {
    private static final List<String> COLOURS = List.of("#888888", "#4477aa", "#ee8866", "#228833");

    /** A page may be dark, and the plot is then. */
    private static final String STYLE = """
            <style>
            @media (prefers-color-scheme: dark) {
              text { fill: #dfe4e9 }
              [fill='white'] { fill: #15191d }
              [fill='#f3e3e3'] { fill: #3a2323 }
              [stroke='#dddddd'] { stroke: #333b43 }
              [fill='#4477aa'] { fill: #7aa6d6 }
              [fill='#228833'] { fill: #4fbf6a }
              [stroke='#4477aa'] { stroke: #7aa6d6 }
              [stroke='#228833'] { stroke: #4fbf6a }
            }
            </style>
            """;

    private static final int WIDTH = 860;
    private static final int LEFT = 290;
    private static final int RIGHT = 830;

    private Plots() {}

    static void draw(List<Run> runs, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("p99.svg"), p99(runs));
        Files.writeString(folder.resolve("failing-node.svg"), failingNode(runs));
    }

    // ---- bars, on a logarithmic scale from 1 ms to 10 s

    private static String p99(List<Run> runs) {
        int bar = 13;
        int gap = 14;
        int top = 66;
        int groups = runs.size() / Run.STRATEGIES.size();
        int bottom = top + groups * (Run.STRATEGIES.size() * bar + gap);
        StringBuilder svg = begin("p99 of all calls, ms", bottom + 30);
        for (int power = 0; power <= 4; power++) {
            double x = logarithmic(Math.pow(10, power));
            line(svg, x, top - 6, x, bottom);
            text(svg, x, bottom + 16, "middle", String.valueOf((int) Math.pow(10, power)));
        }
        int y = top;
        for (Run run : runs) {
            int strategy = Run.STRATEGIES.indexOf(run.strategy());
            if (strategy == 0) {
                text(svg, LEFT - 10, y + 2 * bar + 4, "end", run.title());
            }
            double value = run.seen().quantile(0.99);
            double to = logarithmic(value);
            rectangle(svg, LEFT, y, to - LEFT, bar - 2, COLOURS.get(strategy));
            text(svg, to + 4, y + bar - 3, "start", String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value));
            y += strategy == Run.STRATEGIES.size() - 1 ? bar + gap : bar;
        }
        return svg.append("</svg>\n").toString();
    }

    private static double logarithmic(double millis) {
        return LEFT + (RIGHT - LEFT) * Math.log10(Math.max(1, millis)) / 4;
    }

    // ---- lines, one point per second

    private static String failingNode(List<Run> runs) {
        int top = 70;
        int bottom = 330;
        int left = 50;
        int seconds = (int) Scenario.DEAD.seconds();
        double perSecond = (double) (RIGHT - left) / seconds;
        StringBuilder svg = begin("share of the calls that go to a node that times out from second 5 to 25, %", 360);
        rectangle(svg, left + 5 * perSecond, top, 20 * perSecond, bottom - top, "#f3e3e3");
        for (int percent = 0; percent <= 50; percent += 10) {
            double y = bottom - (bottom - top) * percent / 50.0;
            line(svg, left, y, RIGHT, y);
            text(svg, left - 8, y + 4, "end", String.valueOf(percent));
        }
        for (int second = 0; second <= seconds; second += 5) {
            text(svg, left + second * perSecond, bottom + 18, "middle", String.valueOf(second));
        }
        for (Run run : runs) {
            if (run.scenario().equals(Scenario.DEAD)) {
                String points = IntStream.range(0, seconds)
                        .mapToObj(second -> String.format(
                                Locale.ROOT,
                                "%.1f,%.1f",
                                left + (second + 0.5) * perSecond,
                                bottom - (bottom - top) * run.seen().share(0, second, second + 1) / 0.5))
                        .collect(Collectors.joining(" "));
                String colour = COLOURS.get(Run.STRATEGIES.indexOf(run.strategy()));
                svg.append(
                        "<polyline points='" + points + "' fill='none' stroke='" + colour + "' stroke-width='2'/>\n");
            }
        }
        return svg.append("</svg>\n").toString();
    }

    // ---- parts of both

    private static StringBuilder begin(String title, int height) {
        StringBuilder svg = new StringBuilder("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 " + WIDTH + " "
                + height + "' font-family='sans-serif' font-size='12'>\n");
        svg.append(STYLE);
        rectangle(svg, 0, 0, WIDTH, height, "white");
        text(svg, 20, 24, "start", title);
        for (int i = 0; i < Run.STRATEGIES.size(); i++) {
            int x = 20 + 140 * i;
            rectangle(svg, x, 36, 12, 12, COLOURS.get(i));
            text(svg, x + 18, 46, "start", Run.STRATEGIES.get(i));
        }
        return svg;
    }

    private static void rectangle(StringBuilder svg, double x, double y, double width, double height, String colour) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s'/>\n",
                x,
                y,
                width,
                height,
                colour));
    }

    private static void line(StringBuilder svg, double x1, double y1, double x2, double y2) {
        svg.append(String.format(
                Locale.ROOT, "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='#dddddd'/>\n", x1, y1, x2, y2));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(
                String.format(Locale.ROOT, "<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>\n", x, y, anchor, text));
    }
}
