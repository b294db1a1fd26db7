package io.github.moonlibs.discovery.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageUnpacker;

/**
 * An IPROTO packet: a request, a reply or an event.
 *
 * @param code for a request, its type; for a reply, 0, or {@link #ERROR} with the error's code in the lower bits
 * @param stream the number of the stream that a request belongs to; 0: to none
 * @param body by the protocol's numeric keys, each a Long
 */
record Packet(long code, long sync, long stream, Map<?, ?> body) {
    static final int OK = 0x00;
    static final int AUTH = 0x07;
    static final int EVAL = 0x08;
    static final int CALL = 0x0a;
    static final int BEGIN = 0x0e;
    static final int COMMIT = 0x0f;
    static final int ROLLBACK = 0x10;
    static final int PING = 0x40;
    static final int ID = 0x49;
    static final int WATCH = 0x4a;
    static final int UNWATCH = 0x4b;
    static final int EVENT = 0x4c;
    static final int WATCH_ONCE = 0x4d;
    static final int CHUNK = 0x80;
    static final int ERROR = 0x8000;

    /** In the header. */
    private static final long STREAM = 0x0a;

    static final long TUPLE = 0x21;
    static final long FUNCTION = 0x22;
    static final long USER = 0x23;
    static final long EXPRESSION = 0x27;
    static final long DATA = 0x30;
    static final long MESSAGE = 0x31;
    static final long ERROR_STACK = 0x52;
    static final long VERSION = 0x54;
    static final long FEATURES = 0x55;
    static final long TIMEOUT = 0x56;
    static final long EVENT_KEY = 0x57;
    static final long EVENT_DATA = 0x58;
    static final long ISOLATION = 0x59;
    static final long AUTH_TYPE = 0x5b;
    static final long TUPLE_FORMATS = 0x60;

    private static final long LARGEST = 64 << 20;

    /** A well-framed packet whose content is malformed. The connection can continue. */
    static final class MalformedException extends IOException {
        private static final long serialVersionUID = 1;

        MalformedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    Packet(long code, long sync, Map<?, ?> body) {
        this(code, sync, 0, body);
    }

    @Nullable
    Object get(long key) {
        return body.get(key);
    }

    /** Reads the next packet. */
    static Packet read(DataInputStream in) throws IOException {
        byte[] content = new byte[readLength(in)];
        in.readFully(content);
        try (MessageUnpacker unpacker = Msgpack.unpacker(content)) {
            Map<?, ?> header = asMap(Values.read(unpacker));
            Map<?, ?> body = unpacker.hasNext() ? asMap(Values.read(unpacker)) : Map.of();
            return new Packet(asLong(header.get(0L)), asLong(header.get(1L)), asLong(header.get(STREAM)), body);
        } catch (RuntimeException e) {
            throw new MalformedException("a packet of " + content.length + " bytes: " + e.getMessage(), e);
        }
    }

    private static int readLength(DataInputStream in) throws IOException {
        int first = in.readUnsignedByte();
        long length = switch (first) {
            case 0xcc -> in.readUnsignedByte();
            case 0xcd -> in.readUnsignedShort();
            case 0xce -> Integer.toUnsignedLong(in.readInt());
            case 0xcf -> in.readLong();
            default -> first < 0x80 ? first : -1;
        };
        if (length < 0 || length > LARGEST) {
            throw new IOException("expected a packet's length up to " + LARGEST + ", got the byte 0x"
                    + Integer.toHexString(first) + ", length " + length);
        }
        return (int) length;
    }

    private static Map<?, ?> asMap(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("expected a map, got " + value);
    }

    private static long asLong(@Nullable Object value) {
        if (value == null) {
            return 0;
        }
        if (value instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("expected an integer, got " + value);
    }

    /** A request or an event, in the shortest encoding. */
    byte[] encode() {
        Map<Long, Long> header = stream == 0 ? Map.of(0L, code, 1L, sync) : Map.of(0L, code, 1L, sync, STREAM, stream);
        byte[] content = Values.encode(header, body);
        return frame(content.length, content);
    }

    /**
     * A reply, byte for byte as a real server sends it: numbers of fixed width.
     *
     * @param wideSchema whether the schema version takes eight bytes, as from 3.0 on, or four
     */
    byte[] encodeReply(boolean wideSchema) {
        byte[] content = bytes(out -> {
            out.write(new byte[] {(byte) 0x83, 0x00, (byte) 0xce});
            out.writeInt((int) code);
            out.write(new byte[] {0x01, (byte) 0xcf});
            out.writeLong(sync);
            out.write(new byte[] {0x05, (byte) (wideSchema ? 0xcf : 0xce)});
            if (wideSchema) {
                out.writeInt(0);
            }
            out.writeInt(80);
            if (body.get(DATA) instanceof Object[] values) {
                out.write(new byte[] {(byte) (0x80 + body.size()), (byte) DATA, (byte) 0xdd});
                out.writeInt(values.length);
                out.write(Values.encode(values));
                if (body.containsKey(TUPLE_FORMATS)) {
                    out.write(Values.encode(TUPLE_FORMATS, body.get(TUPLE_FORMATS)));
                }
            } else {
                out.write(Values.encode(body));
            }
        });
        return frame(content.length, content);
    }

    /** The content, preceded by the claimed length. */
    static byte[] frame(long claimedLength, byte[] content) {
        return bytes(out -> {
            out.writeByte(0xce);
            out.writeInt((int) claimedLength);
            out.write(content);
        });
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
