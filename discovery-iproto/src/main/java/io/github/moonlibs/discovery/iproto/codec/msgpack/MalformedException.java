package io.github.moonlibs.discovery.iproto.codec.msgpack;

import io.github.moonlibs.discovery.text.SafeText;
import java.io.IOException;

/** What came is not the protocol. */
public final class MalformedException extends IOException {
    private static final long serialVersionUID = 1;

    public MalformedException(String message) {
        super(SafeText.sentence(message));
    }
}
