package io.github.moonlibs.discovery.types;

import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.TarantoolError;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Types in the words of messages. */
public final class TypeWords {
    private static final Pattern PACKAGES = Pattern.compile("(?:[a-z_][\\w]*\\.)+(?=[A-Za-z_$])");
    private static final int MOST_CONSTANTS = 8;

    private static final Map<Class<?>, String> WORDS = words();

    private TypeWords() {}

    private static Map<Class<?>, String> words() {
        Map<Class<?>, String> words = new HashMap<>(Map.of(
                Boolean.class, "a boolean",
                Character.class, "a string of one character (char)",
                String.class, "a string",
                byte[].class, "binary",
                UUID.class, "a uuid",
                Interval.class, "an interval",
                TarantoolError.class, "an error",
                Extension.class, "an extension",
                Number.class, "a number"));
        for (Class<?> time : Arrays.asList(Instant.class, OffsetDateTime.class, ZonedDateTime.class)) {
            words.put(time, "a datetime (" + time.getSimpleName() + ")");
        }
        words.put(LocalDateTime.class, "a datetime without an offset (LocalDateTime)");
        words.put(LocalDate.class, "a datetime without an offset, at midnight (LocalDate)");
        words.put(Duration.class, "an interval of hours, minutes and seconds (Duration)");
        words.put(Period.class, "an interval of years, months, weeks and days (Period)");
        return Map.copyOf(words);
    }

    /** What a value has to be to become this: {@code a whole number (int)}. */
    public static String expected(Class<?> type) {
        Class<?> boxed = ScalarTypes.boxed(type);
        String known = WORDS.get(boxed);
        if (known != null) {
            return known;
        }
        if (type.isEnum()) {
            return "a constant of " + named(type) + constants(type);
        }
        if (Number.class.isAssignableFrom(boxed)) {
            return (ScalarTypes.isWhole(boxed) ? "a whole number (" : "a number (") + type.getSimpleName() + ")";
        }
        return named(type);
    }

    private static String constants(Class<?> type) {
        Map<String, Object> byName = EnumNames.of(type);
        return byName.keySet().stream()
                .limit(MOST_CONSTANTS)
                .collect(Collectors.joining(", ", " (", byName.size() > MOST_CONSTANTS ? ", …)" : ")"));
    }

    /** The type as it is written in Java, without packages. */
    public static String named(Type type) {
        return PACKAGES.matcher(type.getTypeName()).replaceAll("").replace('$', '.');
    }
}
