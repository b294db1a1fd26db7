package io.github.moonlibs.discovery.text;

import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a value's text, as its {@code toString} has it. Of lists and maps no more is made: a list within a list would
 * be copied once for each level, and may be as large as a reply.
 */
final class Beginning {
    private final StringBuilder text = new StringBuilder();
    private final int longest;

    private Beginning(int longest) {
        this.longest = longest;
    }

    /** @param longest about how many characters are made of a list or a map */
    static String of(@Nullable Object value, int longest) {
        if (!isContainer(value)) {
            return String.valueOf(value);
        }
        Beginning text = new Beginning(longest);
        text.add(value);
        return text.text.toString();
    }

    private static boolean isContainer(@Nullable Object value) {
        return value instanceof Collection<?> || value instanceof Map<?, ?>;
    }

    private void add(@Nullable Object value) {
        switch (value) {
            case Collection<?> list -> addElements(list);
            case Map<?, ?> map -> addEntries(map);
            case CharSequence characters -> addBeginning(characters);
            case null, default -> addBeginning(String.valueOf(value));
        }
    }

    private void addBeginning(CharSequence characters) {
        int shown = Math.min(characters.length(), Math.max(0, longest - text.length()));
        text.append(characters, 0, shown).append(shown < characters.length() ? "…" : "");
    }

    private void addElements(Collection<?> list) {
        text.append('[');
        for (Iterator<?> elements = list.iterator(); proceeds(elements); ) {
            add(elements.next());
            text.append(elements.hasNext() ? ", " : "");
        }
        text.append(']');
    }

    private void addEntries(Map<?, ?> map) {
        text.append('{');
        for (Iterator<? extends Entry<?, ?>> entries = map.entrySet().iterator(); proceeds(entries); ) {
            Entry<?, ?> entry = entries.next();
            add(entry.getKey());
            text.append('=');
            add(entry.getValue());
            text.append(entries.hasNext() ? ", " : "");
        }
        text.append('}');
    }

    /** Whether there is more, and room for it; what is left out is shown by dots. */
    private boolean proceeds(Iterator<?> rest) {
        boolean isFull = text.length() >= longest;
        text.append(isFull && rest.hasNext() ? "…" : "");
        return !isFull && rest.hasNext();
    }
}
