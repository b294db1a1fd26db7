package io.github.moonlibs.discovery.spi;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerException;

/**
 * A request under way whose reply is not waited for yet. It belongs to the thread that sent it, and is used by no other.
 *
 * @see Transport.PipelinedConnection#send
 */
public interface PendingReply {
    /**
     * Whether it has an outcome, a reply or a failure. When this turns true the thread that sent is unparked ({@link
     * java.util.concurrent.locks.LockSupport#unpark}), so that it can wait for several at a time.
     */
    boolean isDone();

    /**
     * The reply. Does not wait: without an outcome the request is given up, and has timed out. Not to be asked for again,
     * nor after {@link #abandon}.
     *
     * @throws AttemptException if there is no reply, or an error as a reply ({@link ServerException})
     * @throws IllegalArgumentException if an argument cannot be sent; nothing was
     */
    Result result();

    /** Gives the request up. A reply that comes later is dropped and counted. Does nothing if there is an outcome. */
    void abandon();
}
