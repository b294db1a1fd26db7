package io.github.moonlibs.discovery.testkit;

import io.github.moonlibs.discovery.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;

/** Plain Java values to MessagePack and back. */
final class Values {
    private Values() {}

    /** The encodings of the values, one after the other. */
    static byte[] encode(@Nullable Object... values) {
        try (MessageBufferPacker packer = Msgpack.packer()) {
            for (Object value : values) {
                write(packer, value);
            }
            return packer.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(MessagePacker to, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> to.packNil();
            case Boolean flag -> to.packBoolean(flag);
            case BigInteger number -> to.packBigInteger(number);
            case Float number -> to.packFloat(number);
            case Double number -> to.packDouble(number);
            case Number number when number.doubleValue() == number.longValue() -> to.packLong(number.longValue());
            case CharSequence text -> to.packString(text.toString());
            case byte[] bytes -> to.packBinaryHeader(bytes.length).addPayload(bytes);
            case Object[] elements -> write(to, Arrays.asList(elements));
            case Collection<?> elements -> {
                to.packArrayHeader(elements.size());
                for (Object element : elements) {
                    write(to, element);
                }
            }
            case Map<?, ?> entries -> {
                to.packMapHeader(entries.size());
                for (Map.Entry<?, ?> entry : entries.entrySet()) {
                    write(to, entry.getKey());
                    write(to, entry.getValue());
                }
            }
            case Value raw -> raw.writeTo(to);
            // records, enums, dates and whatever else applications send: in the library's own words
            default -> to.writePayload(encoded(value));
        }
    }

    private static byte[] encoded(Object value) {
        ByteBuffer array = Result.of(new Object[] {value}).raw();
        // behind the header of an array of one
        byte[] bytes = new byte[array.remaining() - 1];
        array.get(1, bytes);
        return bytes;
    }

    /** Integers come as Long (BigInteger above its range), fractions as Double, extensions as MessagePack values. */
    static @Nullable Object read(MessageUnpacker from) throws IOException {
        return switch (from.getNextFormat().getValueType()) {
            case NIL -> {
                from.unpackNil();
                yield null;
            }
            case BOOLEAN -> from.unpackBoolean();
            case INTEGER -> {
                BigInteger number = from.unpackBigInteger();
                yield number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
            }
            case FLOAT -> from.unpackDouble();
            case STRING -> readString(from);
            case BINARY -> from.readPayload(from.unpackBinaryHeader());
            case ARRAY -> readArray(from, from.unpackArrayHeader());
            case MAP -> readMap(from, from.unpackMapHeader());
            case EXTENSION -> from.unpackValue();
        };
    }

    /** A string, or its bytes if they are not UTF-8: the scramble of a login may come as such a string. */
    private static Object readString(MessageUnpacker from) throws IOException {
        byte[] bytes = from.readPayload(from.unpackRawStringHeader());
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return bytes;
        }
    }

    private static List<@Nullable Object> readArray(MessageUnpacker from, int size) throws IOException {
        // grows with what arrives, because a broken header may claim any size
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            elements.add(read(from));
        }
        return elements;
    }

    private static Map<Object, @Nullable Object> readMap(MessageUnpacker from, int size) throws IOException {
        Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            entries.put(read(from), read(from));
        }
        return entries;
    }
}
