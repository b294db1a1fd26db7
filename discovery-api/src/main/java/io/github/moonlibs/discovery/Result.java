package io.github.moonlibs.discovery;

import java.nio.ByteBuffer;
import java.util.List;
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
 * <p>With a type: numbers convert where no digit is lost, {@link java.time.Instant} and {@link java.time.OffsetDateTime}
 * take a datetime, enums take their constant's name, {@link java.util.Optional} takes nil as empty, and records take an
 * array by position or a map by name. A record's component of a primitive type refuses nil; a component that the server did
 * not send is null.
 */
public interface Result {
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
    <T> @Nullable T get(int index, Class<T> type);

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
     * @return null if the server returned nil or nothing
     * @throws ConversionException if the value does not fit the type
     */
    default <T> @Nullable T as(Class<T> type) {
        return size() == 0 ? null : get(0, type);
    }

    /**
     * All values, by position, as one record: for a procedure that returns a row as several values.
     *
     * @throws ConversionException if the values do not fit the record
     */
    <T extends Record> T asRow(Class<T> type);

    /** All values. */
    List<@Nullable Object> values();

    /** The values as they came: a msgpack array, read-only. */
    ByteBuffer raw();
}
