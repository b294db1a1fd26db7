package io.github.moonlibs.discovery.bind;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Result;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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
     * @param problems gets a sentence about what is wrong with the type; the reply must not be used then
     */
    static Reply as(Type type, Consumer<String> problems) {
        if (type == void.class) {
            return result -> null;
        }
        if (type == Result.class) {
            return result -> result;
        }
        if (type instanceof Class<?> primitive && primitive.isPrimitive()) {
            ReadableTypes.check(primitive, problems);
            return result -> notNil(result.as(primitive), result, primitive.getName());
        }
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == Optional.class) {
                Reply value = ofValue(arguments[0], type, problems);
                return result -> Optional.ofNullable(value.of(result));
            }
            if (generic.getRawType() == List.class || generic.getRawType() == Collection.class) {
                Class<?> element = plain(arguments[0], type, problems);
                return result -> result.size() == 0 ? notNil(null, result, "an array") : result.getList(0, element);
            }
        }
        return ofValue(type, type, problems);
    }

    /** The first value; null for nil and for no value. */
    private static Reply ofValue(Type type, Type whole, Consumer<String> problems) {
        if (type instanceof ParameterizedType generic
                && generic.getRawType() == Map.class
                && plainOrNull(generic.getActualTypeArguments()[1]) == Object.class) {
            Class<?> key = plainOrNull(generic.getActualTypeArguments()[0]);
            if (key == Object.class) {
                return result -> result.as(Map.class);
            }
            if (key == String.class) {
                return result -> namesOnly(result.as(Map.class));
            }
        }
        Class<?> plain = plain(type, whole, problems);
        return result -> result.as(plain);
    }

    /** The class that the type is; reports a type that is more than a class. */
    private static Class<?> plain(Type type, Type whole, Consumer<String> problems) {
        Class<?> plain = plainOrNull(type);
        if (plain == null) {
            problems.accept("cannot read " + whole.getTypeName() + "; expected a class, or List or Optional of one,"
                    + " or Map<String, Object>; a record's component may be of any of these nested");
            return Object.class;
        }
        ReadableTypes.check(plain, problems);
        return plain;
    }

    private static @Nullable Class<?> plainOrNull(Type type) {
        return switch (type) {
            case Class<?> plain -> plain;
            case WildcardType wildcard -> plainOrNull(wildcard.getUpperBounds()[0]);
            default -> null;
        };
    }

    private static Object notNil(@Nullable Object value, Result result, String expected) {
        if (value == null) {
            throw new ConversionException(
                    "value 0: expected " + expected + ", got " + (result.size() == 0 ? "nothing" : "nil"), null);
        }
        return value;
    }

    private static @Nullable Map<?, ?> namesOnly(@Nullable Map<?, ?> map) {
        if (map != null) {
            for (Object key : map.keySet()) {
                if (!(key instanceof String)) {
                    throw new ConversionException(
                            "value 0: expected a map with strings as keys, got the key " + key, null);
                }
            }
        }
        return map;
    }
}
