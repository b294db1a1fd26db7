package io.github.moonlibs.discovery.spi;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.Transaction;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Connects to instances. Found by {@link java.util.ServiceLoader}. Thread-safe. */
public interface Transport {
    /**
     * Connects and logs in, within {@link ClientOptions#connectTimeout()}. The endpoint's name is resolved anew.
     *
     * @param endpoint credentials included
     * @param listener is notified of the connection's end, but not before this method has returned
     * @throws ServerException if the server refused the credentials
     * @throws AttemptException if no connection could be had; the message names the endpoint and what was expected
     * @throws InterruptedException if the thread was interrupted; nothing is left open
     */
    Connection connect(Endpoint endpoint, ClientOptions options, Listener listener) throws InterruptedException;

    /**
     * Loads what connecting and calling need, without reaching a server: so that the timeouts of a cold process's first
     * connection and first call measure the server and not the process. Every client calls it before it connects. Only the
     * first time in a process should it take any; it does not fail, and ends early if the thread is interrupted.
     */
    default void warmUp() {}

    /**
     * The result of a procedure that returned these values, without a server: encoded and decoded as over a connection.
     *
     * @param options whose naming and converters hold
     * @throws IllegalArgumentException if a value cannot be sent
     */
    default Result resultOf(List<?> values, ClientOptions options) {
        throw new UnsupportedOperationException(this + " makes no results without a server");
    }

    /**
     * Notified by a connection of what happens to it, by any thread: perhaps the one that reads from all connections, or that is
     * still in {@link #connect}. Must not block.
     */
    interface Listener {
        /**
         * The connection has ended, and every call on it has failed or is about to. Called once, also after {@link
         * Connection#close}.
         */
        void closed(String reason);

        /** The server is about to shut down: calls in flight are answered, new ones belong elsewhere. */
        void shutdownAnnounced();

        /** A reply came after its call had ended. Called at once, by the thread that reads. */
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

        /** Evaluates a Lua expression; otherwise like {@link #call}. */
        Result eval(String expression, List<?> arguments, long timeoutNanos) throws InterruptedException;

        /** Waits for the server to answer a ping; otherwise like {@link #call}. */
        void ping(long timeoutNanos) throws InterruptedException;

        /** What the server is, for example {@code Tarantool 2.6.0}. */
        String server();

        /**
         * The UUID of the instance that this connection leads to. It shows where two addresses lead to one instance, which then
         * gets one share.
         *
         * @return null if it is not known: then the instance is taken for one of its own
         */
        default @Nullable UUID instanceUuid() {
            return null;
        }

        /** The user that is logged in; null if it is the server's guest, or not known. */
        default @Nullable String user() {
            return null;
        }

        /** What the server says of its protocol; null if it doesn't say, as before Tarantool 2.10. */
        default @Nullable ServerProtocol protocol() {
            return null;
        }

        /** This side's address. */
        String localAddress();

        /**
         * Whether anything at all has arrived from the server since a time. A server that answers others is alive, however
         * late it is with the one answer that is waited for.
         *
         * @param nanoTime a reading of {@link System#nanoTime}
         */
        default boolean hasReceivedSince(long nanoTime) {
            return false;
        }

        /** How many replies came after their call had ended. */
        long lateReplies();

        /** Ends the connection and fails every call in flight on it. Idempotent. */
        @Override
        void close();
    }

    /**
     * A connection that lets one thread have several requests under way. Hedged calls and calls to all nodes use it; over
     * a connection that can only {@link #call}, each of their attempts has a virtual thread.
     */
    interface PipelinedConnection extends Connection {
        /**
         * Calls a procedure and waits for its reply, but only as long as the caller is patient. A request that has no outcome
         * by then stays under way: its reply can be had from what is returned. {@code send(p, a, t, t)} followed by {@link
         * PendingReply#result} is {@code call(p, a, t)}.
         *
         * @param timeoutNanos how long the request may be under way; it is given up then. Zero or less: nothing is sent
         * @param patienceNanos how long to wait before returning; zero or less: not at all, and then this never blocks
         * @return the request, with its outcome or without
         * @throws AttemptException if nothing was sent. An outcome that comes later is the {@link PendingReply}'s
         * @throws IllegalArgumentException if an argument cannot be sent; nothing was
         * @throws InterruptedException if the thread was interrupted while it waited; the request has been given up then
         */
        PendingReply send(String procedure, List<?> arguments, long timeoutNanos, long patienceNanos)
                throws InterruptedException;
    }

