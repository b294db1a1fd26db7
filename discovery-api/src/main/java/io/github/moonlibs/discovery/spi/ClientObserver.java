package io.github.moonlibs.discovery.spi;

import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Is told what happens in a client: for metrics, traces, and applications that want to know. Given to one with {@link
 * ClientOptions.Builder#observer}; one observer may serve several.
 *
 * <p>Every method is called on the thread that it happens on, several at the same time, and must not block: calls end on
 * their callers' threads, and {@link #repliedLate} is told by the one that reads from all connections. What an observer
 * throws is logged once and has no other effect. A client without observers pays one comparison a call for them.
 */
public interface ClientObserver {
    /** A client was opened; told before anything else. Not to be called from here: nothing is served yet. */
    default void opened(DiscoveryClient client) {}

    /** A client has closed; told after everything else. */
    default void closed(DiscoveryClient client) {}

    // ---- calls, on their callers' threads ----

    /** A call begins. Its end is told on the same thread; in between, calls that this one's own predicates make. */
    default void callStarted(String method) {}

    /**
     * A call has ended.
     *
     * @param method what was called
     * @param nanos how long it took, in nanoseconds
     * @param answeredBy the node whose answer was the call's; null if it failed, or was a call to all nodes
     * @param retries how many attempts followed another one's failure, those that sent nothing included
     * @param hedges how many attempts began while another one was unanswered
     * @param failure a {@link io.github.moonlibs.discovery.CallException}, or what else the caller got; null if it got a
     *     result
     */
    default void callEnded(
            String method,
            long nanos,
            @Nullable Instance answeredBy,
            int retries,
            int hedges,
            @Nullable Throwable failure) {}

    /**
     * An attempt has ended. On the caller's thread, but for calls to all nodes.
     *
     * @param method what was called
     * @param node where it went
     * @param nanos how long it took, in nanoseconds
     * @param failure what kind of failure it was; null if it succeeded
     */
    default void attemptEnded(String method, Instance node, long nanos, @Nullable Kind failure) {}

    /** A node has replied to an attempt that had ended already; the reply was dropped. */
    default void repliedLate(Instance node) {}

    // ---- nodes ----

    /**
     * A node is in another state, or in the same for another reason.
     *
     * @param from equal to {@code to} if only the reason has changed
     */
    default void stateChanged(Instance node, State from, State to, String reason) {}

    /**
     * A connection to a node was established.
     *
     * @param connects how many there were, this one included: from 2, it is a reconnect
     */
    default void connected(Instance node, long connects) {}

    /** A node was ejected or is being probed; with null, it is in service again. */
    default void ejectionChanged(Instance node, @Nullable Ejection ejection) {}

    /**
     * A node was asked what it serves.
     *
     * @param nanos how long that took, in nanoseconds
     * @param failure why there is no announcement; null if there is one, new or as before
     */
    default void discoveryEnded(Instance node, long nanos, @Nullable String failure) {}

    // ---- routing and topology ----

    /**
     * Another routing table was published; {@link DiscoveryClient#routing} has it, or a later one. Nothing else of the
     * client is to be asked here: the topology may be in the middle of a change.
     */
    default void routingChanged() {}

    /** Other instances make up the topology; those that only got other labels are neither added nor removed. */
    default void topologyChanged(List<Instance> added, List<Instance> removed) {}

    /** The topology's source failed; the nodes stay. */
    default void topologyFailed(String message) {}
}
