package io.github.moonlibs.discovery.spi;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerException;
import java.util.List;

/** Connects to instances. Found by {@link java.util.ServiceLoader}. Thread-safe. */
public interface Transport {
    /**
     * Connects and logs in, within {@link ClientOptions#connectTimeout()}. The endpoint's name is resolved anew.
     *
     * @param endpoint credentials included
     * @param listener is told of the connection's end; not before this method has returned
     * @throws ServerException if the server refused the credentials
     * @throws AttemptException if no connection could be had; the message names the endpoint and what was expected
     * @throws InterruptedException if the thread was interrupted; nothing is left open
     */
    Connection connect(Endpoint endpoint, ClientOptions options, Listener listener) throws InterruptedException;

    /** What a connection tells its owner, from a thread of its own; must not block. */
    interface Listener {
        /**
         * The connection has ended, and every call on it has failed or is about to. Told once, also after {@link
         * Connection#close}.
         */
        void closed(String reason);

        /** The server is about to shut down: calls in flight are answered, new ones belong elsewhere. */
        void shutdownAnnounced();

        /** A reply came after its call had ended. Told at once, by the thread that reads. */
        default void repliedLate() {}
    }

    /** An established connection. Any number of threads may call at the same time. */
    interface Connection extends AutoCloseable {
        /**
         * Calls a procedure and waits for its reply on the caller's own thread.
         *
         * @param timeoutNanos how long to wait; zero or less: not at all
         * @throws AttemptException if there was no reply, or an error as a reply ({@link ServerException}); created on
         *     the caller's thread
         * @throws IllegalArgumentException if an argument cannot be sent; nothing was
         * @throws InterruptedException if the thread was interrupted; the reply will be dropped
         */
        Result call(String procedure, List<?> arguments, long timeoutNanos) throws InterruptedException;

        /**
         * Calls a procedure without waiting for its reply, so that one thread can have several requests under way. Never
         * blocks. Serves hedged calls alone; as it is here, a virtual thread makes the {@link #call}, which a connection
         * that can do better overrides.
         *
         * @param timeoutNanos how long the reply will be waited for at most; zero or less: nothing is sent. The sender keeps
         *     the time itself
         * @throws AttemptException if nothing can be sent
         * @throws IllegalArgumentException if an argument cannot be sent; nothing was. May come with the outcome instead
         */
        default PendingReply send(String procedure, List<?> arguments, long timeoutNanos) {
            return new ThreadedReply(this, procedure, arguments, timeoutNanos);
        }

        /** Evaluates a Lua expression; otherwise like {@link #call}. */
        Result eval(String expression, List<?> arguments, long timeoutNanos) throws InterruptedException;

        /** Waits for the server to answer a ping; otherwise like {@link #call}. */
        void ping(long timeoutNanos) throws InterruptedException;

        /** What the server is, for example {@code Tarantool 2.6.0}. */
        String server();

        /** This side's address. */
        String localAddress();

        /** How many replies came after their call had ended. */
        long lateReplies();

        /** Ends the connection and fails every call in flight on it. Idempotent. */
        @Override
        void close();
    }
}
