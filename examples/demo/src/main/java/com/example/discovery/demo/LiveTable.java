package com.example.discovery.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** A table that is repainted four times a second, on any terminal that supports ANSI sequences. */
final class LiveTable implements Display {
    private static final int EVENTS = 8;
    private static final int BAR = 10;
    private static final String ESC = "\033[";
    private static final String BOLD = ESC + "1m";
    private static final String PLAIN = ESC + "0m";
    private static final String TO_END_OF_LINE = ESC + "K";
    private static final String HIDE_CURSOR = ESC + "?25l";
    private static final String SHOW_CURSOR = ESC + "?25h";

    private final PrintStream out;
    private final int columns;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<String> events = new ArrayDeque<>();
    private String title = "";
    private int painted;

    LiveTable(PrintStream out, int columns) {
        this.out = out;
        this.columns = columns;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> out.print(SHOW_CURSOR)));
    }

    @Override
    public Duration period() {
        return Duration.ofMillis(250);
    }

    @Override
    public void scene(String title) {
        lock.lock();
        try {
            this.title = title;
        } finally {
            lock.unlock();
        }
        event("== " + title);
    }

    @Override
    public void event(String text) {
        lock.lock();
        try {
            events.addLast(PlainLines.stamped(text));
            if (events.size() > EVENTS) {
                events.removeFirst();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void paint(Snapshot snapshot) {
        lock.lock();
        try {
            List<String> lines = lines(snapshot);
            StringBuilder screen = new StringBuilder(HIDE_CURSOR);
            if (painted > 0) {
                screen.append(ESC).append(painted).append("A\r");
            }
            lines.forEach(line -> screen.append(line).append(TO_END_OF_LINE).append('\n'));
            painted = lines.size();
            out.print(screen);
            out.flush();
        } finally {
            lock.unlock();
        }
    }

    private List<String> lines(Snapshot snapshot) {
        List<String> lines = new ArrayList<>();
        lines.add(bold("%3d s  %5.0f calls/s  %s".formatted(snapshot.second(), snapshot.perSecond(), title)));
        lines.add("");
        StringBuilder heading = new StringBuilder("%-5s %-12s".formatted("node", "is"));
        for (Method method : Method.values()) {
            heading.append("  %-23s".formatted(method.procedure));
        }
        lines.add(bold(heading.toString()));
        snapshot.states().forEach((node, state) -> lines.add(cut(row(snapshot, node, state))));
        lines.add("");
        lines.add(bold(Tally.heading()));
        for (Method method : Method.values()) {
            lines.add(cut(snapshot.traffic().of(method).row(method)));
        }
        lines.add("");
        events.forEach(event -> lines.add(cut(event)));
        for (int i = events.size(); i < EVENTS; i++) {
            lines.add("");
        }
        return lines;
    }

    private static String row(Snapshot snapshot, String node, String state) {
        StringBuilder row = new StringBuilder("%-5s %-12s".formatted(node, state));
        for (Method method : Method.values()) {
            double share = snapshot.share(method, node);
            int full = (int) Math.round(share * BAR / 100);
            row.append("  %s%s %3.0f%% %5.0f/s"
                    .formatted("█".repeat(full), "·".repeat(BAR - full), share, snapshot.perSecond(method, node)));
        }
        return row.toString();
    }

    private String bold(String line) {
        return BOLD + cut(line) + PLAIN;
    }

    /** Cuts a line: one that wrapped would be repainted at the wrong place. */
    private String cut(String line) {
        return line.length() <= columns ? line : line.substring(0, columns - 1) + "…";
    }

    @Override
    public void close() {
        out.print(SHOW_CURSOR);
        out.flush();
    }
}
