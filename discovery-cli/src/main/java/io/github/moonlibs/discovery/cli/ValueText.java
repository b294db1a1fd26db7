package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.text.SafeText;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values as text: like JSON, but a value that JSON has no type for is preceded by its type, as in {@code uuid
 * 4f0b…}, {@code decimal 12.50}. A value that does not fit on a line takes several.
 */
final class ValueText {
    private static final String STEP = "  ";
    private static final int BYTES_SHOWN = 64;

    private final int columns;

    ValueText(int columns) {
        this.columns = columns;
    }

    /** On one line, however long. */
    static String line(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        line(out, value, Integer.MAX_VALUE);
        return out.toString();
    }

    String of(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(out, value, "", 0);
        return out.toString();
    }

    /**
     * Writes on one line what fits there, and otherwise each element on a line of its own.
     *
     * @param taken how many columns of the first line are already used
     */
    private void write(StringBuilder out, @Nullable Object value, String indent, int taken) {
        int start = out.length();
        boolean mayFit = !hasElements(value) || roomAfter(value, columns - taken) >= 0;
        if (mayFit && line(out, value, start + columns - taken)) {
            return;
        }
        // further in than half of the line there is little room for anything else
        String inner = indent.length() < columns / 2 ? indent + STEP : indent;
        if (value instanceof List<?> list && !list.isEmpty()) {
            out.setLength(start);
            String before = "[\n";
            for (Object element : list) {
                out.append(before).append(inner);
                write(out, element, inner, inner.length() + 1);
                before = ",\n";
            }
            out.append('\n').append(indent).append(']');
        } else if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            out.setLength(start);
            String before = "{\n";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                int lineStart = out.append(before).length();
                out.append(inner);
                line(out, entry.getKey(), Integer.MAX_VALUE);
                out.append(": ");
                write(out, entry.getValue(), inner, out.length() - lineStart + 1);
                before = ",\n";
            }
            out.append('\n').append(indent).append('}');
        }
    }

    private static boolean hasElements(@Nullable Object value) {
        return (value instanceof List<?> list && !list.isEmpty()) || (value instanceof Map<?, ?> map && !map.isEmpty());
    }

    /**
     * How much room is left at most behind a value on one line; negative if it surely doesn't fit. A list is asked that at each
     * level that it lies in, and so without making a text, nor an iterator.
     */
    private static int roomAfter(@Nullable Object value, int room) {
        int left = room - 1;
        if (value instanceof String text) {
            left -= text.length();
        } else if (value instanceof List<?> list) {
            for (int i = 0; left >= 0 && i < list.size(); i++) {
                left = roomAfter(list.get(i), left) - 1;
            }
        } else if (value instanceof Map<?, ?> map) {
            for (Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
                    left >= 0 && entries.hasNext(); ) {
                Map.Entry<?, ?> entry = entries.next();
                left = roomAfter(entry.getValue(), roomAfter(entry.getKey(), left)) - 1;
            }
        }
        return left;
    }

    /** Writes the value on one line, and stops within a list or a map that doesn't end there: then it returns false. */
    private static boolean line(StringBuilder out, @Nullable Object value, int end) {
        switch (value) {
            case List<?> list -> {
                String before = "[";
                for (Object element : list) {
                    if (!line(out.append(before), element, end)) {
                        return false;
                    }
                    before = ", ";
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            case Map<?, ?> map -> {
                String before = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    if (!line(out.append(before), entry.getKey(), end)
                            || !line(out.append(": "), entry.getValue(), end)) {
                        return false;
                    }
                    before = ", ";
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            case null, default -> out.append(single(value));
        }
        return out.length() <= end;
    }

    /** A value without elements. */
    private static String single(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case String text -> quoted(text);
            case byte[] bytes -> binary(bytes);
            case UUID uuid -> "uuid " + uuid;
            case BigDecimal decimal -> "decimal " + decimal.toPlainString();
            case OffsetDateTime time -> "datetime " + time;
            case Interval interval -> interval(interval);
            case TarantoolError error -> "error " + error;
            default -> value.toString();
        };
    }

    private static String interval(Interval interval) {
        StringBuilder text = new StringBuilder("interval ");
        line(text, Json.fields(interval), Integer.MAX_VALUE);
        return text.toString();
    }

    private static String binary(byte[] bytes) {
        int shown = Math.min(bytes.length, BYTES_SHOWN);
        return "binary of " + bytes.length + " " + HexFormat.of().formatHex(bytes, 0, shown)
                + (shown < bytes.length ? "…" : "");
    }

    /** As in JSON; a server's string must not move the cursor. */
    private static String quoted(String text) {
        return '"' + SafeText.whole(text.replace("\\", "\\\\").replace("\"", "\\\"")) + '"';
    }
}
