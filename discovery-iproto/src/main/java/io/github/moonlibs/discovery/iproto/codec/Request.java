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
    private static final int LENGTH_SIZE = 5;
    private static final int SYNC_AT = 10;

    private static final String CHAP_SHA1 = "chap-sha1";

    private Request() {}

    /**
     * A request of that type, CALL, EVAL, PING or WATCH_ONCE.
     *
     * @param text the procedure, the expression or the key
     * @throws IllegalArgumentException if an argument cannot be sent
     */
    public static byte[] of(Types types, int type, String text, List<?> arguments) {
        return switch (type) {
            case Iproto.CALL -> call(types, text, arguments);
            case Iproto.EVAL -> eval(types, text, arguments);
            case Iproto.PING -> ping();
            case Iproto.WATCH_ONCE -> ofKey(type, text);
            default -> throw new IllegalArgumentException("expected CALL, EVAL, PING or WATCH_ONCE, got type " + type);
        };
    }

    /**
     * A call of a procedure.
     *
     * @throws IllegalArgumentException if an argument cannot be sent
     */
    public static byte[] call(Types types, String procedure, List<?> arguments) {
        return invocation(types, Iproto.CALL, Iproto.FUNCTION_NAME, procedure, arguments);
    }

    /**
     * An evaluation of a Lua expression.
     *
     * @throws IllegalArgumentException if an argument cannot be sent
     */
    public static byte[] eval(Types types, String expression, List<?> arguments) {
        return invocation(types, Iproto.EVAL, Iproto.EXPR, expression, arguments);
    }

    private static byte[] invocation(Types types, int type, int textKey, String text, List<?> arguments) {
        return encode(type, out -> {
            out.packMapHeader(2).packInt(textKey).packString(text).packInt(Iproto.TUPLE);
            ValueWriter.writeArguments(types, out, arguments);
        });
    }

    public static byte[] ping() {
        return encode(Iproto.PING, out -> {});
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
                    .packArrayHeader(tupleNames ? 4 : 3)
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
        try {
            byte[] request = Packer.pack(HEADER_SIZE, body);
            ByteBuffer.wrap(request)
                    .put((byte) 0xce)
                    .putInt(request.length - LENGTH_SIZE)
                    .put((byte) 0x82)
                    .put((byte) Iproto.REQUEST_TYPE)
                    .put((byte) type)
                    .put((byte) Iproto.SYNC)
                    .put((byte) 0xcf);
            return request;
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    public static void number(byte[] request, long sync) {
        ByteBuffer.wrap(request).putLong(SYNC_AT, sync);
    }
}
