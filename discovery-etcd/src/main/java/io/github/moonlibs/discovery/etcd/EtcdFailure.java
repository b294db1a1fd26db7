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

    /** etcd remembers no more what has happened since the last reading; reading again is all that it takes. */
    static final class Outdated extends EtcdFailure {
        private static final long serialVersionUID = 1;

        Outdated(String message) {
            super(message);
        }
    }

    /** The user may not read there; may be allowed elsewhere. */
    static final class Denied extends EtcdFailure {
        private static final long serialVersionUID = 1;

        Denied(String message) {
            super(message);
        }
    }
}
