package io.github.moonlibs.discovery.iproto.codec.results;

import io.github.moonlibs.discovery.iproto.codec.values.ValueReader;
import io.github.moonlibs.discovery.text.SafeText;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Values as text for logs: as much of them as fits into a line. Not thread-safe. */
final class ValuesText {
    private static final int MOST = 200;
    private static final int DEEPEST = 8;

    private final ValueReader in;
    private final StringBuilder text = new StringBuilder();

    private ValuesText(ValueReader in) {
        this.in = in;
    }

    /** Of the array that comes next, how many values there are, and the first ones. */
    static String of(ValueReader in) {
        ValuesText values = new ValuesText(in);
        try {
            int size = in.readArrayHeader();
            values.text.append(size == 0 ? "no values" : size == 1 ? "1 value: " : size + " values: ");
            values.elements(size, 0);
        } catch (IOException | RuntimeException unreadable) {
            values.text.append("… (").append(unreadable.getMessage()).append(')');
        }
        return values.text.toString();
    }

    private boolean isFull() {
        return text.length() > MOST;
    }

    private void elements(int size, int depth) throws IOException {
        for (int i = 0; i < size && proceeds(i); i++) {
            value(depth);
        }
    }

    /** Whether there is room for another element; what is left out is shown by dots. */
    private boolean proceeds(int before) {
        text.append(before == 0 ? "" : ", ").append(isFull() ? "…" : "");
        return !isFull();
    }

    private void value(int depth) throws IOException {
        switch (in.next()) {
            case ARRAY -> {
                int size = in.readArrayHeader();
                text.append('[');
                if (depth == DEEPEST) {
                    in.skip(size);
                    text.append('…');
                } else {
                    elements(size, depth + 1);
                }
                text.append(']');
            }
            case MAP -> {
                int size = in.readMapHeader();
                text.append('{');
                if (depth == DEEPEST) {
                    in.skip(2 * size);
                    text.append('…');
                } else {
                    entries(size, depth + 1);
                }
                text.append('}');
            }
            default -> scalar(in.read(0));
        }
    }

    private void entries(int size, int depth) throws IOException {
        for (int i = 0; i < size && proceeds(i); i++) {
            value(depth);
            text.append(": ");
            value(depth);
        }
    }

    private void scalar(@Nullable Object value) {
        switch (value) {
            case null -> text.append("nil");
            case String string -> quoted(string);
            case byte[] bytes -> text.append('<').append(bytes.length).append(bytes.length == 1 ? " byte>" : " bytes>");
            default -> {
                String whole = value.toString();
                text.append(whole, 0, Math.min(whole.length(), MOST)).append(whole.length() > MOST ? "…" : "");
            }
        }
    }

    private void quoted(String string) {
        int shown = Math.min(string.length(), Math.max(16, MOST - text.length()));
        if (shown < string.length() && Character.isHighSurrogate(string.charAt(shown - 1))) {
            shown--;
        }
        String beginning = string.substring(0, shown).replace("\\", "\\\\").replace("\"", "\\\"");
        text.append('"').append(SafeText.whole(beginning)).append(shown < string.length() ? "…\"" : "\"");
    }
}
