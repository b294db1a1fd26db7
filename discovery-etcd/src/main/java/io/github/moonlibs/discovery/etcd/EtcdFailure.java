package io.github.moonlibs.discovery.etcd;

/** An endpoint of etcd could not be read or followed; the message names it and says what was expected. */
class EtcdFailure extends Exception {
    private static final long serialVersionUID = 1;

    EtcdFailure(String message) {
        super(message);
    }

    /** Never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** etcd no longer has the history since the last read. It is enough to read again. */
    static final class Outdated extends EtcdFailure {
        private static final long serialVersionUID = 1;

        Outdated(String message) {
            super(message);
        }
    }

    /** The user may not read there, but may be allowed to read elsewhere. */
    static final class Denied extends EtcdFailure {
        private static final long serialVersionUID = 1;

        Denied(String message) {
            super(message);
        }
    }
}
