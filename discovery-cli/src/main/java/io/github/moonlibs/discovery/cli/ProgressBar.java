package io.github.moonlibs.discovery.cli;

import java.io.PrintStream;
import java.util.Locale;

/** A line that overwrites itself. */
final class ProgressBar {
    private static final int WIDTH = 30;
    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintStream out;

    ProgressBar(PrintStream out) {
        this.out = out;
    }

    /** @param part the part that is done, 0 to 1 */
    void show(String what, double part, long calls, long failed) {
        int full = (int) Math.round(part * WIDTH);
        out.print(CLEAR_LINE
                + String.format(
                        Locale.ROOT,
                        "%-7s %s%s %3.0f %%  %,d calls, %,d failed",
                        what,
                        "█".repeat(full),
                        "·".repeat(WIDTH - full),
                        part * 100,
                        calls,
                        failed));
        out.flush();
    }

    /** Removes the line. */
    void clear() {
        out.print(CLEAR_LINE);
        out.flush();
    }
}
