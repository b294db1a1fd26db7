package io.github.moonlibs.discovery.cli;

import java.io.PrintStream;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * A full screen of the terminal: as many lines as fit, and a last row with the time, which of the lines are seen, and the
 * keys. The previous screen is restored when this is closed, or the program ends.
 */
final class LiveScreen implements AutoCloseable {
    private static final String ESC = "\033[";
    private static final String OPEN = ESC + "?1049h" + ESC + "?25l";
    private static final String CLOSE = ESC + "?25h" + ESC + "?1049l";
    private static final String TO_THE_START = ESC + "H";
    private static final String CLEAR_TO_END_OF_LINE = ESC + "K";
    private static final String CLEAR_BELOW = ESC + "J";

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final PrintStream out;
    private final Thread atExit;
    private List<String> lines = List.of();
    private String time = "";
    private int first;

    LiveScreen(PrintStream out) {
        this.out = out;
        this.atExit = new Thread(this::restore);
        Runtime.getRuntime().addShutdownHook(atExit);
        out.print(OPEN);
    }

    /** Shows these lines, from where the user has scrolled to. */
    void paint(List<String> newLines, Terminal.Size size) {
        lines = newLines;
        time = CLOCK.format(LocalTime.now(ZoneId.systemDefault()));
        repaint(size);
    }

    /** Moves what is seen of the lines. */
    void scroll(Key key, Terminal.Size size) {
        int page = rows(size);
        first = switch (key) {
            case UP -> first - 1;
            case DOWN -> first + 1;
            case PAGE_UP -> first - page;
            case PAGE_DOWN -> first + page;
            case TOP -> 0;
            case BOTTOM -> lines.size();
            case QUIT, OTHER -> first;
        };
        repaint(size);
    }

    private void repaint(Terminal.Size size) {
        first = Math.clamp(first, 0, Math.max(0, lines.size() - rows(size)));
        out.print(page(lines, first, size, time));
        out.flush();
    }

    private static int rows(Terminal.Size size) {
        return Math.max(1, size.rows() - 1);
    }

    static String page(List<String> lines, int first, Terminal.Size size, String time) {
        List<String> shown = lines.subList(first, Math.min(lines.size(), first + rows(size)));
        StringBuilder page = new StringBuilder(TO_THE_START);
        shown.forEach(line -> page.append(line).append(CLEAR_TO_END_OF_LINE).append("\r\n"));
        page.append(CLEAR_BELOW);
        // at the bottom, however few lines there are
        page.append(ESC).append(size.rows()).append(";1H");
        String status = time
                + (shown.size() == lines.size()
                        ? ""
                        : "  lines " + (first + 1) + " to " + (first + shown.size()) + " of " + lines.size()
                                + ", ↑ ↓ PgUp PgDn scroll")
                + "  q quits";
        return page.append(status, 0, Math.min(status.length(), size.columns()))
                .append(CLEAR_TO_END_OF_LINE)
                .toString();
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
