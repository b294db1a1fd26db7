package io.github.moonlibs.discovery.spi;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.TypeRef;
import io.github.moonlibs.discovery.options.Checks;
import java.lang.reflect.Type;
import java.util.function.Function;

/**
 * Reads and sends values of a type that the library does not know, or that it shall treat otherwise, as another type that it
 * does know. It is given to a client ({@link ClientOptions.Builder#converter}), or found by {@link
 * java.util.ServiceLoader}; a client's own take precedence, the one added last first, and either over what the library
 * does by itself. Thread-safe.
 *
 * <pre>{@code
 * builder.converter(ValueConverter.of(Money.class, String.class, Money::parse, Money::toString))
 * }</pre>
 *
 * @param <T> the type that applications see
 * @param <V> what it is on the wire, as a type that can be read and sent
 */
public interface ValueConverter<T, V> {
    /** A converter of two functions. Neither is called with null: nil is null without them. */
    static <T, V> ValueConverter<T, V> of(
            Class<T> type,
            Class<V> wireType,
            Function<? super V, ? extends T> read,
            Function<? super T, ? extends V> write) {
        return of(type, TypeRef.of(wireType), read, write);
    }

    /** A converter of two functions, by way of a generic type. */
    static <T, V> ValueConverter<T, V> of(
            Class<T> type,
            TypeRef<V> wireType,
            Function<? super V, ? extends T> read,
            Function<? super T, ? extends V> write) {
        Checks.given("type", type);
        Checks.given("wireType", wireType);
        Checks.given("read", read);
        Checks.given("write", write);
        return new ValueConverter<>() {
            @Override
            public Class<T> type() {
                return type;
            }

            @Override
            public Type wireType(Type asked) {
                return wireType.type();
            }

            @Override
            public T read(V value) {
                return read.apply(value);
            }

            @Override
            public V write(T value) {
                return write.apply(value);
            }

            @Override
            public String toString() {
                return "converter of " + type.getName() + " to " + wireType;
            }
        };
    }

    /**
     * The class that is asked for when it reads; its instances, those of subclasses included, are what it sends. Always the
     * same one, and not {@code Object}. A service with another is left out, and the log says so.
     */
    Class<T> type();

    /**
     * What a value is read as before it is given to {@link #read}.
     *
     * @param asked {@link #type()}, with its arguments if it is generic and was asked for with some: of a {@code
     *     Multimap<String, User>}, {@code Map<String, List<User>>} might be what to read ({@link TypeRef#of(Class, Type...)})
     */
    Type wireType(Type asked);

    /** What applications get for a value; what it throws becomes the cause of a {@code ConversionException}. */
    T read(V value);

    /** What is sent for a value of the application's; what it throws becomes the cause of a refusal. */
    V write(T value);
}
