package io.github.moonlibs.discovery.iproto;

import java.io.IOException;

/** What came is not the protocol. */
final class MalformedException extends IOException {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
        super(message);
    }
}
