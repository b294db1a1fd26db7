package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.options.Checks;
import io.github.moonlibs.discovery.types.Generics;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * A type with its arguments, for results that a class cannot name. Each use is an anonymous subclass:
 *
 * <pre>{@code
 * Map<String, List<User>> byCity = client.call("users.by_city", new TypeRef<Map<String, List<User>>>() {}, "Paris");
 * }</pre>
 *
 * <p>Two are equal if their types are. Immutable and thread-safe.
 *
 * @param <T> the type
 */
public abstract class TypeRef<T> {
    private final Type type;

    /** @throws IllegalStateException if the subclass names no type */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType self)
                || self.getRawType() != TypeRef.class) {
            throw new IllegalStateException(
                    "TypeRef: expected an anonymous subclass that names a type, as in new TypeRef<List<User>>() {}, got "
                            + getClass().getGenericSuperclass().getTypeName());
        }
        type = self.getActualTypeArguments()[0];
    }

    private TypeRef(Type type) {
        this.type = type;
    }

    private static final class Given<T> extends TypeRef<T> {
        Given(Type type) {
            super(type);
        }
    }

    /** A class as a token. */
    public static <T> TypeRef<T> of(Class<T> type) {
        return new Given<>(type);
    }

    /** Any type as a token: what reflection says of a method or a field. */
    public static TypeRef<?> of(Type type) {
        return new Given<>(Checks.given("type", type));
    }

    /**
     * A generic class with arguments.
     *
     * @throws IllegalArgumentException if it does not have so many type parameters
     */
    public static TypeRef<?> of(Class<?> generic, Type... arguments) {
        Checks.check(
                "arguments of " + generic.getName(),
                "as many types as it has parameters, " + generic.getTypeParameters().length,
                arguments.length == generic.getTypeParameters().length,
                arguments.length);
        return new Given<>(Generics.parameterized(generic, arguments));
    }

    /** The type. */
    public final Type type() {
        return type;
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof TypeRef<?> that && type.equals(that.type);
    }

    @Override
    public final int hashCode() {
        return type.hashCode();
    }

    /** The type, as it is written in Java. */
    @Override
    public final String toString() {
        return type.getTypeName();
    }
}
