package io.github.moonlibs.discovery.iproto.codec.values;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.TarantoolError;
import java.lang.invoke.MethodType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Converts single values. */
public final class Scalars {
    private static final Set<Class<?>> KNOWN = Set.of(
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            Number.class,
            BigInteger.class,
            BigDecimal.class,
            String.class,
            byte[].class,
            UUID.class,
            Instant.class,
            OffsetDateTime.class,
            Interval.class,
            TarantoolError.class,
            Extension.class);

    private Scalars() {}

    static boolean knows(Class<?> type) {
        return type != char.class && type != void.class && KNOWN.contains(boxed(type));
    }

    private static Class<?> boxed(Class<?> type) {
        return MethodType.methodType(type).wrap().returnType();
    }

    /**
     * The value as the type.
     *
     * @param value as {@link ValueReader} returns it; not null
     * @throws MismatchException if it is something else, or would lose a digit
     */
    static Object convert(Object value, Class<?> type) {
        Class<?> boxed = type.isPrimitive() ? boxed(type) : type;
        Object converted = boxed.isInstance(value) ? value : converted(value, boxed);
        if (converted == null) {
            throw misfit(value, type.getTypeName());
        }
        return converted;
    }

    static MismatchException misfit(Object value, String expected) {
        return new MismatchException("expected " + expected + ", got " + described(value));
    }

    private static @Nullable Object converted(Object value, Class<?> type) {
        if (value instanceof Number number && Number.class.isAssignableFrom(type)) {
            return Numbers.convert(number, type);
        }
        if (value instanceof OffsetDateTime time && type == Instant.class) {
            return time.toInstant();
        }
        if (value instanceof String text && type == byte[].class) {
            return text.getBytes(UTF_8);
        }
        if (value instanceof String text && type.isEnum()) {
            return constant(text, type);
        }
        return null;
    }

    private static Object constant(String name, Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw misfit(name, "a constant of " + type.getTypeName());
    }

    private static String described(Object value) {
        return switch (value) {
            case String text -> "the string \"" + (text.length() <= 40 ? text : text.substring(0, 40) + "…") + "\"";
            case byte[] bytes -> "binary of " + bytes.length + " bytes (or a string that is not UTF-8)";
            case Boolean truth -> truth.toString();
            case Number number -> "the number " + number;
            case List<?> elements -> "an array of " + counted(elements.size(), "element");
            case Map<?, ?> entries -> "a map of " + counted(entries.size(), "entry");
            case UUID uuid -> "the uuid " + uuid;
            case OffsetDateTime time -> "the datetime " + time;
            case Interval interval -> "an interval";
            case TarantoolError error -> "an error";
            case Extension extension -> "an extension of type " + extension.type();
            default -> "a value";
        };
    }

    private static String counted(int count, String what) {
        return count == 1 ? "1 " + what : count + " " + (what.equals("entry") ? "entries" : what + "s");
    }
}
