package io.github.moonlibs.discovery.bind;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.types.TypeWords;
import io.github.moonlibs.discovery.types.Types;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Converts what the server returned to what a method returns. Immutable and thread-safe. */
interface Reply {
    /**
     * What the method returns.
     *
     * @throws ConversionException if the server returned something that does not fit
     */
    @Nullable
    Object of(Result result);

    /**
     * The conversion for a method that is declared to return the type.
     *
     * @param name the server's method, for messages
     * @param problems gets a sentence about what is wrong with the type; the reply must not be used then
     */
    static Reply as(String name, Type type, Types types, Consumer<String> problems) {
        if (type == void.class) {
            return result -> null;
        }
        if (type == Result.class) {
            return result -> result;
        }
        ReadableTypes.check(types, type, problems);
        Class<?> raw = raw(type);
        if (raw.isPrimitive()) {
            return result -> notNil(result.as(type), result, name, TypeWords.expected(raw));
        }
        if (raw == Optional.class) {
            return result -> result.size() == 0 ? Optional.empty() : result.as(type);
        }
        if (Collection.class.isAssignableFrom(raw) || raw == Iterable.class) {
            return result -> notNil(result.as(type), result, name, "an array");
        }
        return result -> result.as(type);
    }

    private static Class<?> raw(Type type) {
        return switch (type) {
            case Class<?> plain -> plain;
            case ParameterizedType generic -> (Class<?>) generic.getRawType();
            default -> Object.class;
        };
    }

    private static Object notNil(@Nullable Object value, Result result, String name, String expected) {
        if (value == null) {
            throw new ConversionException(
                    name + ": value 0: expected " + expected + ", got " + (result.size() == 0 ? "nothing" : "nil"),
                    null);
        }
        return value;
    }
}
