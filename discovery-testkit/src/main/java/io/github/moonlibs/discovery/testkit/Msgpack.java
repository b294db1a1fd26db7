package io.github.moonlibs.discovery.testkit;

import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.core.buffer.MessageBuffer;

/** msgpack-java, kept away from sun.misc.Unsafe where that warns, as discovery-iproto keeps it. */
final class Msgpack {
    private static final String UNIVERSAL_BUFFER = "msgpack.universal-buffer";

    static {
        // it decides when its buffer class is initialised
        if (Runtime.version().feature() >= 24 && System.getProperty(UNIVERSAL_BUFFER) == null) {
            System.setProperty(UNIVERSAL_BUFFER, "true");
            MessageBuffer.allocate(1);
            System.clearProperty(UNIVERSAL_BUFFER);
        }
    }

    private Msgpack() {}

    static MessageBufferPacker packer() {
        return MessagePack.newDefaultBufferPacker();
    }

    static MessageUnpacker unpacker(byte[] content) {
        return MessagePack.newDefaultUnpacker(content);
    }
}
