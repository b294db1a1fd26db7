package io.github.moonlibs.discovery.core.support;

import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.text.SafeText;
import java.util.List;
import java.util.stream.Collectors;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/**
 * The events of the JDK's flight recorder. Nothing but this class names its classes: an image may have been linked without
 * them, and then there are no events.
 */
public final class FlightRecorder {
    private static final boolean IS_THERE =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private static final String PREFIX = "io.github.moonlibs.discovery.";
    private static final String CATEGORY = "discovery";

    private FlightRecorder() {}

    /** A call that begins now; null if calls are not recorded. */
    public static @Nullable CallEvent call() {
        return IS_THERE ? CallEvent.begun() : null;
    }

    /** An attempt that begins now; null if attempts are not recorded. */
    public static @Nullable AttemptEvent attempt() {
        return IS_THERE ? AttemptEvent.begun() : null;
    }

    /** A question for an announcement that is asked now; null if they are not recorded. */
    public static @Nullable DiscoveryEvent discovery() {
        return IS_THERE ? DiscoveryEvent.begun() : null;
    }

    public static void state(Instance node, State from, State to, String reason) {
        if (IS_THERE) {
            NodeStateEvent.record(node, from, to, reason);
        }
    }

    /**
     * A connection was made.
     *
     * @param protocol what the server says of its protocol; null if it doesn't
     */
    public static void connected(Instance node, String server, @Nullable ServerProtocol protocol) {
        if (IS_THERE) {
            ConnectionEvent.record(node, server, protocol);
        }
    }

    public static void topology(String source, int instances, List<Instance> added, List<Instance> removed) {
        if (IS_THERE) {
            TopologyEvent.record(source, instances, added, removed);
        }
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : SafeText.sentence(value.toString());
    }

    @Name(PREFIX + "Call")
    @Label("Call")
    @Description("A call of the application, with all of its attempts")
    @Category(CATEGORY)
    @Threshold("10 ms")
    public static final class CallEvent extends Event {
        private static final CallEvent PROBE = new CallEvent();

        @Label("Method")
        @Nullable
        String method;

        @Label("Answered By")
        @Nullable
        String node;

        @Label("Retries")
        int retries;

        @Label("Hedges")
        int hedges;

        @Label("Failure")
        @Nullable
        String failure;

        static @Nullable CallEvent begun() {
            if (!PROBE.isEnabled()) {
                return null;
            }
            CallEvent event = new CallEvent();
            event.begin();
            return event;
        }

        public void ended(
                String called, @Nullable Instance answeredBy, int retried, int hedged, @Nullable Throwable failedWith) {
            end();
            if (shouldCommit()) {
                method = SafeText.name(called);
                node = text(answeredBy);
                retries = retried;
                hedges = hedged;
                failure = text(failedWith);
                commit();
            }
        }
    }

    @Name(PREFIX + "Attempt")
    @Label("Attempt")
    @Description("One attempt of a call, on one node")
    @Category(CATEGORY)
    @Threshold("10 ms")
    @StackTrace(false)
    public static final class AttemptEvent extends Event {
        private static final AttemptEvent PROBE = new AttemptEvent();

        @Label("Method")
        @Nullable
        String method;

        @Label("Node")
        @Nullable
        String node;

        @Label("Failure")
        @Nullable
        String failure;

        static @Nullable AttemptEvent begun() {
            if (!PROBE.isEnabled()) {
                return null;
            }
            AttemptEvent event = new AttemptEvent();
            event.begin();
            return event;
        }

        public void ended(String called, Instance on, @Nullable Kind kind) {
            end();
            if (shouldCommit()) {
                method = SafeText.name(called);
                node = on.toString();
                failure = text(kind);
                commit();
            }
        }
    }

    @Name(PREFIX + "Discovery")
    @Label("Discovery")
    @Description("A node was asked what it serves")
    @Category(CATEGORY)
    @Threshold("10 ms")
    @StackTrace(false)
    public static final class DiscoveryEvent extends Event {
        private static final DiscoveryEvent PROBE = new DiscoveryEvent();

        @Label("Node")
        @Nullable
        String node;

        @Label("Failure")
        @Nullable
        String failure;

        static @Nullable DiscoveryEvent begun() {
            if (!PROBE.isEnabled()) {
                return null;
            }
            DiscoveryEvent event = new DiscoveryEvent();
            event.begin();
            return event;
        }

        public void ended(Instance asked, @Nullable String why) {
            end();
            if (shouldCommit()) {
                node = asked.toString();
                failure = text(why);
                commit();
            }
        }
    }

    @Name(PREFIX + "Connection")
    @Label("Connection")
    @Description("A connection to a node was established")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class ConnectionEvent extends Event {
        @Label("Node")
        @Nullable
        String node;

        @Label("Server")
        @Nullable
        String server;

        @Label("Protocol")
        @Nullable
        String protocol;

        static void record(Instance node, String server, @Nullable ServerProtocol protocol) {
            ConnectionEvent event = new ConnectionEvent();
            if (event.shouldCommit()) {
                event.node = node.toString();
                event.server = SafeText.name(server);
                event.protocol = text(protocol);
                event.commit();
            }
        }
    }

    @Name(PREFIX + "NodeState")
    @Label("Node State")
    @Description("A node is in another state, or in the same for another reason")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class NodeStateEvent extends Event {
        @Label("Node")
        @Nullable
        String node;

        @Label("From")
        @Nullable
        String from;

        @Label("To")
        @Nullable
        String to;

        @Label("Reason")
        @Nullable
        String reason;

        static void record(Instance node, State from, State to, String reason) {
            NodeStateEvent event = new NodeStateEvent();
            if (event.shouldCommit()) {
                event.node = node.toString();
                event.from = from.toString();
                event.to = to.toString();
                event.reason = text(reason);
                event.commit();
            }
        }
    }

    @Name(PREFIX + "Topology")
    @Label("Topology")
    @Description("Other instances make up the topology")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class TopologyEvent extends Event {
        @Label("Source")
        @Nullable
        String source;

        @Label("Instances")
        int instances;

        @Label("Added")
        @Nullable
        String added;

        @Label("Removed")
        @Nullable
        String removed;

        static void record(String source, int instances, List<Instance> added, List<Instance> removed) {
            TopologyEvent event = new TopologyEvent();
            if (event.shouldCommit()) {
                event.source = text(source);
                event.instances = instances;
                event.added = names(added);
                event.removed = names(removed);
                event.commit();
            }
        }

        private static String names(List<Instance> instances) {
            return instances.stream().map(Instance::toString).collect(Collectors.joining(", "));
        }
    }
}
