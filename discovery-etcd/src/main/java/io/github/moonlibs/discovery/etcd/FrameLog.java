package io.github.moonlibs.discovery.etcd;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * gRPC logs every frame that it sends at FINE, and the frame of a login has the password in it, in hexadecimal digits. An
 * application that sets the level of everything, or of {@code io.grpc}, doesn't mean that.
 */
final class FrameLog {
    /** Kept, because the JDK forgets a logger, with its level, when nothing refers to it. */
    private static final Logger FRAMES = Logger.getLogger("io.grpc.netty.NettyClientHandler");

    private FrameLog() {}

    /** Unless the level of this very logger was set. */
    static void silence() {
        if (FRAMES.getLevel() == null) {
            FRAMES.setLevel(Level.INFO);
        }
    }
}
