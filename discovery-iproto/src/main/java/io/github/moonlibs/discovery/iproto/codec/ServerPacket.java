package io.github.moonlibs.discovery.iproto.codec;

import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.iproto.codec.msgpack.Excerpt;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import io.github.moonlibs.discovery.iproto.codec.results.IprotoResult;
import io.github.moonlibs.discovery.iproto.codec.values.ErrorReader;
import io.github.moonlibs.discovery.iproto.codec.values.MismatchException;
import io.github.moonlibs.discovery.iproto.codec.values.TupleFormats;
import io.github.moonlibs.discovery.iproto.codec.values.ValueReader;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.value.ValueType;

/**
 * A packet from the server, its header decoded. Its body is joined and decoded later, by the caller that it is for: the
 * thread that reads has all the others' replies to deliver.
 *
 * <p>It is one thing: each kind of packet differs from the others by a few keys of one map.
 */
public class ServerPacket {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    // in the header that servers usually send
    private static final int TYPE_AT = 3;
    private static final int SYNC_AT = 9;
    private static final int SCHEMA_AT = 19;
    private static final int SHORTEST = SCHEMA_AT + Integer.BYTES;

    // of msgpack
    private static final byte EMPTY_ARRAY = (byte) 0x90;
    private static final byte ARRAY_OF_ONE = (byte) 0x91;

    private final int type;
    private final long sync;
    private final byte[] first;
    private final int bodyAt;

    private ServerPacket(int type, long sync, byte[] first, int bodyAt) {
        this.type = type;
        this.sync = sync;
        this.first = first;
        this.bodyAt = bodyAt;
    }

    /**
     * Reads a packet's header, and finds its body.
     *
     * @param bytes the packet without its length; kept
     */
    public static ServerPacket decode(byte[] bytes) throws IOException {
        int bodyAt = usualHeader(bytes);
        return bodyAt > 0
                ? new ServerPacket((int) INT.get(bytes, TYPE_AT), (long) LONG.get(bytes, SYNC_AT), bytes, bodyAt)
                : decodeHeader(bytes);
    }

    /**
     * A packet that came in pieces.
     *
     * @param pieces the first of them holds the header; all are kept
     */
    static ServerPacket decode(List<byte[]> pieces, byte[] last) throws IOException {
        byte[][] others = new byte[pieces.size()][];
        for (int i = 1; i < pieces.size(); i++) {
            others[i - 1] = pieces.get(i);
        }
        others[others.length - 1] = last;
        return new Large(decode(pieces.getFirst()), others, null);
    }

    /**
     * A packet whose body was not kept.
     *
     * @param head its beginning, with the header
     * @param refusal why it was not
     */
    static ServerPacket unreadable(byte[] head, String refusal) throws IOException {
        return new Large(decode(head), new byte[0][], refusal);
    }

    /** A packet whose bytes do not lie in one array. */
    private static final class Large extends ServerPacket {
        private final byte[][] others;
        private final @Nullable String refusal;

        Large(ServerPacket header, byte[][] others, @Nullable String refusal) {
            super(header.type, header.sync, header.first, header.bodyAt);
            this.others = others;
            this.refusal = refusal;
        }

        @Override
        public int size() {
            int size = super.size();
            for (byte[] other : others) {
                size += other.length;
            }
            return size;
        }

        @Override
        public boolean isLarge() {
            return true;
        }

        @Override
        byte[] joined() throws MalformedException {
            if (refusal != null) {
                throw new MalformedException(refusal);
            }
            byte[] begun = super.joined();
            byte[] bytes = Arrays.copyOf(begun, size());
            int at = begun.length;
            for (byte[] other : others) {
                System.arraycopy(other, 0, bytes, at, other.length);
                at += other.length;
            }
            return bytes;
        }
    }

    /**
     * Where the body begins, if the header is the one that every known server sends: {@code 83 00 ce<type> 01 cf<sync> 05
     * ce<schema>} or {@code cf<schema>}; else 0. The thread that reads for all saves half its time by it.
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

    private static ServerPacket decodeHeader(byte[] bytes) throws IOException {
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
            return new ServerPacket(type, sync, bytes, in.position());
        } catch (MalformedException e) {
            throw new MalformedException("expected a packet's header, got " + Excerpt.hex(bytes) + problem(e));
        }
    }

    private static String problem(Exception e) {
        return e.getMessage() == null ? "" : " (" + e.getMessage() + ")";
    }

    /** A request type for an event, 0 for success, an error's number plus 0x8000. */
    public int type() {
        return type;
    }

    /** The number of the request that this is for. */
    public long sync() {
        return sync;
    }

    public boolean isError() {
        return type >= Iproto.TYPE_ERROR;
    }

    /** The number of this error. */
    public int errorCode() {
        return type - Iproto.TYPE_ERROR;
    }

