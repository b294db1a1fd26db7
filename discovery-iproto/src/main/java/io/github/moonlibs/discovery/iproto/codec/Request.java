package io.github.moonlibs.discovery.iproto.codec;

import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.iproto.codec.msgpack.Packer;
import io.github.moonlibs.discovery.iproto.codec.values.ValueWriter;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Encodes requests. Length and sync have a fixed width, so that a request can be encoded by the caller and numbered
 * later, when it is sent.
 */
public final class Request {
    private static final int HEADER_SIZE = 18;

    /** What the number of a stream adds to it. */
    private static final int STREAM_SIZE = 10;

    private static final int LENGTH_SIZE = 5;
    private static final int SYNC_AT = 10;

    private static final String CHAP_SHA1 = "chap-sha1";

    private Request() {}

    /**
     * A request of that type, CALL, EVAL, PING, WATCH_ONCE, BEGIN, COMMIT or ROLLBACK.
     *
     * @param stream the number of the stream that it belongs to; 0: to none
     * @param text the procedure, the expression or the key
     * @param arguments of BEGIN: the time in seconds, and the isolation's number
     * @throws IllegalArgumentException if an argument cannot be sent
     */
    public static byte[] of(Types types, long stream, int type, String text, List<?> arguments) {
        return switch (type) {
            case Iproto.CALL -> invocation(types, stream, Iproto.CALL, Iproto.FUNCTION_NAME, text, arguments);
            case Iproto.EVAL -> eval(types, text, arguments);
            case Iproto.PING -> ping();
            case Iproto.WATCH_ONCE -> ofKey(type, text);
            case Iproto.BEGIN -> begin(stream, (Double) arguments.get(0), (Integer) arguments.get(1));
            case Iproto.COMMIT -> encode(type, stream, out -> {});
            case Iproto.ROLLBACK -> rollback(stream);
            default -> throw new IllegalArgumentException("expected a type of request, got type " + type);
        };
    }

    /**
     * A call of a procedure.
     *
     * @throws IllegalArgumentException if an argument cannot be sent
     */
    public static byte[] call(Types types, String procedure, List<?> arguments) {
        return invocation(types, 0, Iproto.CALL, Iproto.FUNCTION_NAME, procedure, arguments);
    }

    /**
     * An evaluation of a Lua expression.
     *
     * @throws IllegalArgumentException if an argument cannot be sent
     */
    public static byte[] eval(Types types, String expression, List<?> arguments) {
        return invocation(types, 0, Iproto.EVAL, Iproto.EXPR, expression, arguments);
    }

    private static byte[] invocation(Types types, long stream, int type, int textKey, String text, List<?> arguments) {
        return encode(type, stream, out -> {
            out.packMapHeader(2).packInt(textKey).packString(text).packInt(Iproto.TUPLE);
            ValueWriter.writeArguments(types, out, arguments);
        });
    }

    public static byte[] ping() {
        return encode(Iproto.PING, out -> {});
    }

    private static byte[] begin(long stream, double seconds, int isolation) {
        return encode(
                Iproto.BEGIN,
                stream,
                out -> out.packMapHeader(2)
                        .packInt(Iproto.TIMEOUT)
                        .packDouble(seconds)
                        .packInt(Iproto.TXN_ISOLATION)
                        .packInt(isolation));
    }

    /** Rolls the stream's transaction back. */
    public static byte[] rollback(long stream) {
        return encode(Iproto.ROLLBACK, stream, out -> {});
    }

    /**
     * Names what this side understands, as version 6 of the protocol, where watching once came.
     *
     * @param tupleNames whether tuples are to come with the names of their fields, which a server sends from then on
     */
    public static byte[] id(boolean tupleNames) {
        return encode(Iproto.ID, out -> {
            out.packMapHeader(2)
                    .packInt(Iproto.VERSION)
                    .packInt(6)
                    .packInt(Iproto.FEATURES)
                    .packArrayHeader(tupleNames ? 6 : 5)
                    .packInt(ServerProtocol.STREAMS)
                    .packInt(ServerProtocol.TRANSACTIONS)
                    .packInt(Iproto.FEATURE_ERROR_EXTENSION)
                    .packInt(ServerProtocol.WATCHERS)
                    .packInt(ServerProtocol.WATCH_ONCE);
            if (tupleNames) {
                out.packInt(Iproto.FEATURE_CALL_RET_TUPLE);
            }
        });
    }

    public static byte[] auth(String user, byte[] scramble) {
        return encode(
                Iproto.AUTH,
                out -> out.packMapHeader(2)
                        .packInt(Iproto.USER_NAME)
                        .packString(user)
                        .packInt(Iproto.TUPLE)
                        .packArrayHeader(2)
                        .packString(CHAP_SHA1)
                        .packRawStringHeader(scramble.length)
                        .writePayload(scramble));
    }

    public static byte[] watch(String key) {
        return ofKey(Iproto.WATCH, key);
    }

    public static byte[] unwatch(String key) {
        return ofKey(Iproto.UNWATCH, key);
    }

    private static byte[] ofKey(int type, String key) {
        return encode(
                type, out -> out.packMapHeader(1).packInt(Iproto.EVENT_KEY).packString(key));
    }

    private static byte[] encode(int type, Packer.Content body) {
        return encode(type, 0, body);
    }

    private static byte[] encode(int type, long stream, Packer.Content body) {
        try {
            byte[] request = Packer.pack(stream == 0 ? HEADER_SIZE : HEADER_SIZE + STREAM_SIZE, body);
            ByteBuffer header = ByteBuffer.wrap(request)
                    .put((byte) 0xce)
                    .putInt(request.length - LENGTH_SIZE)
                    .put((byte) (stream == 0 ? 0x82 : 0x83))
                    .put((byte) Iproto.REQUEST_TYPE)
                    .put((byte) type)
                    .put((byte) Iproto.SYNC)
                    .put((byte) 0xcf);
            if (stream != 0) {
                header.position(HEADER_SIZE)
                        .put((byte) Iproto.STREAM_ID)
                        .put((byte) 0xcf)
                        .putLong(stream);
            }
            return request;
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    public static void number(byte[] request, long sync) {
        ByteBuffer.wrap(request).putLong(SYNC_AT, sync);
    }
}
