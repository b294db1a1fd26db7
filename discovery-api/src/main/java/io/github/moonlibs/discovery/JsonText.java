package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.text.SafeText;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/** Writes maps, collections and plain values as JSON. A duration becomes its milliseconds, anything else a string. */
final class JsonText {
    private final StringBuilder text = new StringBuilder();

    private JsonText() {}

    static String of(@Nullable Object value) {
        JsonText json = new JsonText();
        json.write(value);
        return SafeText.json(json.text.toString());
    }

    private void write(@Nullable Object value) {
        switch (value) {
            case null -> text.append("null");
            case Boolean flag -> text.append(flag);
            case Double number when !Double.isFinite(number) -> string(number.toString());
            case Number number -> text.append(number);
            case Duration time -> text.append(time.toNanos() / 1e6);
            case Map<?, ?> map -> object(map);
            case Collection<?> list -> array(list);
            default -> string(value.toString());
        }
    }

    private void object(Map<?, ?> map) {
        text.append('{');
        for (Iterator<? extends Entry<?, ?>> entries = map.entrySet().iterator(); entries.hasNext(); ) {
            Entry<?, ?> entry = entries.next();
            string(SafeText.key(entry.getKey()));
            text.append(':');
            write(entry.getValue());
            text.append(entries.hasNext() ? "," : "");
        }
        text.append('}');
    }

    private void array(Collection<?> list) {
        text.append('[');
        for (Iterator<?> elements = list.iterator(); elements.hasNext(); ) {
            write(elements.next());
            text.append(elements.hasNext() ? "," : "");
        }
        text.append(']');
    }

    private void string(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < 0x20) {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
