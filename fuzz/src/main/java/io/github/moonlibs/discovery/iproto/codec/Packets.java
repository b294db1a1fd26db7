package io.github.moonlibs.discovery.iproto.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Packets around inputs. */
final class Packets {
    private static final byte[] SUCCESS = HexFormat.of().parseHex("8300ce0000000001cf000000000000000705ce00000050");
    private static final byte[] ERROR = HexFormat.of().parseHex("8300ce0000802001cf000000000000000705ce00000050");
    /** A body of DATA, an array of one value. */
    private static final byte[] ONE_VALUE = {(byte) 0x81, Iproto.DATA, (byte) 0x91};

    private Packets() {}

    /** A reply with this body. */
    static ServerPacket error(byte[] body) throws IOException {
        return ServerPacket.decode(joined(ERROR, body));
    }

    /** A reply that returns this value. */
    static ServerPacket reply(byte[] value) throws IOException {
        return success(joined(ONE_VALUE, value));
    }

    /** A reply to a call that succeeded, with this body. */
    static ServerPacket success(byte[] body) throws IOException {
        return ServerPacket.decode(joined(SUCCESS, body));
    }

    private static byte[] joined(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer joined = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            joined.put(part);
        }
        return joined.array();
    }
}
