package io.github.moonlibs.discovery.iproto.codec.results;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.iproto.codec.values.MismatchException;
import io.github.moonlibs.discovery.iproto.codec.values.Numbers;
import io.github.moonlibs.discovery.iproto.codec.values.Times;
import io.github.moonlibs.discovery.iproto.codec.values.ValueReader;
import io.github.moonlibs.discovery.text.SafeText;
import io.github.moonlibs.discovery.types.EnumNames;
import io.github.moonlibs.discovery.types.TypeWords;
import java.lang.invoke.MethodType;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Converts single values. */
public final class Scalars {
    private Scalars() {}

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
            throw misfit(value, TypeWords.expected(type));
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
        return switch (value) {
            case String text -> fromText(text, type);
            case OffsetDateTime time -> Times.convert(time, type);
            case Interval interval -> Times.convert(interval, type);
            default -> null;
        };
    }

    private static @Nullable Object fromText(String text, Class<?> type) {
        if (type == byte[].class) {
            return text.getBytes(UTF_8);
        }
        if (type == Character.class) {
            return text.length() == 1 ? (Object) text.charAt(0) : null;
        }
        return type.isEnum() ? EnumNames.of(type).get(text) : null;
    }

    private static String described(Object value) {
        return switch (value) {
            case String text -> "the string \"" + SafeText.cut(text, 40) + "\"";
            case byte[] bytes -> "binary of " + bytes.length + " bytes (or a string that is not UTF-8)";
            case Boolean truth -> truth.toString();
            case Number number -> "the number " + number;
            case List<?> elements -> "an array of " + counted(elements.size(), "element");
            case Map<?, ?> entries -> "a map of " + counted(entries.size(), "entry");
            case UUID uuid -> "the uuid " + uuid;
            case OffsetDateTime time -> "the datetime " + time;
            case Interval interval -> "the interval " + interval;
            case TarantoolError error -> "an error";
            case Extension extension -> "an extension of type " + extension.type();
            default -> "a value";
        };
    }

    private static String counted(int count, String what) {
        return count == 1 ? "1 " + what : count + " " + (what.equals("entry") ? "entries" : what + "s");
    }
}
