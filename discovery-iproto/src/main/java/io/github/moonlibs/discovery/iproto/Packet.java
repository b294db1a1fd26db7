package io.github.moonlibs.discovery.iproto;

import io.github.moonlibs.discovery.TarantoolError;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.value.ValueType;

/**
 * A packet from the server, its header decoded. Bodies are decoded later, by whom they are for: the thread that reads
 * has all the others' replies to deliver.
 */
final class Packet {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    // in the header that servers usually send
    private static final int TYPE_AT = 3;
    private static final int SYNC_AT = 9;
    private static final int SCHEMA_AT = 19;
    private static final int SHORTEST = SCHEMA_AT + Integer.BYTES;

    private final int type;
    private final long sync;
    private final byte[] bytes;
    private final int bodyAt;

    private Packet(int type, long sync, byte[] bytes, int bodyAt) {
        this.type = type;
        this.sync = sync;
        this.bytes = bytes;
        this.bodyAt = bodyAt;
    }

    /** @param bytes the packet without its length; kept */
    static Packet decode(byte[] bytes) throws IOException {
        int bodyAt = usualHeader(bytes);
        return bodyAt > 0
                ? new Packet((int) INT.get(bytes, TYPE_AT), (long) LONG.get(bytes, SYNC_AT), bytes, bodyAt)
                : decodeHeader(bytes);
    }

    /**
     * Where the body begins, if the header is the one that every known server sends: {@code 83 00 ce<type> 01 cf<sync> 05
     * ce<schema>} or {@code cf<schema>}; else 0. The thread that reads from all connections saves half its time by it.
     */
    private static int usualHeader(byte[] bytes) {
        if (bytes.length < SHORTEST
                || (int) INT.get(bytes, 0) >>> 8 != 0x8300ce
                || bytes[TYPE_AT] != 0
                || (short) SHORT.get(bytes, SYNC_AT - 2) != 0x01cf
                || bytes[SCHEMA_AT - 2] != 0x05) {
            return 0;
        }
        return switch (bytes[SCHEMA_AT - 1]) {
            case (byte) 0xce -> SCHEMA_AT + Integer.BYTES;
            case (byte) 0xcf -> bytes.length < SCHEMA_AT + Long.BYTES ? 0 : SCHEMA_AT + Long.BYTES;
            default -> 0;
        };
    }

    private static Packet decodeHeader(byte[] bytes) throws IOException {
        try {
            ValueReader in = new ValueReader(bytes, 0, bytes.length);
            int type = 0;
            long sync = 0;
            int entries = in.readMapHeader();
            for (int i = 0; i < entries; i++) {
                switch (in.readInt()) {
                    case Iproto.REQUEST_TYPE -> type = in.readInt();
                    case Iproto.SYNC -> sync = in.readUnsigned();
                    default -> in.skip(1); // the schema version, and what later servers add
                }
            }
            return new Packet(type, sync, bytes, in.position());
        } catch (MalformedException e) {
            throw new MalformedException("expected a packet's header, got " + Excerpt.hex(bytes) + problem(e));
        }
    }

    private static String problem(Exception e) {
        return e.getMessage() == null ? "" : " (" + e.getMessage() + ")";
    }

    /** A request type for an event, 0 for success, an error's number plus 0x8000. */
    int type() {
        return type;
    }

    /** The number of the request that this is for. */
    long sync() {
        return sync;
    }

    boolean isError() {
        return type >= Iproto.TYPE_ERROR;
    }

    /** The number of this error. */
    int errorCode() {
        return type - Iproto.TYPE_ERROR;
    }

    /** The returned values of a successful CALL or EVAL. */
    IprotoResult result() throws MalformedException {
        return body("the returned values", in -> {
            IprotoResult result = null;
            int entries = in.readMapHeader();
            for (int i = 0; i < entries; i++) {
                if (in.readInt() == Iproto.DATA && in.next() == ValueType.ARRAY) {
                    int from = bodyAt + in.position();
                    // walks through everything once, so that a malformed reply is known now and not at some value
                    in.skip(1);
                    result = new IprotoResult(bytes, from, bodyAt + in.position());
                } else {
                    in.skip(1);
                }
            }
            return result;
        });
    }

    /** What the server says of its error. Servers before 2.4 send the message alone. */
    TarantoolError error() throws MalformedException {
        return body("an error", in -> {
            String message = null;
            TarantoolError error = null;
            int entries = in.readMapHeader();
            for (int i = 0; i < entries; i++) {
                switch (in.readInt()) {
                    case Iproto.ERROR_24 -> message = in.readText();
                    case Iproto.ERROR -> error = ErrorReader.read(in, 1);
                    default -> in.skip(1);
                }
            }
            return error != null || message == null
                    ? error
                    : new TarantoolError(errorCode(), "", message, "", 0, 0, Map.of(), null);
        });
    }

    /** Whether this reply to ID says that the server has the feature. */
    boolean hasFeature(int feature) throws MalformedException {
        return body("the server's features", in -> {
            boolean found = false;
            int entries = in.readMapHeader();
            for (int i = 0; i < entries; i++) {
                if (in.readInt() == Iproto.FEATURES) {
                    int features = in.readArrayHeader();
                    for (int j = 0; j < features; j++) {
                        found |= in.readInt() == feature;
                    }
                } else {
                    in.skip(1);
                }
            }
            return found;
        });
    }

    /** Whether this is the event of the key with the value true. */
    boolean isTrueEvent(String key) throws MalformedException {
        return body("an event", in -> {
            boolean sameKey = false;
            boolean isTrue = false;
            int entries = in.readMapHeader();
            for (int i = 0; i < entries; i++) {
                switch (in.readInt()) {
                    case Iproto.EVENT_KEY -> sameKey = key.equals(in.readText());
                    case Iproto.EVENT_DATA -> {
                        // nothing else is decoded: this is the thread that reads for all
                        boolean isBoolean = in.next() == ValueType.BOOLEAN;
                        isTrue = isBoolean && in.readBoolean();
                        in.skip(isBoolean ? 0 : 1);
                    }
                    default -> in.skip(1);
                }
            }
            return sameKey && isTrue;
        });
    }

    /** What reads a body; null if something is missing. */
    private interface Body<T> {
        @Nullable
        T read(ValueReader in) throws IOException;
    }

    private <T> T body(String expected, Body<T> body) throws MalformedException {
        String problem = "";
        try {
            T content = body.read(new ValueReader(bytes, bodyAt, bytes.length));
            if (content != null) {
                return content;
            }
        } catch (IOException | Misfit e) {
            problem = problem(e);
        }
        throw new MalformedException("expected a body with " + expected + ", got "
                + Excerpt.hex(Arrays.copyOfRange(bytes, bodyAt, bytes.length)) + problem);
    }
}
