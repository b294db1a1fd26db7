package io.github.moonlibs.discovery.etcd;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of one instance: its own, its replicaset's, its group's, and the global ones. They are not merged for each
 * instance, which would take time in proportion to their product, but looked up, the innermost first.
 *
 * @param variables the names that templates can use, by variable
 */
record Inherited(List<Map<String, @Nullable Object>> levels, Map<String, String> variables) {
    /** Longer than any address or label. */
    static final int LONGEST = 1_024;

    private static final String CONTEXT = "context.";

    /** @throws IllegalArgumentException if there is something else than a map on the path; the message begins with it */
    @Nullable
    Object get(String... path) {
        for (Map<String, @Nullable Object> level : levels) {
            Object value = at(level, path);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private static @Nullable Object at(Map<String, @Nullable Object> level, String... path) {
        Object value = level;
        for (int i = 0; i < path.length && value != null; i++) {
            if (!(value instanceof Map<?, ?> map)) {
                throw new Unusable(
                        String.join(".", List.of(path).subList(0, i)) + ": expected a map, got " + kind(value));
            }
            value = map.get(path[i]);
        }
        return value;
    }

    /** The maps under this name put together, with the innermost values; anything but maps is a problem. */
    Map<String, @Nullable Object> all(String name, Map<String, String> problems, Work work)
            throws MalformedException, InterruptedException {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        for (Map<String, @Nullable Object> level : levels.reversed()) {
            Object value = level.get(name);
            if (value instanceof Map<?, ?> map) {
                work.spend(64L * map.size());
                map.forEach((key, each) -> {
                    if (each != null) {
                        all.put((String) key, each);
                    }
                });
            } else if (value != null) {
                problems.put(name, "expected a map, got " + kind(value));
            }
        }
        return all;
    }

    /**
     * Replaces the variables in a text.
     *
     * @throws IllegalArgumentException if it is no text, or a variable has no value that is known here
     */
    String text(@Nullable Object value, Work work) throws MalformedException, InterruptedException {
        if (!(value instanceof String text)) {
            throw new Unusable("expected text, got " + kind(value));
        }
        if (text.length() > LONGEST) {
            throw tooLong(text.length());
        }
        work.spend(text.length());
        StringBuilder filled = new StringBuilder();
        int end = 0;
        for (int open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", end)) {
            int close = text.indexOf("}}", open + 2);
            if (close < 0) {
                break;
            }
            // in credentials, or behind them, the braces may be part of a password
            filled.append(text, end, open).append(variable(name(text, open + 2, close), text.indexOf('@') < 0));
            end = close + 2;
            if (filled.length() > LONGEST) {
                throw tooLong(filled.length());
            }
        }
        return end == 0 ? text : filled.append(text, end, text.length()).toString();
    }

    /** As the loader does it: blanks around the name do not matter, other white space does. */
    private static String name(String text, int start, int end) {
        int first = start;
        int last = end;
        while (first < last && text.charAt(first) == ' ') {
            first++;
        }
        while (last > first && text.charAt(last - 1) == ' ') {
            last--;
        }
        return text.substring(first, last);
    }

    private String variable(String name, boolean mayBeShown) {
        String value = variables.get(name);
        if (value != null) {
            return value;
        }
        Object context = name.startsWith(CONTEXT) ? get("config", "context", name.substring(CONTEXT.length())) : null;
        String shown = mayBeShown ? "{{ " + Causes.shortened(name) + " }}" : "{{ … }}";
        if (context instanceof Map<?, ?>) {
            throw new Unusable(shown + ": expected config.context to hold the value; where the server's"
                    + " environment or file has it, it is known there alone");
        }
        if (context == null) {
            throw new Unusable(shown
                    + ": expected instance_name, replicaset_name, group_name, or a variable that config.context has");
        }
        if (!(context instanceof String text) || text.length() > LONGEST) {
            throw new Unusable(shown + ": expected a short text in config.context");
        }
        return text;
    }

    private static Unusable tooLong(int length) {
        return new Unusable("expected at most " + LONGEST + " characters, got " + length);
    }

    static String kind(@Nullable Object value) {
        return value == null ? "nothing" : value instanceof Map ? "a map" : value instanceof List ? "a list" : "text";
    }
}
