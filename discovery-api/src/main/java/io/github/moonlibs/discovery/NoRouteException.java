package io.github.moonlibs.discovery;

import java.time.Duration;
import java.util.List;

/** No node served the method by the deadline or, for a call with failFast, when the call was made. */
public final class NoRouteException extends CallException {
    /** The number of this failure in the Lua original. */
    public static final int CODE = 0x100;

    private static final long serialVersionUID = 1;

    /** For the implementation of {@link DiscoveryClient}. */
    public NoRouteException(String method, String why, Duration elapsed, List<Attempt> attempts) {
        super(method, "no route (" + why + ")", elapsed, attempts, lastFailure(attempts));
    }

    @Override
    public int code() {
        return CODE;
    }
}
