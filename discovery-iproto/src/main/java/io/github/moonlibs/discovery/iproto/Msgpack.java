package io.github.moonlibs.discovery.iproto;

import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.core.buffer.MessageBuffer;

/** msgpack-java, set up for this protocol. */
final class Msgpack {
    private static final String UNIVERSAL_BUFFER = "msgpack.universal-buffer";

    // requests are small, and the library's default of 8 KiB would be allocated for each of them
    private static final MessagePack.PackerConfig PACKER = new MessagePack.PackerConfig().withBufferSize(256);
    private static final MessagePack.UnpackerConfig UNPACKER = new MessagePack.UnpackerConfig();

    static {
        // From JDK 24 on, sun.misc.Unsafe warns on standard error, and then throws. The library decides once, when its
        // buffer class is initialised, whether to use it.
        if (Runtime.version().feature() >= 24 && System.getProperty(UNIVERSAL_BUFFER) == null) {
            System.setProperty(UNIVERSAL_BUFFER, "true");
            MessageBuffer.allocate(1);
            System.clearProperty(UNIVERSAL_BUFFER);
        }
    }

    private Msgpack() {}

    static MessageBufferPacker packer() {
        return PACKER.newBufferPacker();
    }

    static MessageUnpacker unpacker(byte[] bytes, int from, int to) {
        return UNPACKER.newUnpacker(bytes, from, to - from);
    }
}
