package io.github.moonlibs.discovery.spi;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Result;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that a server keeps open between requests, until it is committed or rolled back, its time is over, or the
 * connection ends. Used by one thread at a time.
 *
 * @see Transport.TransactionalConnection#begin
 */
public interface ServerTransaction {
    /**
     * Calls a procedure inside the transaction; otherwise as {@link Transport.Connection#call}.
     *
     * @param onPush as in {@link Transport.PushingConnection#send}; null: what is pushed is dropped
     */
    Result call(String procedure, List<?> arguments, long timeoutNanos, @Nullable Consumer<Result> onPush)
            throws InterruptedException;

    /**
     * Commits. Unless the failure says that nothing was sent, or is an error by which the server refuses to commit, it is
     * unknown whether it was committed. No refusal is an error which says that the server only waits no longer for the
     * commit to be confirmed.
     *
     * @throws AttemptException as {@link Transport.Connection#call} does
     */
    void commit(long timeoutNanos) throws InterruptedException;

    /**
     * Rolls back.
     *
     * @throws AttemptException as {@link Transport.Connection#call} does
     */
    void rollback(long timeoutNanos) throws InterruptedException;

    /** Asks the server to roll back, after what is under way, and waits for nothing. Never fails. */
    void abandon();
}
