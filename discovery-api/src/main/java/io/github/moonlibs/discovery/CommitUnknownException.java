package io.github.moonlibs.discovery;

import java.time.Duration;
import java.util.List;

/**
 * A node was asked to commit a transaction, and its answer did not come: all of the transaction was committed, or nothing of
 * it. {@link #method} is what it was begun for. If the thread was interrupted, its interrupt flag is set.
 */
public final class CommitUnknownException extends CallException {
    private static final long serialVersionUID = 1;

    /** For the implementation of {@link DiscoveryClient}. */
    public CommitUnknownException(String method, Instance node, Duration elapsed, List<Attempt> attempts) {
        super(
                method,
                "it is unknown whether the transaction on " + node + " was committed: no answer came",
                elapsed,
                attempts,
                lastFailure(attempts));
    }
}
