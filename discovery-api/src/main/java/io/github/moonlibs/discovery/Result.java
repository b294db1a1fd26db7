package io.github.moonlibs.discovery;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a procedure returned: zero or more values. Immutable and thread-safe; values are decoded on access.
 *
 * <table>
 * <caption>Values without a type</caption>
 * <tr><th>Tarantool</th><th>Java</th></tr>
 * <tr><td>nil</td><td>null</td></tr>
 * <tr><td>boolean</td><td>{@link Boolean}</td></tr>
 * <tr><td>integer</td><td>{@link Long}, {@link java.math.BigInteger} above {@link Long#MAX_VALUE}</td></tr>
 * <tr><td>float, double</td><td>{@link Double}</td></tr>
 * <tr><td>string</td><td>{@link String}</td></tr>
 * <tr><td>binary</td><td>{@code byte[]}</td></tr>
 * <tr><td>array, tuple</td><td>{@link List}</td></tr>
 * <tr><td>map</td><td>{@link java.util.Map} in the server's order</td></tr>
 * <tr><td>decimal</td><td>{@link java.math.BigDecimal}</td></tr>
 * <tr><td>uuid</td><td>{@link java.util.UUID}</td></tr>
 * <tr><td>datetime</td><td>{@link java.time.OffsetDateTime}</td></tr>
 * <tr><td>interval</td><td>{@link Interval}</td></tr>
 * <tr><td>error</td><td>{@link TarantoolError}</td></tr>
 * <tr><td>any other extension</td><td>{@link Extension}</td></tr>
 * </table>
 *
 * <p>With a type, which is a class, a {@link TypeRef} or any {@link Type}:
 *
 * <table>
 * <caption>Values with a type</caption>
 * <tr><th>Java</th><th>takes</th></tr>
 * <tr><td>numbers, primitive or not, {@link Number}</td><td>a number, if no digit is lost</td></tr>
 * <tr><td>{@code char}</td><td>a string of one character</td></tr>
 * <tr><td>an enum</td><td>the name of a constant</td></tr>
 * <tr><td>{@link java.time.Instant}, {@link java.time.OffsetDateTime}, {@link java.time.ZonedDateTime}</td>
 *     <td>a datetime</td></tr>
 * <tr><td>{@link java.time.LocalDateTime}, {@link java.time.LocalDate}</td>
 *     <td>a datetime without an offset; for a date, at midnight</td></tr>
 * <tr><td>{@link java.time.Duration}</td><td>an interval of hours and shorter units</td></tr>
 * <tr><td>{@link java.time.Period}</td><td>an interval of days and longer units</td></tr>
 * <tr><td>{@link java.util.Optional}</td><td>nil as empty</td></tr>
 * <tr><td>arrays, {@link List}, {@link java.util.Set}, other collections</td><td>an array</td></tr>
 * <tr><td>{@link java.util.Map}, other maps</td><td>a map</td></tr>
 * <tr><td>a record, or another class with one constructor</td>
 *     <td>an array by position, a map by name ({@link Naming}, {@link Name}), or a tuple that has names</td></tr>
 * <tr><td>what a {@link io.github.moonlibs.discovery.spi.ValueConverter} is for</td><td>what the converter takes</td></tr>
 * </table>
 *
 * <p>Generic types may be nested as deep as one likes. Collections and maps that are asked for by their interface are
 * unmodifiable and in the server's order; a Lua table is read as an array or as a map, whichever is asked for. A component
 * of a primitive type refuses nil; a component that the server did not send is null.
 */
public interface Result {
    /**
     * A result as a procedure would have given it, for tests: the values are encoded and read like those of a server, so that
     * records and everything else that can be sent as an argument may be among them.
     *
     * <pre>{@code
     * when(client.call("users.get", List.of(42))).thenReturn(Result.of(new User(42, "Ann")));
     * }</pre>
     *
     * @throws IllegalArgumentException if a value cannot be sent
     * @throws IllegalStateException if there is no transport on the class path or module path
     */
    static Result of(@Nullable Object @Nullable ... values) {
        return SampleResult.of(SampleResult.OPTIONS, Varargs.list(values));
    }

    /** The same, as a client with these options reads and sends values: with its naming and its converters. */
    static Result of(ClientOptions options, List<?> values) {
        return SampleResult.of(options, values);
    }

    /** How many values there are, trailing nils included. */
    int size();

    /**
     * The value at the index, from 0.
     *
     * @throws IndexOutOfBoundsException if there are not that many values
     */
    default @Nullable Object get(int index) {
        return values().get(index);
    }

    /**
     * The value at the index, from 0, as the type.
     *
     * @return null if the server returned nil
     * @throws IndexOutOfBoundsException if there are not that many values
     * @throws ConversionException if the value does not fit the type
     */
    @Nullable
    Object get(int index, Type type);

    /** The value at the index, from 0, as the class; otherwise like {@link #get(int, Type)}. */
    @SuppressWarnings("unchecked") // a class of a primitive type is said to be one of its box
    default <T> @Nullable T get(int index, Class<T> type) {
        return (T) get(index, (Type) type);
    }

    /** The value at the index, from 0, as the type; otherwise like {@link #get(int, Type)}. */
    @SuppressWarnings("unchecked")
    default <T> @Nullable T get(int index, TypeRef<T> type) {
        return (T) get(index, type.type());
    }

    /**
     * The array at the index, from 0, with its elements as the type.
     *
     * @throws IndexOutOfBoundsException if there are not that many values
     * @throws ConversionException if the value is not an array or an element does not fit the type
     */
    <T> List<@Nullable T> getList(int index, Class<T> type);

    /**
     * The first value as the type.
     *
     * @return null if the server returned nil or nothing; an empty one if the type is an {@link Optional}
     * @throws ConversionException if the value does not fit the type
     */
    default @Nullable Object as(Type type) {
        return size() == 0 ? nothing(type) : get(0, type);
    }

    /** What nothing is read as, which is what nil is read as. */
    private static @Nullable Object nothing(Type type) {
        Type raw = type instanceof ParameterizedType generic ? generic.getRawType() : type;
        return raw == Optional.class ? Optional.empty() : null;
    }

    /** The first value as the class; otherwise like {@link #as(Type)}. */
    @SuppressWarnings("unchecked") // a class may be that of a primitive
    default <T> @Nullable T as(Class<T> type) {
        return (T) as((Type) type);
    }

    /** The first value as the type; otherwise like {@link #as(Type)}. */
    @SuppressWarnings("unchecked") // the reference says what it is of
    default <T> @Nullable T as(TypeRef<T> type) {
        return (T) as(type.type());
    }

    /**
     * All values, by position, as one record or another class that takes an array: for a procedure that returns a row as
     * several values.
     *
     * @throws ConversionException if the values do not fit the type
     */
    Object asRow(Type type);

    /** All values, by position, as one object of the class; otherwise like {@link #asRow(Type)}. */
    default <T> T asRow(Class<T> type) {
        return type.cast(asRow((Type) type));
    }

    /** All values, by position, as one object of the type; otherwise like {@link #asRow(Type)}. */
    @SuppressWarnings("unchecked")
    default <T> T asRow(TypeRef<T> type) {
        return (T) asRow(type.type());
    }

    /** All values. */
    List<@Nullable Object> values();

    /** The values as they came: a msgpack array, read-only. */
    ByteBuffer raw();
}
