package io.github.moonlibs.discovery;

import java.time.Duration;
import java.util.List;

/** The call reached its deadline: before its first attempt, during an attempt or between two. */
public final class DeadlineExceededException extends CallException {
    /** The number of this failure in the Lua original. */
    public static final int CODE = 0x101;

    private static final long serialVersionUID = 1;

    /** For the implementation of {@link DiscoveryClient}. */
    public DeadlineExceededException(String method, Duration elapsed, List<Attempt> attempts) {
        super(method, "deadline exceeded", elapsed, attempts, lastFailure(attempts));
    }

    @Override
    public int code() {
        return CODE;
    }
}
