package io.github.moonlibs.discovery;

import java.time.Duration;
import java.util.List;

/**
 * A transaction has ended, and what was asked of it was not done. The message names the node and says how it ended: unless it
 * was committed before, nothing of it stays. {@link #method} is what was called, or what the transaction was begun for.
 */
public final class TransactionEndedException extends CallException {
    private static final long serialVersionUID = 1;

    /** For the implementation of {@link DiscoveryClient}. */
    public TransactionEndedException(
            String method, Instance node, String how, Duration elapsed, List<Attempt> attempts) {
        super(method, "the transaction on " + node + " has ended: " + how, elapsed, attempts, lastFailure(attempts));
    }
}
