package io.github.moonlibs.discovery;

import java.time.Duration;
import java.util.List;

/** The calling thread was interrupted. Its interrupt flag is set. */
public final class CallInterruptedException extends CallException {

    private static final long serialVersionUID = 1;

    /** For the implementation of {@link DiscoveryClient}. */
    public CallInterruptedException(
            String method, Duration elapsed, List<Attempt> attempts, InterruptedException cause) {
        super(method, "interrupted", elapsed, attempts, cause);
    }
}
