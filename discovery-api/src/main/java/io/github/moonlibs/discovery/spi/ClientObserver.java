package io.github.moonlibs.discovery.spi;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.text.SafeText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Is notified of what happens in a client: for metrics, traces, and applications that react to it. {@link
 * ClientOptions.Builder#observer} gives it to a client; one observer may serve several clients.
 *
 * <p>Every event is one immutable value. Its components have what servers and topologies said, unchanged; its {@code
 * toString} can be logged, because control characters are written out and long texts are cut. Later versions may add
 * components to an event, and events to this interface; observers that read events by their accessors keep compiling and
 * working.
 *
 * <pre>
 * opened                            by the thread that opens the client; before all other events
 * │
 * ├─ topologyChanged                by the source's thread, again and again
 * ├─ topologyFailed
 * │
 * ├─ for each node, by its own thread
 * │  ├─ connected
 * │  ├─ stateChanged                to CONNECTING: the first announcement is awaited
 * │  │  ├─ stateChanged             to SERVING or SILENT, if the announcement changes the state
 * │  │  ├─ discoveryEnded           once for each question, usually every discovery interval
 * │  │  └─ …
 * │  ├─ stateChanged                to DOWN: the connection is lost; connected follows when there is a new one
 * │  ├─ …
 * │  └─ stateChanged                to DRAINING, then to CLOSED: the node's last event
 * │
 * ├─ for each call, by its caller's thread
 * │  ├─ callStarted
 * │  │  ├─ attemptEnded             once for each attempt, in the order in which they end; by other threads in
 * │  │  └─ …                        calls to all nodes
 * │  └─ callEnded
 * │
 * ├─ repliedLate                    by the thread that reads, some time after the attempt's attemptEnded
 * ├─ ejectionChanged                by the thread of the attempt or of the node that caused it
 * ├─ routingChanged                 by any thread, after the table was published
 * │
 * closed                            by the thread that closes the client; after all other events
 * </pre>
 *
 * <p>Events of one branch come in this order. Between branches there is no order but that of time: several methods may be
 * called at the same time. They must not block; {@link #repliedLate} in particular is called by a thread that reads from
 * many connections. What an observer throws is logged once and has no other effect. Without observers no events are
 * made: a call pays one comparison for them.
 */
public interface ClientObserver {
    /** A client was opened. It must not be called from here: it serves nothing yet. */
    default void opened(Opened event) {}

    /** A client has closed. */
    default void closed(Closed event) {}

    // ---- calls ----

    /**
     * A call begins. Its {@link #callEnded} comes on the same thread. In between there may be calls on this thread that the
     * outer call's own predicates make.
     */
    default void callStarted(CallStarted event) {}

    /** A call has ended, with a result or a failure. */
    default void callEnded(CallEnded event) {}

    /** An attempt has ended. */
    default void attemptEnded(AttemptEnded event) {}

    /** A node has replied to an attempt that had ended already; the reply was dropped. */
    default void repliedLate(RepliedLate event) {}

    // ---- nodes ----

    /** A node is in another state, or in the same state for another reason. */
    default void stateChanged(StateChanged event) {}

    /** A connection to a node was established. */
    default void connected(Connected event) {}

    /** A node was ejected, is being probed, or is in service again. */
    default void ejectionChanged(EjectionChanged event) {}

    /** A node was asked what it serves, and has answered or not. What a server pushes is no question. */
    default void discoveryEnded(DiscoveryEnded event) {}

    // ---- routing and topology ----

    /**
     * Another routing table was published. Of the client, only {@link DiscoveryClient#routing} may be called from here: the
     * topology may be in the middle of a change.
     */
    default void routingChanged(RoutingChanged event) {}

    /** Other instances make up the topology. New labels of an instance are no such change. */
    default void topologyChanged(TopologyChanged event) {}

    /** The topology's source failed; the nodes stay. */
    default void topologyFailed(TopologyFailed event) {}

    /**
     * See {@link #opened(Opened)}.
     *
     * @param client the client, which serves nothing yet
     */
    record Opened(DiscoveryClient client) {}

    /**
     * See {@link #closed(Closed)}.
     *
     * @param client the client that {@link Opened} had
     */
    record Closed(DiscoveryClient client) {}

    /**
     * See {@link #callStarted}.
     *
     * @param method the method that is called
     */
    record CallStarted(String method) {
        @Override
        public String toString() {
            return "CallStarted[method=" + SafeText.name(method) + "]";
        }
    }

    /**
     * See {@link #callEnded}.
     *
     * @param method the method that was called
     * @param durationNanos how long the call took, in nanoseconds
     * @param answeredBy the node that gave the result; null if the call failed, or was a call to all nodes
     * @param retries how many attempts followed another one's failure, those that sent nothing included
     * @param hedges how many attempts began while another one was unanswered
     * @param failure what the caller got instead of a result, usually a {@link CallException}; null if it got one
     */
    record CallEnded(
            String method,
            long durationNanos,
            @Nullable Instance answeredBy,
            int retries,
            int hedges,
            @Nullable Throwable failure) {
        @Override
        public String toString() {
            return "CallEnded[method=" + SafeText.name(method) + ", durationNanos=" + durationNanos + ", answeredBy="
                    + answeredBy + ", retries=" + retries + ", hedges=" + hedges + ", failure=" + SafeText.of(failure)
                    + "]";
        }
    }

    /**
     * See {@link #attemptEnded}.
     *
     * @param method the method that was called
     * @param node the node that was called
     * @param durationNanos how long the attempt took, in nanoseconds
     * @param failureKind what kind of failure it was; null if the attempt succeeded
     */
    record AttemptEnded(String method, Instance node, long durationNanos, AttemptException.@Nullable Kind failureKind) {
        @Override
        public String toString() {
            return "AttemptEnded[method=" + SafeText.name(method) + ", node=" + node + ", durationNanos="
                    + durationNanos + ", failureKind=" + failureKind + "]";
        }
    }

    /**
     * See {@link #repliedLate}.
     *
     * @param node the node that replied
     */
    record RepliedLate(Instance node) {}

    /**
     * See {@link #stateChanged}.
     *
     * @param node the node
     * @param from the state that it was in; equal to {@code to} if only the reason has changed
     * @param to the state that it is in
     * @param reason why it is in this state, in words
     */
    record StateChanged(Instance node, NodeSnapshot.State from, NodeSnapshot.State to, String reason) {
        @Override
        public String toString() {
            return "StateChanged[node=" + node + ", from=" + from + ", to=" + to + ", reason=" + SafeText.of(reason)
                    + "]";
        }
    }

    /**
     * See {@link #connected}.
     *
     * @param node the node
     * @param connects how many connections to it were established, this one included: from 2 on, it is a reconnect
     */
    record Connected(Instance node, long connects) {}

    /**
     * See {@link #ejectionChanged}.
     *
     * @param node the node
     * @param ejection that the node was ejected or is being probed; null if it is in service again
     */
    record EjectionChanged(Instance node, NodeSnapshot.@Nullable Ejection ejection) {}

    /**
     * See {@link #discoveryEnded}.
     *
     * @param node the node
     * @param durationNanos how long the answer took, in nanoseconds
     * @param failure why there is no announcement, in words; null if there is one, new or as before
     */
    record DiscoveryEnded(
            Instance node, long durationNanos, @Nullable String failure) {
        @Override
        public String toString() {
            return "DiscoveryEnded[node=" + node + ", durationNanos=" + durationNanos + ", failure="
                    + SafeText.of(failure) + "]";
        }
    }

    /**
     * See {@link #routingChanged}.
     *
     * @param version the table's {@link RoutingSnapshot#version}; {@link DiscoveryClient#routing} has this table or a later
     *     one
     */
    record RoutingChanged(long version) {}

    /**
     * See {@link #topologyChanged}.
     *
     * @param added the instances that are new; unmodifiable
     * @param removed the instances that are gone; unmodifiable
     */
    record TopologyChanged(List<Instance> added, List<Instance> removed) {
        private static final int SHOWN = 10;

        /** Copies both lists. */
        public TopologyChanged {
            added = List.copyOf(added);
            removed = List.copyOf(removed);
        }

        /** If there are many instances, shows their number and the first of them. */
        @Override
        public String toString() {
            return "TopologyChanged[added=" + shown(added) + ", removed=" + shown(removed) + "]";
        }

        private static String shown(List<Instance> instances) {
            int few = Math.min(instances.size(), SHOWN);
            String first = SafeText.of(instances.subList(0, few));
            return few == instances.size() ? first : instances.size() + ", the first of them " + first;
        }
    }

    /**
     * See {@link #topologyFailed}.
     *
     * @param message what went wrong
     */
    record TopologyFailed(String message) {
        @Override
        public String toString() {
            return "TopologyFailed[message=" + SafeText.of(message) + "]";
        }
    }
}
