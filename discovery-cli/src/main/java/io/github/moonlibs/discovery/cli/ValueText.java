package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.text.SafeText;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
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

    String of(@Nullable Object value) {
        return of(value, "", 0);
    }

    /** @param taken how many columns of the first line are already used */
    private String of(@Nullable Object value, String indent, int taken) {
        String line = line(value);
        if (taken + line.length() <= columns) {
            return line;
        }
        String inner = indent + STEP;
        List<String> parts = new ArrayList<>();
        if (value instanceof List<?> list && !list.isEmpty()) {
            list.forEach(element -> parts.add(inner + of(element, inner, inner.length() + 1)));
            return "[\n" + String.join(",\n", parts) + "\n" + indent + "]";
        }
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            map.forEach((key, held) -> {
                String start = inner + line(key) + ": ";
                parts.add(start + of(held, inner, start.length() + 1));
            });
            return "{\n" + String.join(",\n", parts) + "\n" + indent + "}";
        }
        return line;
    }

    private static String line(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case String text -> quoted(text);
            case byte[] bytes -> binary(bytes);
            case UUID uuid -> "uuid " + uuid;
            case BigDecimal decimal -> "decimal " + decimal.toPlainString();
            case OffsetDateTime time -> "datetime " + time;
            case Interval interval -> "interval " + line(Json.fields(interval));
            case TarantoolError error -> "error " + error;
            case List<?> list -> list(list);
            case Map<?, ?> map -> map(map);
            default -> value.toString();
        };
    }

    private static String list(List<?> list) {
        StringBuilder text = new StringBuilder("[");
        list.forEach(element -> text.append(text.length() > 1 ? ", " : "").append(line(element)));
        return text.append(']').toString();
    }

    private static String map(Map<?, ?> map) {
        StringBuilder text = new StringBuilder("{");
        map.forEach((key, held) -> text.append(text.length() > 1 ? ", " : "")
                .append(line(key))
                .append(": ")
                .append(line(held)));
        return text.append('}').toString();
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
