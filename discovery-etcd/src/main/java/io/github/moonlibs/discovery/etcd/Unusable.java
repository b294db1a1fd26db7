package io.github.moonlibs.discovery.etcd;

/** A value that cannot be used, and what was expected. A configuration can be full of them, so they have no stack trace. */
final class Unusable extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    Unusable(String message) {
        super(message);
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
