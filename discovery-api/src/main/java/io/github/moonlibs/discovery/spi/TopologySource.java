package io.github.moonlibs.discovery.spi;

import io.github.moonlibs.discovery.Instance;
import java.util.Collection;

/**
 * Yields the current set of instances. A source is a loop on a thread of its own: it may block, and publishes what it
 * learns.
 *
 * <p>No failure of a source removes a node: the last good set stays until the source publishes another one. Its {@code
 * toString} names it in snapshots and logs and must not contain a password.
 */
@FunctionalInterface
public interface TopologySource {
    /**
     * Follows the topology until the thread is interrupted. Called on a thread that belongs to the client; one call at a
     * time. An interrupt may end no read from a {@link java.net.Socket} there: give sockets a timeout. If it returns, the
     * topology is final. If it throws, the error is logged and shown, and it is called again after a jittered pause that
     * grows from 100 ms to 10 s while it keeps failing.
     *
     * @param sink receives what the source learns; valid until this method ends
     * @throws InterruptedException when the client is closed
     * @throws Exception when the topology cannot be followed any more; its message says where and what was expected
     */
    void follow(Sink sink) throws Exception;

    /** Receives what a source learns. Thread-safe. */
    interface Sink {
        /**
         * The whole current set: what is not in it is removed. An equal set confirms that the last one still holds. Of
         * two instances with one address the first counts. An empty set is an error, unless the client accepts it.
         */
        void publish(Collection<Instance> instances);

        /**
         * The whole current set, and what is wrong with it: some instances can't be read, say, or the set is empty because
         * nothing is selected. As {@link #publish(Collection)} and {@link #failed} in one step, so that nobody sees the set
         * without the problem. A problem that is the same as before isn't reported again.
         *
         * @param problem in a sentence, which says where and what was expected
         */
        default void publish(Collection<Instance> instances, String problem) {
            publish(instances);
            failed(problem);
        }

        /** Something went wrong, but the source goes on; the message says where and what was expected. */
        void failed(String message);
    }
}
