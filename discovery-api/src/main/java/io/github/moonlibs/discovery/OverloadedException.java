package io.github.moonlibs.discovery;

import java.time.Duration;
import java.util.List;

/** The call would have exceeded a bound on calls; the message says which one. */
public final class OverloadedException extends CallException {

    private static final long serialVersionUID = 1;

    /** For the implementation of {@link DiscoveryClient}. */
    public OverloadedException(String method, String bound, Duration elapsed, List<Attempt> attempts) {
        super(method, "overloaded (" + bound + ")", elapsed, attempts, lastFailure(attempts));
    }
}
