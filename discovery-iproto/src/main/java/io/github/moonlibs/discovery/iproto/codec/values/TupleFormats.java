package io.github.moonlibs.discovery.iproto.codec.values;

import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The formats of the tuples in a reply, by their numbers. They are decoded when the first tuple is read by the names of its
 * fields. Thread-safe.
 */
public final class TupleFormats {
    private final byte[] bytes;
    private final int from;
    private final int to;
    private volatile @Nullable Map<Long, TupleFormat> decoded;

    /** @param bytes hold a well-formed value from {@code from} to {@code to}; kept */
    public TupleFormats(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
    }

    /**
     * The format of that number.
     *
     * @throws MalformedException if there is none, or these are no formats
     */
    public TupleFormat format(long id) throws IOException {
        Map<Long, TupleFormat> formats = decoded;
        if (formats == null) {
            formats = decode();
            decoded = formats;
        }
        TupleFormat format = formats.get(id);
        if (format == null) {
            throw unknown(id);
        }
        return format;
    }

    public static MalformedException unknown(long id) {
        return new MalformedException(
                "expected the format " + Long.toUnsignedString(id) + " of a tuple in the reply, got none");
    }

    private Map<Long, TupleFormat> decode() throws IOException {
        try {
            ValueReader in = new ValueReader(bytes, from, to);
            int entries = in.readMapHeader();
            Map<Long, TupleFormat> formats = new HashMap<>();
            for (int i = 0; i < entries; i++) {
                formats.put(in.readUnsigned(), TupleFormat.read(in, bytes, from));
            }
            return formats;
        } catch (MalformedException e) {
            throw new MalformedException("expected formats of tuples: " + e.getMessage());
        }
    }
}
