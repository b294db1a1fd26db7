package io.github.moonlibs.discovery.iproto;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.ExtensionTypeHeader;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/**
 * Reads values as the table in {@link io.github.moonlibs.discovery.Result} says. A string that is not UTF-8, which Lua
 * may well send, is a {@code byte[]}: nothing of it is lost. No length or count is believed beyond the bytes at hand.
 * Malformed input ends in an {@link IOException}, or a {@link MessagePackException}. Not thread-safe.
 */
final class ValueReader {
    private static final int REPLACEMENT = 0xFFFD;

    private final MessageUnpacker in;
    private final int length;

    ValueReader(byte[] bytes, int from, int to) {
        in = Msgpack.unpacker(bytes, from, to);
        length = to - from;
    }

    /** How many bytes are left. */
    int remaining() {
        return length - (int) in.getTotalReadBytes();
    }

    /** How many bytes have been read. */
    int position() {
        return (int) in.getTotalReadBytes();
    }

    MessageFormat next() throws IOException {
        return in.getNextFormat();
    }

    boolean tryNil() throws IOException {
        return in.tryUnpackNil();
    }

    void skip(int values) throws IOException {
        in.skipValue(values);
    }

    /** An unsigned number that fits a long; larger ones come out negative. */
    long readUnsigned() throws IOException {
        return next() == MessageFormat.UINT64 ? in.unpackBigInteger().longValue() : in.unpackLong();
    }

    int readInt() throws IOException {
        return in.unpackInt();
    }

    long readLong() throws IOException {
        return in.unpackLong();
    }

    int readArrayHeader() throws IOException {
        return checkedSize(in.unpackArrayHeader(), 1);
    }

    int readMapHeader() throws IOException {
        return checkedSize(in.unpackMapHeader(), 2);
    }

    /** Every element takes a byte at the least, so that a size alone can never make anyone allocate. */
    private int checkedSize(int size, int bytesEach) throws IOException {
        if ((long) size * bytesEach > remaining()) {
            throw new MalformedException("expected " + size + " elements, got " + remaining() + " bytes");
        }
        return size;
    }

    byte[] readPayload(int size) throws IOException {
        if (size > remaining()) {
            throw new MalformedException("expected " + size + " bytes, got " + remaining());
        }
        return in.readPayload(size);
    }

    /** A string, whatever bytes are no UTF-8 replaced; for texts that people read. */
    String readText() throws IOException {
        return new String(readPayload(in.unpackRawStringHeader()), UTF_8);
    }

    @Nullable
    Object read(int depth) throws IOException {
        if (depth > Iproto.MAX_DEPTH) {
            throw Misfit.tooDeep();
        }
        return switch (next().getValueType()) {
            case NIL -> {
                in.unpackNil();
                yield null;
            }
            case BOOLEAN -> in.unpackBoolean();
            case INTEGER -> readInteger();
            case FLOAT -> in.unpackDouble();
            case STRING -> readString();
            case BINARY -> readPayload(in.unpackBinaryHeader());
            case ARRAY -> readList(depth);
            case MAP -> readMap(depth);
            case EXTENSION -> readExtension(depth);
        };
    }

    private Object readInteger() throws IOException {
        if (next() != MessageFormat.UINT64) {
            return in.unpackLong();
        }
        BigInteger number = in.unpackBigInteger();
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }

    /** A {@link String}, or a {@code byte[]} if it is not UTF-8. */
    private Object readString() throws IOException {
        byte[] bytes = readPayload(in.unpackRawStringHeader());
        String text = new String(bytes, UTF_8);
        // decoding puts this character for what is no UTF-8, but it may also have been sent
        boolean suspect = text.indexOf(REPLACEMENT) >= 0;
        return suspect && !Arrays.equals(text.getBytes(UTF_8), bytes) ? bytes : text;
    }

    private List<@Nullable Object> readList(int depth) throws IOException {
        int size = readArrayHeader();
        List<@Nullable Object> elements = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            try {
                elements.add(read(depth + 1));
            } catch (Misfit misfit) {
                throw misfit.at(i);
            }
        }
        return Collections.unmodifiableList(elements);
    }

    private Map<@Nullable Object, @Nullable Object> readMap(int depth) throws IOException {
        int size = readMapHeader();
        Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            Object key = read(depth + 1);
            try {
                entries.put(key, read(depth + 1));
            } catch (Misfit misfit) {
                throw misfit.at(String.valueOf(key));
            }
        }
        return Collections.unmodifiableMap(entries);
    }

    private Object readExtension(int depth) throws IOException {
        ExtensionTypeHeader header = in.unpackExtensionTypeHeader();
        return ExtensionReader.read(header.getType(), readPayload(header.getLength()), depth);
    }
}
