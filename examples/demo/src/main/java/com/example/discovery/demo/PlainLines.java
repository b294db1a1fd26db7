package com.example.discovery.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One line for each event, and one every second for the traffic. */
final class PlainLines implements Display {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    private final PrintStream out;

    PlainLines(PrintStream out) {
        this.out = out;
    }

    @Override
    public Duration period() {
        return Duration.ofSeconds(1);
    }

    @Override
    public void scene(String title) {
        out.println("== " + title);
    }

    @Override
    public void event(String text) {
        out.println(stamped(text));
    }

    /** The text after the time of day. */
    static String stamped(String text) {
        return LocalTime.now(ZoneId.systemDefault()).format(TIME) + " " + text;
    }

    @Override
    public void paint(Snapshot snapshot) {
        out.printf(
                "%4d s %6.0f calls/s  shares in %%: %s%n",
                snapshot.second(),
                snapshot.perSecond(),
                Stream.of(Method.values())
                        .map(method -> method.shortName() + " " + shares(snapshot, method))
                        .collect(Collectors.joining("  ")));
    }

    private static String shares(Snapshot snapshot, Method method) {
        return snapshot.states().keySet().stream()
                .map(node -> "%.0f".formatted(snapshot.share(method, node)))
                .collect(Collectors.joining("/"));
    }

    @Override
    public void close() {
        out.flush();
    }
}
