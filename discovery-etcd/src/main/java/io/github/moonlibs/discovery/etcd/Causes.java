package io.github.moonlibs.discovery.etcd;

import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;

/** The reason why a library failed, in a few words and on one line. */
final class Causes {
    private static final int LONGEST = 200;

    private Causes() {}

    /** The innermost message: libraries wrap what the operating system, or TLS, said. */
    static String last(Throwable problem) {
        String last = "";
        boolean connecting = false;
        boolean closed = false;
        for (Throwable each = problem; each != null; each = each.getCause()) {
            connecting |= each instanceof ConnectException;
            closed |= each instanceof ClosedChannelException;
            last = each.getMessage() == null ? last : firstLine(each.getMessage());
        }
        if (!last.isEmpty()) {
            return last;
        }
        // what HttpClient and Netty mean by an exception without a message
        return connecting
                ? "Connection refused"
                : closed ? "Connection lost" : problem.getClass().getSimpleName();
    }

    static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    /** The first line of a text from outside, of at most 200 characters. */
    static String shortened(String text) {
        String line = firstLine(text.substring(0, Math.min(text.length(), LONGEST + 1)));
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
    }
}
