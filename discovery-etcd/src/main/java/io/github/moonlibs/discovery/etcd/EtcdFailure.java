package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.text.SafeText;
import java.time.Duration;

/**
 * An endpoint of etcd could not be read or followed; the message names it and says what was expected. It may quote the
 * endpoint, so it is cut.
 */
class EtcdFailure extends Exception {
    private static final long serialVersionUID = 1;
    private static final int LONGEST = 1_000;

    EtcdFailure(String message) {
        super(SafeText.cut(message, LONGEST));
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

    /** The endpoint does not answer at all. */
    static final class Silent extends EtcdFailure {
        private static final long serialVersionUID = 1;

        /** @param etcd which one, as messages begin */
        Silent(String etcd, Duration bound) {
            super(etcd + "expected an answer within " + bound.toMillis() + " ms");
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