    /** A connection that takes many requests of one thread by few writes. */
    interface BatchingConnection extends PipelinedConnection {
        /** Requests of the current thread, which alone uses it. Need not be closed. */
        Batch batch();
    }

    /** Requests that one thread makes of a connection, gathered until it sends them. Not thread-safe. */
    interface Batch {
        /**
         * Adds a call of a procedure. Never blocks, and sends nothing.
         *
         * @param nowNanos a reading of {@link System#nanoTime}, from which the time counts
         * @param timeoutNanos how long the request may be under way; zero or less: nothing is added
         * @param onOutcome run by any thread when the request has an outcome that {@link PendingReply#abandon} did not
         *     make; must not block. It is run again later if it throws for want of memory
         * @return null if the connection has no room for more now
         * @throws AttemptException if there was no time to add it
         * @throws IllegalArgumentException if an argument cannot be sent; nothing was added
         */
        @Nullable
        PendingReply add(String procedure, List<?> arguments, long nowNanos, long timeoutNanos, Runnable onOutcome);

        /** Hands over what was added. Never blocks. If the connection has ended, that is the outcome of each request. */
        void send();
    }

    /** A connection that hands over what a procedure pushes before it returns ({@code box.session.push}). */
    interface PushingConnection extends PipelinedConnection {
        /**
         * Sends as {@link #send(String, List, long, long)} does, and hands over what the procedure pushes, in its order. That
         * happens on the thread that sends: while it waits here, and in {@link PendingReply#isDone} and {@link
         * PendingReply#result}. The thread is unparked for a pushed value as it is for an outcome. After {@link
         * PendingReply#abandon} nothing is handed over.
         *
         * @param onPush gets each value, as the only one of a result. What it throws is thrown by the method that called it;
         *     in this one, the request has been given up then
         * @throws AttemptException as {@code send} does. A pushed value that cannot be taken makes the outcome an {@link
         *     AttemptException.Kind#UNREADABLE} one, and so do more of them than {@link ClientOptions#maxReplySize} that wait
         *     to be handed over
         */
        PendingReply send(
                String procedure, List<?> arguments, long timeoutNanos, long patienceNanos, Consumer<Result> onPush)
                throws InterruptedException;
    }

    /**
     * A connection on which the server can keep transactions open between requests. {@link Connection#protocol} says whether
     * this server does, by {@link ServerProtocol#STREAMS} and {@link ServerProtocol#TRANSACTIONS}; it is asked only then.
     */
    interface TransactionalConnection extends Connection {
        /**
         * Begins a transaction, which ends with the connection at the latest. If this fails, the server has none open.
         *
         * @param longestNanos after how long the server is to roll it back by itself
         * @throws AttemptException as {@link #call} does
         */
        ServerTransaction begin(Transaction.Isolation isolation, long longestNanos, long timeoutNanos)
                throws InterruptedException;
    }

    /**
     * A connection on which the server can report what changes (Tarantool 2.10 and later): keys, and the value that each has
     * now. {@link Connection#protocol} says whether this server does; one that doesn't never reports anything.
     */
    interface WatchingConnection extends Connection {
        /**
         * Watches a key. The server reports its value at once, and each time that it changes. Any number of keys and of
         * watches of one key is possible.
         *
         * @param onChange called when {@link KeyWatch#next} has something new, by the thread that reads, perhaps before this
         *     method has returned; must not block
         */
        KeyWatch watch(String key, Runnable onChange);

        /**
         * Asks for a key's value once, and waits for it as {@link #call} does.
         *
         * @return the value, as the only one; none if the key has none
         * @throws AttemptException as {@link #call} does; a {@link ServerException} with code 48 if the server doesn't know
         *     the request
         */
        Result watchOnce(String key, long timeoutNanos) throws InterruptedException;
    }
}
