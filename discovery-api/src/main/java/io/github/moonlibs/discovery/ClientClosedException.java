package io.github.moonlibs.discovery;

import java.time.Duration;
import java.util.List;

/** The client was closed before or during the call. */
public final class ClientClosedException extends CallException {

    private static final long serialVersionUID = 1;

    /** For the implementation of {@link DiscoveryClient}. */
    public ClientClosedException(String method, Duration elapsed, List<Attempt> attempts) {
        super(method, "the client is closed", elapsed, attempts, lastFailure(attempts));
    }
}