    /**
     * The returned values of a successful CALL or EVAL.
     *
     * @param procedure what returned them, for messages
     */
    public IprotoResult result(Types types, String procedure) throws MalformedException {
        return body("the returned values", (in, bytes) -> {
            int dataAt = -1;
            int dataEnd = -1;
            TupleFormats formats = null;
            int entries = in.readMapHeader();
            for (int i = 0; i < entries; i++) {
                int key = in.readInt();
                boolean isData = key == Iproto.DATA && in.next() == ValueType.ARRAY;
                int from = bodyAt + in.position();
                // walks through everything once, so that a malformed reply is known now and not at some value
                in.skip(1);
                int to = bodyAt + in.position();
                if (isData) {
                    dataAt = from;
                    dataEnd = to;
                } else if (key == Iproto.TUPLE_FORMATS) {
                    formats = new TupleFormats(bytes, from, to);
                }
            }
            return dataAt < 0 ? null : new IprotoResult(types, procedure, bytes, dataAt, dataEnd, formats);
        });
    }

    /**
     * What the server says of its error. Servers before 2.4 send the message alone; it also has to do where the rest cannot
     * be read.
     */
    public TarantoolError error() throws MalformedException {
        return body("an error", (in, bytes) -> {
            String message = null;
            TarantoolError error = null;
            int entries = in.readMapHeader();
            for (int i = 0; i < entries; i++) {
                switch (in.readInt()) {
                    case Iproto.ERROR_24 -> message = in.readText();
                    case Iproto.ERROR -> {
                        int from = bodyAt + in.position();
                        in.skip(1);
                        error = details(new ValueReader(bytes, from, bodyAt + in.position()));
                    }
                    default -> in.skip(1);
                }
            }
            return error != null || message == null
                    ? error
                    : new TarantoolError(errorCode(), "", message, "", 0, 0, Map.of(), null);
        });
    }

    private static @Nullable TarantoolError details(ValueReader in) {
        try {
            return ErrorReader.read(in, 1);
        } catch (IOException | MismatchException unreadable) {
            return null;
        }
    }

    /** What this reply to ID says of the server. */
    public ServerProtocol protocol() throws MalformedException {
        return body("the server's protocol", (in, bytes) -> {
            int version = 0;
            List<Integer> features = new ArrayList<>();
            String authType = null;
            int entries = in.readMapHeader();
            for (int i = 0; i < entries; i++) {
                switch (in.readInt()) {
                    case Iproto.VERSION -> version = in.readInt();
                    case Iproto.FEATURES -> {
                        int count = in.readArrayHeader();
                        for (int j = 0; j < count; j++) {
                            features.add(in.readInt());
                        }
                    }
                    case Iproto.AUTH_TYPE -> authType = in.readText();
                    default -> in.skip(1);
                }
            }
            return new ServerProtocol(version, features, authType);
        });
    }

    /** How many bytes of it are kept. */
    public int size() {
        return first.length;
    }

    /** Whether it came in pieces, or was refused. */
    public boolean isLarge() {
        return false;
    }

    /**
     * Whose value this event reports. Looks at the packet's first piece alone: this is for the thread that reads for all, and
     * servers send the key first.
     */
    public String eventKey() throws MalformedException {
        String problem = "";
        try {
            ValueReader in = new ValueReader(first, bodyAt, first.length);
            int entries = in.readMapHeader();
            for (int i = 0; i < entries; i++) {
                if (in.readInt() == Iproto.EVENT_KEY) {
                    return in.readText();
                }
                in.skip(1);
            }
        } catch (IOException | MismatchException e) {
            problem = problem(e);
        }
        throw new MalformedException("expected an event's key, got " + Excerpt.hex(first, bodyAt) + problem);
    }

    /** The value that this event of the key reports, as the only one of a result; none if the key has none. */
    public IprotoResult eventValue(Types types, String key) throws MalformedException {
        return body("an event", (in, bytes) -> {
            byte[] values = {EMPTY_ARRAY};
            int entries = in.readMapHeader();
            for (int i = 0; i < entries; i++) {
                boolean isValue = in.readInt() == Iproto.EVENT_DATA;
                int from = bodyAt + in.position();
                in.skip(1);
                if (isValue) {
                    int size = bodyAt + in.position() - from;
                    values = new byte[1 + size];
                    values[0] = ARRAY_OF_ONE;
                    System.arraycopy(bytes, from, values, 1, size);
                }
            }
            return new IprotoResult(types, key, values, 0, values.length, null);
        });
    }

    /** Whether this event reports the value true. Nothing else of it is decoded. */
    public boolean isTrueEvent() throws MalformedException {
        return body("an event", (in, bytes) -> {
            boolean isTrue = false;
            int entries = in.readMapHeader();
            for (int i = 0; i < entries; i++) {
                boolean isFlag = in.readInt() == Iproto.EVENT_DATA && in.next() == ValueType.BOOLEAN;
                isTrue |= isFlag && in.readBoolean();
                in.skip(isFlag ? 0 : 1);
            }
            return isTrue;
        });
    }

    /** Reads a body; null if something is missing. */
    private interface Body<T> {
        @Nullable
        T read(ValueReader in, byte[] bytes) throws IOException;
    }

    private <T> T body(String expected, Body<T> body) throws MalformedException {
        byte[] bytes = joined();
        String problem = "";
        try {
            T content = body.read(new ValueReader(bytes, bodyAt, bytes.length), bytes);
            if (content != null) {
                return content;
            }
        } catch (IOException | MismatchException e) {
            problem = problem(e);
        }
        throw new MalformedException(
                "expected a body with " + expected + ", got " + Excerpt.hex(bytes, bodyAt) + problem);
    }

    /** All bytes of the packet. */
    byte[] joined() throws MalformedException {
        return first;
    }
}
