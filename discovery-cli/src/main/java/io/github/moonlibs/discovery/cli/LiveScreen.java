package io.github.moonlibs.discovery.cli;

import java.io.PrintStream;
import java.util.List;

/** A full screen of the terminal. The previous one is restored when this is closed, or the program ends. */
final class LiveScreen implements AutoCloseable {
    private static final String ESC = "\033[";
    private static final String OPEN = ESC + "?1049h" + ESC + "?25l";
    private static final String CLOSE = ESC + "?25h" + ESC + "?1049l";
    private static final String TO_THE_START = ESC + "H";
    private static final String CLEAR_TO_END_OF_LINE = ESC + "K";
    private static final String CLEAR_BELOW = ESC + "J";

    private final PrintStream out;
    private final Thread atExit;

    LiveScreen(PrintStream out) {
        this.out = out;
        this.atExit = new Thread(this::restore);
        Runtime.getRuntime().addShutdownHook(atExit);
        out.print(OPEN);
    }

    /** Shows only these lines. If they are more than the rows, the last row says how many are missing. */
    void paint(List<String> lines, int rows) {
        out.print(page(lines, rows));
        out.flush();
    }

    static String page(List<String> lines, int rows) {
        List<String> shown = lines.size() <= rows ? lines : lines.subList(0, Math.max(0, rows - 1));
        StringBuilder page = new StringBuilder(TO_THE_START);
        for (int i = 0; i < shown.size(); i++) {
            page.append(i == 0 ? "" : "\r\n").append(shown.get(i)).append(CLEAR_TO_END_OF_LINE);
        }
        if (shown.size() < lines.size()) {
            page.append("\r\n… ")
                    .append(lines.size() - shown.size())
                    .append(" more lines")
                    .append(CLEAR_TO_END_OF_LINE);
        }
        return page.append(CLEAR_BELOW).toString();
    }

    private void restore() {
        out.print(CLOSE);
        out.flush();
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        restore();
    }
}
