package io.github.moonlibs.discovery.benchmarks.report;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Figures in rows; all columns but the first are numbers.
 *
 * @param id the name of its place in a document
 */
record Table(String id, String title, List<String> header, List<List<String>> rows) {
    /** The text for a goal that was not reached. */
    static final String MISSED = "missed";

    String markdown() {
        String rule = "|---" + "|---:".repeat(header.size() - 1) + "|";
        return row(header) + "\n" + rule + "\n" + rows.stream().map(Table::row).collect(Collectors.joining("\n"));
    }

    private static String row(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
    }

    String html() {
        return "<h2>" + escape(title) + "</h2>\n<table>\n<thead>" + row(header, "th") + "</thead>\n<tbody>\n"
                + rows.stream().map(row -> row(row, "td")).collect(Collectors.joining("\n")) + "\n</tbody>\n</table>\n";
    }

    private static String row(List<String> cells, String tag) {
        UnaryOperator<String> cell = text ->
                "<" + tag + (text.equals(MISSED) ? " class=\"missed\">" : ">") + escape(text) + "</" + tag + ">";
        return cells.stream().map(cell).collect(Collectors.joining("", "<tr>", "</tr>"));
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
