package io.github.moonlibs.discovery.iproto.codec.values;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.iproto.codec.msgpack.MsgpackReader;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads values as the table in {@link io.github.moonlibs.discovery.Result} says. A string that is not UTF-8, which Lua
 * may well send, is a {@code byte[]}: nothing of it is lost. Malformed input ends in an {@link IOException}. Not thread-safe.
 */
public final class ValueReader extends MsgpackReader {
    private static final int REPLACEMENT = 0xFFFD;

    /** For so many elements room is made before they come: arrays within arrays may each claim all bytes that are left. */
    private static final int BELIEVED = 1 << 10;

    public ValueReader(byte[] bytes, int from, int to) {
        super(bytes, from, to);
    }

    @Nullable
    public Object read(int depth) throws IOException {
        if (depth > MismatchException.MAX_DEPTH) {
            throw MismatchException.tooDeep();
        }
        return switch (next()) {
            case NIL -> {
                skip(1);
                yield null;
            }
            case BOOLEAN -> readBoolean();
            case INTEGER -> readInteger();
            case FLOAT -> readDouble();
            case STRING -> readString();
            case BINARY -> readBinary();
            case ARRAY -> readList(depth);
            case MAP -> readMap(depth);
            case EXTENSION ->
                readExtension((type, bytes, from, to) -> ExtensionReader.read(type, bytes, from, to, depth));
        };
    }

    private Object readInteger() throws IOException {
        boolean beyond = isBeyondLong();
        long number = readUnsigned();
        return beyond ? new BigInteger(Long.toUnsignedString(number)) : (Object) number;
    }

    /** A {@link String}, or a {@code byte[]} if it is not UTF-8. */
    private Object readString() throws IOException {
        byte[] bytes = readStringBytes();
        String text = new String(bytes, UTF_8);
        // decoding puts this character for what is no UTF-8, but it may also have been sent
        boolean suspect = text.indexOf(REPLACEMENT) >= 0;
        return suspect && !Arrays.equals(text.getBytes(UTF_8), bytes) ? bytes : text;
    }

    private List<@Nullable Object> readList(int depth) throws IOException {
        int size = readArrayHeader();
        if (size == 0) {
            return Collections.emptyList();
        }
        List<@Nullable Object> elements = new ArrayList<>(Math.min(size, BELIEVED));
        for (int i = 0; i < size; i++) {
            try {
                elements.add(read(depth + 1));
            } catch (MismatchException misfit) {
                throw misfit.at(i);
            }
        }
        return Collections.unmodifiableList(elements);
    }

    private Map<@Nullable Object, @Nullable Object> readMap(int depth) throws IOException {
        int size = readMapHeader();
        if (size == 0) {
            return Collections.emptyMap();
        }
        Map<@Nullable Object, @Nullable Object> entries = LinkedHashMap.newLinkedHashMap(Math.min(size, BELIEVED));
        KeyGuard guard = KeyGuard.of(size);
        for (int i = 0; i < size; i++) {
            Object key = read(depth + 1);
            try {
                entries.put(key, read(depth + 1));
            } catch (MismatchException misfit) {
                throw misfit.atKey(key);
            }
            if (guard != null) {
                guard.added(key, entries.size());
            }
        }
        return Collections.unmodifiableMap(entries);
    }
}
