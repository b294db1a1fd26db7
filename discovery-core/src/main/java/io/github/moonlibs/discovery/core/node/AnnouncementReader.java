package io.github.moonlibs.discovery.core.node;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.Announcement.Errors;
import io.github.moonlibs.discovery.Announcement.Method;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.text.SafeText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a discovery procedure returned. One malformed entry costs that entry and nothing else; an answer without a
 * map of methods is no announcement at all.
 */
final class AnnouncementReader {
    /** An announcement, and what had to be left out of it and why. */
    record Reading(Announcement announcement, Problems problems) {}

    /** The first problems of an announcement, and how many there are. */
    record Problems(List<String> first, int count) {
        static final Problems NONE = new Problems(List.of(), 0);

        /** The first ones, and a line about the others. */
        List<String> lines() {
            List<String> lines = new ArrayList<>(first);
            if (count > first.size()) {
                lines.add("and " + (count - first.size()) + " more problems, " + count + " in all");
            }
            return lines;
        }
    }

    /** The answer is not an announcement; the message says what was expected. */
    static final class NoAnnouncementException extends Exception {
        private static final long serialVersionUID = 1;

        NoAnnouncementException(String message) {
            super(message);
        }
    }

    /** More of an announcement would not be read by anybody. */
    private static final int PROBLEMS_SHOWN = 5;

    /** So many of the methods that are left out are kept, with the reason. */
    private static final int MOST_LEFT_OUT = 100;

    /** Far more than servers have; what an announcement may be made of is bounded by the heap it is read into. */
    private static final int MOST_METHODS = 200_000;

    static final long MOST_BYTES = Math.clamp(Runtime.getRuntime().maxMemory() / 64, 1 << 20, 16 << 20);

    /** No number of a double has more, before the point or behind it. */
    private static final int MOST_BITS = 4_096;

    private final List<String> problems = new ArrayList<>();
    private final Map<String, String> leftOut = new HashMap<>();
    private int problemCount;

    private AnnouncementReader() {}

    /** @param size of the answer, in bytes */
    static Reading read(Result answer, int size) throws NoAnnouncementException {
        if (size > MOST_BYTES) {
            throw new NoAnnouncementException(
                    "expected an announcement of at most " + MOST_BYTES + " bytes, got " + size);
        }
        AnnouncementReader reader = new AnnouncementReader();
        Announcement announcement = reader.announcement(answer.size() == 0 ? null : answer.get(0));
        return new Reading(announcement, new Problems(List.copyOf(reader.problems), reader.problemCount));
    }

    private Announcement announcement(@Nullable Object answer) throws NoAnnouncementException {
        Map<?, ?> entries = map(answer);
        Map<?, ?> methodEntries = entries == null ? null : map(entries.get("methods"));
        if (entries == null || methodEntries == null) {
            throw new NoAnnouncementException("expected {methods = {...}}, got "
                    + (entries == null ? kind(answer) : "methods = " + kind(entries.get("methods"))));
        }
        if (methodEntries.size() > MOST_METHODS) {
            throw new NoAnnouncementException(
                    "expected at most " + MOST_METHODS + " methods, got " + methodEntries.size());
        }
        Map<String, Method> methods = new LinkedHashMap<>();
        methodEntries.forEach((name, entry) -> {
            if (!(name instanceof String text)) {
                leftOut(SafeText.of(name), "expected a string as its name, got " + kind(name));
                return;
            }
            Method method = method(text, entry);
            if (method != null) {
                methods.put(text, method);
            }
        });
        return new Announcement(
                isMaster(entries.get("is_master")),
                term(entries.get("term")),
                methods,
                others(entries, Set.of("is_master", "term", "methods")),
                leftOut);
    }

    private @Nullable Boolean isMaster(@Nullable Object value) {
        if (value != null && !(value instanceof Boolean)) {
            problem("is_master ignored: expected a boolean, got " + kind(value));
        }
        return value instanceof Boolean isMaster ? isMaster : null;
    }

    private @Nullable BigDecimal term(@Nullable Object value) {
        if (value instanceof Number number && Double.isFinite(number(number))) {
            return new BigDecimal(number.toString());
        }
        if (value != null) {
            problem("term left out: expected a finite number, got " + kind(value));
        }
        return null;
    }

