package io.github.moonlibs.discovery.etcd;

import com.google.common.base.Throwables;
import io.grpc.Status;

/** Says what lies at the bottom of an exception: libraries wrap what the operating system, or TLS, said. */
final class Causes {
    private Causes() {}

    static String last(Status status) {
        Throwable cause = status.getCause();
        return cause == null ? "" : last(cause);
    }

    static String last(Throwable problem) {
        Throwable cause = Throwables.getRootCause(problem);
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
