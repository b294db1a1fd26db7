package io.github.moonlibs.discovery.micrometer;

import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * The metrics of one client; docs/operations.md lists them. Thread-safe.
 *
 * <pre>{@code
 * var client = DiscoveryClient.builder()
 *         .topology("etcd://10.0.0.1:2379/users")
 *         .observer(DiscoveryMetrics.builder(registry).tag("client", "users").build())
 *         .connect();
 * }</pre>
 *
 * <p>The number of series is bounded: methods and nodes beyond the limits count together, under the name {@code other};
 * gauges, which cannot be added up, leave them out.
 */
public final class DiscoveryMetrics implements ClientObserver {
    private final Snapshots snapshots;
    private final ClientMeters client;
    private final CallMeters calls;
    private final NodeMeters nodes;
    private final NodeGauges nodeGauges;
    private final RouteGauges routeGauges;

    private DiscoveryMetrics(Builder builder) {
        Meters meters = new Meters(builder.registry, builder.tags);
        TagValues methodNames = new TagValues(builder.maxMethods);
        TagValues nodeNames = new TagValues(builder.maxNodes);
        snapshots = new Snapshots(this::compareNodes);
        client = new ClientMeters(meters, snapshots);
        calls = new CallMeters(meters, methodNames, nodeNames);
        nodes = new NodeMeters(meters, nodeNames);
        nodeGauges = new NodeGauges(meters, snapshots, nodeNames, nodes);
        routeGauges = new RouteGauges(meters, snapshots, methodNames, nodeNames);
    }

    /** Metrics in the registry. */
    public static Builder builder(MeterRegistry registry) {
        return new Builder(registry);
    }

    /** Metrics in the registry, without further tags and with the usual limits. */
    public static DiscoveryMetrics of(MeterRegistry registry) {
        return builder(registry).build();
    }

    private void compareNodes(ClientSnapshot snapshot) {
        nodeGauges.compare(snapshot);
    }

    @Override
    public void opened(Opened event) {
        snapshots.open(event.client());
        client.open();
    }

    @Override
    public void closed(Closed event) {
        snapshots.close();
        client.close();
        nodeGauges.close();
        routeGauges.close();
    }

    @Override
    public void callEnded(CallEnded event) {
        calls.ended(event);
    }

    @Override
    public void attemptEnded(AttemptEnded event) {
        calls.ended(event);
    }

    @Override
    public void repliedLate(RepliedLate event) {
        nodes.repliedLate(event);
    }

    @Override
    public void connected(Connected event) {
        nodes.connected(event);
    }

    @Override
    public void ejectionChanged(EjectionChanged event) {
        nodes.ejectionChanged(event);
    }

    @Override
    public void discoveryEnded(DiscoveryEnded event) {
        nodes.discoveryEnded(event);
    }

    @Override
    public void routingChanged(RoutingChanged event) {
        routeGauges.show();
    }

    @Override
    public void topologyChanged(TopologyChanged event) {
        client.topologyChanged();
        nodeGauges.show();
    }

    @Override
    public void topologyFailed(TopologyFailed event) {
        client.topologyFailed();
    }

    /** Collects what the metrics are to be like. Not thread-safe. */
    public static final class Builder {
        private final MeterRegistry registry;
        private Tags tags = Tags.empty();
        private int maxMethods = 100;
        private int maxNodes = 50;

        private Builder(MeterRegistry registry) {
            this.registry = registry;
        }

        /** Adds a tag to every meter. Where there are several clients, it distinguishes them. */
        public Builder tag(String key, String value) {
            tags = tags.and(key, value);
            return this;
        }

        /**
         * How many methods have series of their own. Default: 100.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder maxMethods(int methods) {
            maxMethods = notNegative("maxMethods", methods);
            return this;
        }

        /**
         * How many nodes have series of their own, over the client's whole life. Default: 50.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder maxNodes(int nodes) {
            maxNodes = notNegative("maxNodes", nodes);
            return this;
        }

        private static int notNegative(String option, int value) {
            if (value < 0) {
                throw new IllegalArgumentException(option + ": expected at least 0, got " + value);
            }
            return value;
        }

        /** The metrics, for one client. */
        public DiscoveryMetrics build() {
            return new DiscoveryMetrics(this);
        }
    }
}
