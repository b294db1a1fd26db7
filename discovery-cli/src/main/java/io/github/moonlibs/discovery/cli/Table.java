package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.text.SafeText;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows whose columns are as wide as their widest cell. A column that does not fit is left out, and so are all columns
 * after it, because half a number would be a wrong one.
 */
final class Table {
    private static final String GAP = "  ";
    private static final Cell MORE = Cell.of(" …");

    private final List<Row> rows = new ArrayList<>();

    /** A cell, filled up with blanks to its column's width. */
    record Cell(String text, Paint paint, boolean right) {
        /** The text may be a server's. */
        Cell {
            text = SafeText.whole(text);
        }

        static Cell of(String text) {
            return new Cell(text, Paint.PLAIN, false);
        }

        static Cell of(String text, Paint paint) {
            return new Cell(text, paint, false);
        }

        /** A cell that is aligned on the right, like numbers. */
        static Cell number(String text) {
            return new Cell(text, Paint.PLAIN, true);
        }

        Cell painted(Paint other) {
            return new Cell(text, other, right);
        }

        private String padded(int width) {
            String blanks = " ".repeat(width - text.length());
            return right ? blanks + text : text + blanks;
        }
    }

    /** The cells, and the lines without columns below them. */
    private record Row(List<Cell> cells, List<Cell> below) {}

    Table heading(Cell... cells) {
        return row(List.of(cells).stream().map(cell -> cell.painted(Paint.BOLD)).toList());
    }

    Table row(List<Cell> cells) {
        return row(cells, List.of());
    }

    Table row(List<Cell> cells, List<Cell> below) {
        rows.add(new Row(List.copyOf(cells), List.copyOf(below)));
        return this;
    }

    /** The lines, none wider than this many columns. */
    List<String> lines(int columns, boolean colours) {
        List<Integer> widths = widths();
        int shown = fitting(widths, columns);
        List<String> lines = new ArrayList<>();
        for (Row row : rows) {
            List<Cell> pieces = new ArrayList<>();
            for (int i = 0; i < Math.min(shown, row.cells().size()); i++) {
                Cell cell = row.cells().get(i);
                pieces.add(Cell.of((i == 0 ? "" : GAP) + cell.padded(widths.get(i)), cell.paint()));
            }
            if (shown < widths.size()) {
                pieces.add(MORE);
            }
            lines.add(line(pieces, columns, colours));
            row.below().forEach(cell -> lines.add(line(List.of(cell), columns, colours)));
        }
        return lines;
    }

    /** How many columns fit, with the mark that there are more. At least one is shown, if need be cut. */
    private static int fitting(List<Integer> widths, int columns) {
        int taken = -GAP.length();
        int afterMark = 0;
        for (int i = 0; i < widths.size(); i++) {
            taken += GAP.length() + widths.get(i);
            if (taken > columns) {
                return Math.max(1, afterMark);
            }
            afterMark = taken + MORE.text().length() <= columns ? i + 1 : afterMark;
        }
        return widths.size();
    }

    private List<Integer> widths() {
        List<Integer> widths = new ArrayList<>();
        for (Row row : rows) {
            for (int i = 0; i < row.cells().size(); i++) {
                int width = row.cells().get(i).text().length();
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(width, widths.get(i)));
                }
            }
        }
        return widths;
    }

    /**
     * A name of at most so many columns: of a longer one the beginning and the end, because names of one application often
     * begin alike.
     */
    static String abbreviated(String name, int columns) {
        String text = SafeText.whole(name);
        if (text.length() <= columns) {
            return text;
        }
        int end = (columns - 1) / 2;
        int from = text.length() - end;
        boolean splits = Character.isLowSurrogate(text.charAt(from));
        return beginning(text, columns - 1 - end) + "…" + text.substring(splits ? from + 1 : from);
    }

    /** At most so many columns of it, and no half of a character. */
    private static String beginning(String text, int columns) {
        if (text.length() <= columns) {
            return text;
        }
        boolean splits = columns > 0 && Character.isHighSurrogate(text.charAt(columns - 1));
        return text.substring(0, splits ? columns - 1 : columns);
    }

    /** Joins the pieces, and cuts them to the columns. Escape sequences take no columns. */
    static String line(List<Cell> pieces, int columns, boolean colours) {
        int taken = pieces.stream().mapToInt(piece -> piece.text().length()).sum();
        int left = taken > columns ? columns - 1 : columns;
        StringBuilder line = new StringBuilder();
        for (Cell piece : pieces) {
            String text = beginning(piece.text(), left);
            left -= text.length();
            line.append(colours ? piece.paint().on(text) : text);
        }
        return (taken > columns ? line + "…" : line.toString()).stripTrailing();
    }
}
