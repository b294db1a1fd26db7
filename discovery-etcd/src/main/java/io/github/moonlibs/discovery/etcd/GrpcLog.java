package io.github.moonlibs.discovery.etcd;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps passwords and noise of gRPC's out of an application's log. */
final class GrpcLog {
    // kept, because the JDK forgets a logger, with its level, when nothing refers to it
    private static final Logger FRAMES = Logger.getLogger("io.grpc.netty.NettyClientHandler");

    private static final Logger STREAMS = Logger.getLogger("io.grpc.internal.AbstractClientStream");

    private static final Logger METRICS = Logger.getLogger("io.grpc.netty.TcpMetrics");

    private GrpcLog() {}

    /**
     * gRPC logs every frame that it sends at FINE, and the frame of a login has the password in it, in hexadecimal digits.
     * An application that sets the level of everything, or of {@code io.grpc}, doesn't mean that.
     */
    static void hideFrames() {
        atLeast(FRAMES, Level.INFO);
    }

    /**
     * After an answer that is too large, gRPC logs a line at INFO for each further frame of it, while the answer's failure
     * is reported in one line. It also logs once about a transport that isn't used here.
     */
    static void hideNoise() {
        atLeast(STREAMS, Level.WARNING);
        atLeast(METRICS, Level.WARNING);
    }

    /** Unless the level of this very logger was set. */
    private static void atLeast(Logger logger, Level level) {
        if (logger.getLevel() == null) {
            logger.setLevel(level);
        }
    }
}
