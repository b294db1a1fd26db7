package io.github.moonlibs.discovery.iproto.codec.msgpack;

import org.msgpack.core.buffer.MessageBuffer;

/** msgpack-java's buffers, kept away from sun.misc.Unsafe where that complains. */
public final class Msgpack {
    private static final String UNIVERSAL_BUFFER = "msgpack.universal-buffer";

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

    static MessageBuffer buffer(int size) {
        return MessageBuffer.allocate(size);
    }
}
