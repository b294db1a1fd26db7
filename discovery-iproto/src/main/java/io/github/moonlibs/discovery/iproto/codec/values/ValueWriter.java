package io.github.moonlibs.discovery.iproto.codec.values;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.Extension;
import io.github.moonlibs.discovery.Interval;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.iproto.codec.msgpack.Packer;
import io.github.moonlibs.discovery.spi.ValueConverter;
import io.github.moonlibs.discovery.types.EnumNames;
import io.github.moonlibs.discovery.types.ObjectShape;
import io.github.moonlibs.discovery.types.TypeWords;
import io.github.moonlibs.discovery.types.Types;
import io.github.moonlibs.discovery.types.UnsupportedTypeException;
import java.io.IOException;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
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
    private static final String EXPECTED =
            "expected a type of the arguments that DiscoveryClient's documentation lists, or"
                    + " one that a ValueConverter is for";

    private final Types types;
    private final boolean converts;
    private final MessagePacker out;

    private ValueWriter(Types types, MessagePacker out) {
        this.types = types;
        this.converts = types.hasConverters();
        this.out = out;
    }

    /**
     * Writes the arguments of a call as an array.
     *
     * @throws IllegalArgumentException names the argument, by its index from 0, and the place in it
     */
    public static void writeArguments(Types types, MessagePacker out, List<?> arguments) throws IOException {
        ValueWriter writer = new ValueWriter(types, out);
        int size = arguments.size();
        out.packArrayHeader(size);
        for (int i = 0; i < size; i++) {
            try {
                writer.write(arguments.get(i), 1);
            } catch (MismatchException misfit) {
                throw new IllegalArgumentException(misfit.message("argument " + i), misfit.getCause());
            }
        }
    }

    private void write(@Nullable Object value, int depth) throws IOException {
        if (depth > MismatchException.MAX_DEPTH) {
            throw MismatchException.tooDeep();
        }
        if (converts && value != null && types.sending(value.getClass()) instanceof Types.Through(var converter)) {
            writeConverted(converter, value, depth);
            return;
        }
        writePlain(value, depth);
    }

    private void writePlain(@Nullable Object value, int depth) throws IOException {
        switch (value) {
            case null -> out.packNil();
            case String text -> writeString(text);
            case Integer number -> out.packInt(number);
            case Long number -> out.packLong(number);
            case Boolean truth -> out.packBoolean(truth);
            case Double number -> out.packDouble(number);
            case Float number -> out.packFloat(number);
            case Short number -> out.packShort(number);
            case Byte number -> out.packByte(number);
            case Collection<?> elements -> writeCollection(elements, depth);
            case Map<?, ?> entries -> writeMap(entries, depth);
            case byte[] bytes -> out.packBinaryHeader(bytes.length).writePayload(bytes);
            case Optional<?> optional -> write(optional.orElse(null), depth);
            case Enum<?> constant -> writeString(EnumNames.of(constant));
            case UUID uuid -> ExtensionWriter.write(out, uuid);
            case Instant instant -> ExtensionWriter.write(out, instant, 0);
            case OffsetDateTime time -> ExtensionWriter.write(out, time);
            case BigDecimal number -> ExtensionWriter.write(out, number);
            case BigInteger number -> writeBigInteger(number);
            case Interval interval -> ExtensionWriter.write(out, interval);
            case Extension extension -> ExtensionWriter.write(out, extension);
            case TarantoolError error -> writeError(error, depth);
            case Character letter -> writeString(letter.toString());
            case LocalDateTime time -> ExtensionWriter.write(out, time.toInstant(ZoneOffset.UTC), 0);
            case LocalDate date ->
                ExtensionWriter.write(out, date.atStartOfDay().toInstant(ZoneOffset.UTC), 0);
            case ZonedDateTime time -> ExtensionWriter.write(out, time);
            case Duration duration -> ExtensionWriter.write(out, Times.interval(duration));
            case Period period -> ExtensionWriter.write(out, Times.interval(period));
            default -> writeObject(value, depth);
        }
    }

    private void writeError(TarantoolError error, int depth) throws IOException {
        byte[] data = Packer.pack(0, map -> ErrorWriter.write(map, error, new ValueWriter(types, map)::write, depth));
        out.packExtensionTypeHeader(ExtensionWriter.ERROR, data.length).writePayload(data);
    }

    private void writeString(String text) throws IOException {
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

    private void writeBigInteger(BigInteger number) throws IOException {
        if (number.compareTo(LEAST) < 0 || number.compareTo(GREATEST) > 0) {
            throw new MismatchException("expected an integer from -2^63 to 2^64-1, got " + abridged(number));
        }
        out.packBigInteger(number);
    }

    private static String abridged(BigInteger number) {
        return number.bitLength() > 256 ? "one of " + number.bitLength() + " bits" : number.toString();
    }

    private void writeCollection(Collection<?> elements, int depth) throws IOException {
        // a snapshot, because a collection that grows meanwhile would break the header's promise
        writeElements(elements.toArray(), depth);
    }

    private void writeElements(@Nullable Object[] elements, int depth) throws IOException {
        out.packArrayHeader(elements.length);
        for (int i = 0; i < elements.length; i++) {
            try {
                write(elements[i], depth + 1);
            } catch (MismatchException misfit) {
                throw misfit.at(i);
            }
        }
    }

    private void writeMap(Map<?, ?> map, int depth) throws IOException {
        Map.Entry<?, ?>[] entries = map.entrySet().toArray(Map.Entry<?, ?>[]::new);
        out.packMapHeader(entries.length);
        for (Map.Entry<?, ?> entry : entries) {
            try {
                write(entry.getKey(), depth + 1);
                write(entry.getValue(), depth + 1);
            } catch (MismatchException misfit) {
                throw misfit.atKey(entry.getKey());
            }
        }
    }

    /** An object whose class says how it is sent: through a converter, or as a map of its components. */
    private void writeObject(Object value, int depth) throws IOException {
        switch (types.sending(value.getClass())) {
            case Types.Through(var converter) -> writeConverted(converter, value, depth);
            case Types.AsMap(ObjectShape shape) -> writeComponents(shape, value, depth);
            case Types.NotAtAll(String reason) -> throw new MismatchException(reason);
            case Types.AsItIs plain -> writeArray(value, depth);
        }
    }

    private void writeConverted(ValueConverter<Object, Object> converter, Object value, int depth) throws IOException {
        Object converted;
        try {
            converted = converter.write(value);
        } catch (Throwable refusal) {
            throw new MismatchException(
                    "the converter of " + TypeWords.named(converter.type()) + " threw " + refusal, refusal);
        }
        if (converted != null && converter.type().isInstance(converted)) {
            throw new MismatchException("expected the converter of " + TypeWords.named(converter.type())
                    + " to make another type of it, got " + TypeWords.named(converted.getClass()));
        }
        write(converted, depth + 1);
    }

    private void writeComponents(ObjectShape shape, Object of, int depth) throws IOException {
        int size = shape.size();
        out.packMapHeader(size);
        for (int i = 0; i < size; i++) {
            out.packString(shape.name(i));
            try {
                write(component(shape, of, i), depth + 1);
            } catch (MismatchException misfit) {
                throw misfit.at(shape.name(i));
            }
        }
    }

    private static @Nullable Object component(ObjectShape shape, Object of, int index) {
        try {
            return shape.component(of, index);
        } catch (UnsupportedTypeException refusal) {
            throw new MismatchException(String.valueOf(refusal.getMessage()));
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable refusal) {
            throw new MismatchException(
                    TypeWords.named(shape.type()) + "." + shape.name(index) + "() threw " + refusal, refusal);
        }
    }

    private void writeArray(Object array, int depth) throws IOException {
        if (!array.getClass().isArray()) {
            throw new MismatchException("cannot send " + TypeWords.named(array.getClass()) + "; " + EXPECTED);
        }
        if (array instanceof Object[] elements) {
            writeElements(elements, depth);
            return;
        }
        int length = Array.getLength(array);
        out.packArrayHeader(length);
        for (int i = 0; i < length; i++) {
            write(Array.get(array, i), depth + 1);
        }
    }
}
