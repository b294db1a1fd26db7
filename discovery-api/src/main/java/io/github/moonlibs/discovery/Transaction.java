package io.github.moonlibs.discovery;

import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of several calls on one node. It is over when it has been committed or rolled back; what isn't committed is
 * rolled back as a whole, by the node itself if need be.
 *
 * <pre>{@code
 * try (var transaction = client.begin("accounts.transfer")) {
 *     transaction.call("accounts.withdraw", List.of(1, 100));
 *     transaction.call("accounts.deposit", List.of(2, 100));
 *     transaction.commit();
 * }
 * }</pre>
 *
 * <p>Every request goes to the node on which the transaction was begun, once, and is never repeated. An error that the server
 * replies with leaves the transaction open, as does a reply that can't be read. Anything else ends it: a lost connection, no
 * reply in time, an interrupt, the deadline, a rollback by the server, what a push listener throws. The node rolls it back
 * then, and each later call fails at once and says why ({@link TransactionEndedException}).
 *
 * <p>It has to be closed: until then, or until its deadline, it counts as a call in flight, for which a client that is closed
 * waits. Thread-safe: one request at a time is made, and other threads wait for that.
 *
 * @see DiscoveryClient#begin(String, CallOptions, Isolation)
 */
public interface Transaction extends AutoCloseable {
    /** What a transaction sees of others, under the names of Tarantool. */
    enum Isolation {
        /** What the server has as its default, {@code best-effort} unless it is configured otherwise. */
        DEFAULT,
        /** Sees what is committed, even if that is not confirmed yet: not in the write-ahead log, or without a quorum. */
        READ_COMMITTED,
        /** Sees only what is confirmed. */
        READ_CONFIRMED,
        /** Sees what is confirmed, and as soon as it writes, what is committed. */
        BEST_EFFORT,
        /** Sees what was confirmed on any node of the replicaset when it began. */
        LINEARIZABLE
    }

    /** The node on which everything of it is executed. */
    Instance node();

    /** Whether calls can be made and {@link #commit} can be called, as far as is known without asking the node. */
    boolean isOpen();

    /**
     * Calls a procedure inside the transaction. Which nodes announce it does not matter.
     *
     * @throws CallFailedException if the server replied with an error, or the reply can't be read; the transaction is open still
     * @throws TransactionEndedException if the transaction has ended, before this call or by it
     * @throws CallInterruptedException if the thread was interrupted; the transaction is rolled back
     * @throws IllegalArgumentException if an argument cannot be sent; the transaction is rolled back
     */
    Result call(String method, List<?> arguments);

    /** Calls a procedure and returns the first value as the type, null for nil. */
    default <T> @Nullable T call(String method, List<?> arguments, Class<T> type) {
        return call(method, arguments).as(type);
    }

    /** Calls a procedure as {@link DiscoveryClient#call(String, Class, Object...)} does. */
    default <T> @Nullable T call(String method, Class<T> type, @Nullable Object @Nullable ... arguments) {
        return call(method, Varargs.list(arguments)).as(type);
    }

    /** Calls a procedure and returns the first value as the type, null for nil. */
    default <T> @Nullable T call(String method, List<?> arguments, TypeRef<T> type) {
        return call(method, arguments).as(type);
    }

    /** Calls a procedure as {@link DiscoveryClient#call(String, TypeRef, Object...)} does. */
    default <T> @Nullable T call(String method, TypeRef<T> type, @Nullable Object @Nullable ... arguments) {
        return call(method, Varargs.list(arguments)).as(type);
    }

    /** Calls a procedure and returns the first value as the type, null for nil. */
    default @Nullable Object call(String method, List<?> arguments, Type type) {
        return call(method, arguments).as(type);
    }

    /**
     * Commits it. When this returns, the node has committed.
     *
     * @throws TransactionEndedException if it was not committed, and is rolled back
     * @throws CommitUnknownException if the node was asked to commit, and its answer did not come
     * @throws CallInterruptedException if the thread was interrupted before the node was asked; the transaction is rolled back
     */
    void commit();

    /**
     * Rolls it back, and waits for the node's confirmation for as long as a request may take. Does nothing if it has ended. A
     * node that doesn't answer rolls back by itself, at the deadline or when its connection ends; so this doesn't fail.
     */
    void rollback();

    /** {@linkplain #rollback Rolls it back} unless it has ended. */
    @Override
    default void close() {
        rollback();
    }
}
