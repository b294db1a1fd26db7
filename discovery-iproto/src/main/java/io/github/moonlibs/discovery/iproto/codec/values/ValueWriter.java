package io.github.moonlibs.discovery.iproto.codec.values;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import java.io.IOException;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePacker;

/** Writes arguments. */
public final class ValueWriter {
    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger GREATEST =
            BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);
    private static final String EXPECTED = "expected null, a boolean, a number, a string, byte[], UUID, Instant,"
            + " OffsetDateTime, Interval, Extension, an enum, Optional, an array, a collection, a map or a record";

    private ValueWriter() {}

    /**
     * Writes the arguments of a call as an array.
     *
     * @throws IllegalArgumentException names the argument, by its index from 0, and the place in it
     */
    public static void writeArguments(MessagePacker out, List<?> arguments) throws IOException {
        int size = arguments.size();
        out.packArrayHeader(size);
        for (int i = 0; i < size; i++) {
            try {
                write(out, arguments.get(i), 1);
            } catch (MismatchException misfit) {
                throw new IllegalArgumentException(misfit.message("argument " + i), misfit.getCause());
            }
        }
    }

    static void write(MessagePacker out, @Nullable Object value, int depth) throws IOException {
        if (depth > MismatchException.MAX_DEPTH) {
            throw MismatchException.tooDeep();
        }
        switch (value) {
            case null -> out.packNil();
            case String text -> writeString(out, text);
            case Integer number -> out.packInt(number);
            case Long number -> out.packLong(number);
            case Boolean truth -> out.packBoolean(truth);
            case Double number -> out.packDouble(number);
            case Float number -> out.packFloat(number);
            case Short number -> out.packShort(number);
            case Byte number -> out.packByte(number);
            case Collection<?> elements -> writeCollection(out, elements, depth);
            case Map<?, ?> entries -> writeMap(out, entries, depth);
            case byte[] bytes -> out.packBinaryHeader(bytes.length).writePayload(bytes);
            case Optional<?> optional -> write(out, optional.orElse(null), depth);
            case Enum<?> constant -> writeString(out, constant.name());
            case UUID uuid -> ExtensionWriter.write(out, uuid);
            case Instant instant -> ExtensionWriter.write(out, instant, 0);
            case OffsetDateTime time -> ExtensionWriter.write(out, time);
            case BigDecimal number -> ExtensionWriter.write(out, number);
            case BigInteger number -> writeBigInteger(out, number);
            case Interval interval -> ExtensionWriter.write(out, interval);
            case Extension extension -> ExtensionWriter.write(out, extension);
            case Record entries -> writeRecord(out, entries, depth);
            default -> writeArray(out, value, depth);
        }
    }

    private static void writeString(MessagePacker out, String text) throws IOException {
        if (!wellFormed(text)) {
            throw new MismatchException("expected a string of whole characters, got one with half a surrogate pair");
        }
        byte[] bytes = text.getBytes(UTF_8);
        out.packRawStringHeader(bytes.length).writePayload(bytes);
    }

    private static boolean wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isSurrogate(unit)) {
                boolean pair = Character.isHighSurrogate(unit)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private static void writeBigInteger(MessagePacker out, BigInteger number) throws IOException {
        if (number.compareTo(LEAST) < 0 || number.compareTo(GREATEST) > 0) {
            throw new MismatchException("expected an integer from -2^63 to 2^64-1, got " + abridged(number));
        }
        out.packBigInteger(number);
    }

    private static String abridged(BigInteger number) {
        return number.bitLength() > 256 ? "one of " + number.bitLength() + " bits" : number.toString();
    }

    private static void writeCollection(MessagePacker out, Collection<?> elements, int depth) throws IOException {
        // a snapshot, because a collection that grows meanwhile would break the header's promise
        writeElements(out, elements.toArray(), depth);
    }

    private static void writeElements(MessagePacker out, @Nullable Object[] elements, int depth) throws IOException {
        out.packArrayHeader(elements.length);
        for (int i = 0; i < elements.length; i++) {
            try {
                write(out, elements[i], depth + 1);
            } catch (MismatchException misfit) {
                throw misfit.at(i);
            }
        }
    }

    private static void writeMap(MessagePacker out, Map<?, ?> map, int depth) throws IOException {
        Map.Entry<?, ?>[] entries = map.entrySet().toArray(Map.Entry<?, ?>[]::new);
        out.packMapHeader(entries.length);
        for (Map.Entry<?, ?> entry : entries) {
            try {
                write(out, entry.getKey(), depth + 1);
                write(out, entry.getValue(), depth + 1);
            } catch (MismatchException misfit) {
                throw misfit.at(String.valueOf(entry.getKey()));
            }
        }
    }

    private static void writeRecord(MessagePacker out, Record entries, int depth) throws IOException {
        RecordShape shape = RecordShape.of(entries.getClass());
        int size = shape.size();
        out.packMapHeader(size);
        for (int i = 0; i < size; i++) {
            out.packString(shape.name(i));
            try {
                write(out, shape.component(entries, i), depth + 1);
            } catch (MismatchException misfit) {
                throw misfit.at(shape.name(i));
            }
        }
    }

    private static void writeArray(MessagePacker out, Object array, int depth) throws IOException {
        if (!array.getClass().isArray() || array instanceof char[]) {
            throw new MismatchException("cannot send " + array.getClass().getTypeName() + "; " + EXPECTED);
        }
        if (array instanceof Object[] elements) {
            writeElements(out, elements, depth);
            return;
        }
        int length = Array.getLength(array);
        out.packArrayHeader(length);
        for (int i = 0; i < length; i++) {
            write(out, Array.get(array, i), depth + 1);
        }
    }
}
