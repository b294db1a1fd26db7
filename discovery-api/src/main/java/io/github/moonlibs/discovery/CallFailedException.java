package io.github.moonlibs.discovery;

import java.time.Duration;
import java.util.List;

/** The last permitted attempt failed; the cause is that failure. */
public final class CallFailedException extends CallException {
    /** The number of this failure in the Lua original. */
    public static final int CODE = 0x102;

    private static final long serialVersionUID = 1;

    /** For the implementation of {@link DiscoveryClient}. */
    public CallFailedException(String method, String why, Duration elapsed, List<Attempt> attempts) {
        super(method, "call failed (" + why + ")", elapsed, attempts, lastFailure(attempts));
    }

    @Override
    public int code() {
        return CODE;
    }
}
