package io.github.moonlibs.discovery.core.node;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.Announcement.Method;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.text.SafeText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a discovery procedure returned. One malformed entry costs that entry and nothing else; an answer without a
 * map of methods is no announcement at all.
 */
final class AnnouncementReader {
    /** An announcement, and what had to be left out of it and why. */
    record Reading(Announcement announcement, List<String> problems) {}

    /** The answer is not an announcement; the message says what was expected. */
    static final class NoAnnouncementException extends Exception {
        private static final long serialVersionUID = 1;

        NoAnnouncementException(String message) {
            super(message);
        }
    }

    private final List<String> problems = new ArrayList<>();

    private AnnouncementReader() {}

    static Reading read(Result answer) throws NoAnnouncementException {
        AnnouncementReader reader = new AnnouncementReader();
        Announcement announcement = reader.announcement(answer.size() == 0 ? null : answer.get(0));
        return new Reading(announcement, List.copyOf(reader.problems));
    }

    private Announcement announcement(@Nullable Object answer) throws NoAnnouncementException {
        Map<?, ?> entries = map(answer);
        Map<?, ?> methodEntries = entries == null ? null : map(entries.get("methods"));
        if (entries == null || methodEntries == null) {
            throw new NoAnnouncementException("expected {methods = {...}}, got "
                    + (entries == null ? kind(answer) : "methods = " + kind(entries.get("methods"))));
        }
        Map<String, Method> methods = new LinkedHashMap<>();
        methodEntries.forEach((name, entry) -> {
            if (!(name instanceof String text)) {
                leftOut(String.valueOf(name), "expected a string as its name, got " + kind(name));
                return;
            }
            Method method = method(text, entry);
            if (method != null) {
                methods.put(text, method);
            }
        });
        return new Announcement(isMaster(entries.get("is_master")), methods, others(entries, "is_master", "methods"));
    }

    private @Nullable Boolean isMaster(@Nullable Object value) {
        if (value != null && !(value instanceof Boolean)) {
            problems.add("is_master ignored: expected a boolean, got " + kind(value));
        }
        return value instanceof Boolean isMaster ? isMaster : null;
    }

    private @Nullable Method method(String name, @Nullable Object entry) {
        Map<?, ?> fields = map(entry);
        if (fields == null) {
            return leftOut(name, "expected {weight = ..., retriable = ...}, got " + kind(entry));
        }
        Object weight = fields.get("weight");
        Object retriable = fields.get("retriable");
        double number = weight == null ? Method.DEFAULT_WEIGHT : weight instanceof Number n ? n.doubleValue() : -1;
        if (!(number >= 0 && number < Double.POSITIVE_INFINITY)) {
            return leftOut(name, "expected a finite number of at least 0 as its weight, got " + kind(weight));
        }
        if (retriable != null && !(retriable instanceof Boolean)) {
            return leftOut(name, "expected a boolean as retriable, got " + kind(retriable));
        }
        return new Method(number, Boolean.TRUE.equals(retriable), others(fields, "weight", "retriable"));
    }

    private @Nullable Method leftOut(String name, String why) {
        problems.add("method " + SafeText.name(name) + " left out: " + why);
        return null;
    }

    /** A map; Lua's empty table, which travels as an empty array, counts as an empty one. */
    private static @Nullable Map<?, ?> map(@Nullable Object value) {
        if (value instanceof List<?> list && list.isEmpty()) {
            return Map.of();
        }
        return value instanceof Map<?, ?> map ? map : null;
    }

    private static Map<String, @Nullable Object> others(Map<?, ?> fields, String known, String alsoKnown) {
        Map<String, @Nullable Object> others = new LinkedHashMap<>();
        fields.forEach((key, value) -> {
            if (!known.equals(key) && !alsoKnown.equals(key)) {
                others.put(String.valueOf(key), value);
            }
        });
        return others;
    }

    private static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "nothing";
            case Number number -> number.toString();
            case String text -> "the string \"" + SafeText.cut(text, 40) + "\"";
            case Boolean flag -> flag.toString();
            case List<?> list -> "an array of " + list.size();
            case Map<?, ?> map -> "a map of " + map.size();
            default -> value.getClass().getSimpleName();
        };
    }
}