    private @Nullable Method method(String name, @Nullable Object entry) {
        Map<?, ?> fields = map(entry);
        if (fields == null) {
            return leftOut(name, "expected {weight = ..., retriable = ...}, got " + kind(entry));
        }
        Object weight = fields.get("weight");
        Object retriable = fields.get("retriable");
        double number = weight == null ? Method.DEFAULT_WEIGHT : weight instanceof Number n ? number(n) : -1;
        if (!(number >= 0 && number < Double.POSITIVE_INFINITY)) {
            return leftOut(name, "expected a finite number of at least 0 as its weight, got " + kind(weight));
        }
        if (retriable != null && !(retriable instanceof Boolean)) {
            return leftOut(name, "expected a boolean as retriable, got " + kind(retriable));
        }
        return new Method(
                number,
                Boolean.TRUE.equals(retriable),
                tier(name, fields.get("tier")),
                notExecuted(name, fields.get("not_executed")),
                others(fields, Set.of("weight", "retriable", "tier", "not_executed")));
    }

    private int tier(String method, @Nullable Object value) {
        if (value instanceof Number number && isWhole(number)) {
            return (int) number(number);
        }
        if (value != null) {
            partLeftOut(method, "tier", "expected a whole number of at least 0", value);
        }
        return 0;
    }

    /** The errors that can be read; what else is listed is left out alone. */
    private Errors notExecuted(String method, @Nullable Object value) {
        if (value == null) {
            return Errors.NONE;
        }
        if (!(value instanceof List<?> listed)) {
            partLeftOut(method, "not_executed", "expected an array of error codes and names", value);
            return Errors.NONE;
        }
        Set<Integer> codes = new LinkedHashSet<>();
        Set<String> names = new LinkedHashSet<>();
        for (Object error : listed) {
            if (error instanceof String name && !name.isEmpty()) {
                names.add(name);
            } else if (error instanceof Number code && isWhole(code)) {
                codes.add((int) number(code));
            } else {
                partLeftOut(method, "a part of not_executed", "expected an error's code or name", error);
            }
        }
        return new Errors(codes, names);
    }

    /** Whether it is a whole number of at least 0, however it came. */
    private static boolean isWhole(Number number) {
        double value = number(number);
        return value >= 0 && value <= Integer.MAX_VALUE && value == Math.rint(value);
    }

    private void partLeftOut(String method, String part, String expected, @Nullable Object value) {
        problem("method " + SafeText.name(method) + ": " + part + " left out: " + expected + ", got " + kind(value));
    }

    private @Nullable Method leftOut(String name, String why) {
        problem("method " + SafeText.name(name) + " left out: " + why);
        if (leftOut.size() < MOST_LEFT_OUT) {
            leftOut.put(name, why);
        }
        return null;
    }

    private void problem(String text) {
        problemCount++;
        if (problems.size() < PROBLEMS_SHOWN) {
            problems.add(text);
        }
    }

    private static double number(Number number) {
        return isEndless(number) ? Double.NaN : number.doubleValue();
    }

    /** Whether it has so many digits that reading or writing them takes long. */
    private static boolean isEndless(Number number) {
        return (number instanceof BigInteger whole && whole.bitLength() > MOST_BITS)
                || (number instanceof BigDecimal decimal
                        && decimal.unscaledValue().bitLength() > MOST_BITS);
    }

    /** A map; Lua's empty table, which travels as an empty array, counts as an empty one. */
    private static @Nullable Map<?, ?> map(@Nullable Object value) {
        if (value instanceof List<?> list && list.isEmpty()) {
            return Map.of();
        }
        return value instanceof Map<?, ?> map ? map : null;
    }

    private static Map<String, @Nullable Object> others(Map<?, ?> fields, Set<String> known) {
        Map<String, @Nullable Object> others = new LinkedHashMap<>();
        fields.forEach((key, value) -> {
            if (!(key instanceof String text && known.contains(text))) {
                others.put(SafeText.key(key), value);
            }
        });
        return others;
    }

    private static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "nothing";
            case Number number -> isEndless(number) ? "a number of too many digits" : number.toString();
            case String text -> "the string \"" + SafeText.cut(text, 40) + "\"";
            case Boolean flag -> flag.toString();
            case List<?> list -> "an array of " + list.size();
            case Map<?, ?> map -> "a map of " + map.size();
            default -> value.getClass().getSimpleName();
        };
    }
}
