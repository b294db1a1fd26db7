package io.github.moonlibs.discovery.etcd;

import java.net.ConnectException;

/** Says in a few words, on one line, why a library failed. */
final class Causes {
    private Causes() {}

    /** The innermost message: libraries wrap what the operating system, or TLS, said. */
    static String last(Throwable problem) {
        String last = "";
        boolean connecting = false;
        for (Throwable each = problem; each != null; each = each.getCause()) {
            connecting |= each instanceof ConnectException;
            last = each.getMessage() == null ? last : firstLine(each.getMessage());
        }
        if (!last.isEmpty()) {
            return last;
        }
        // HttpClient says no more than that
        return connecting ? "Connection refused" : problem.getClass().getSimpleName();
    }

    static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
