package io.github.moonlibs.discovery.micrometer;

import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Shows the state, the attempts in flight and the latency of each node that is in the topology. Thread-safe. */
final class NodeGauges {
    private final Snapshots snapshots;
    private final TagValues nodes;
    private final NodeMeters counters;
    private final MultiGauge states;
    private final MultiGauge inFlight;
    private final MultiGauge latencies;
    private final ReentrantLock rows = new ReentrantLock();
    private volatile Set<String> shown = Set.of();

    NodeGauges(Meters meters, Snapshots snapshots, TagValues nodes, NodeMeters counters) {
        this.snapshots = snapshots;
        this.nodes = nodes;
        this.counters = counters;
        states = meters.rows("node.state", "1 for the state that the node is in, 0 for the others", null);
        inFlight = meters.rows("node.inflight", "Attempts under way on the node", null);
        latencies = meters.rows("node.latency", "How long the node takes to answer, as strategies see it", "seconds");
    }

    /** Shows the nodes of the snapshot if others are shown: a new name at an old address changes no topology. */
    void compare(ClientSnapshot snapshot) {
        if (!names(snapshot.topology().nodes()).equals(shown)) {
            show();
        }
    }

    /** Shows the nodes that there are now. */
    void show() {
        rows.lock();
        try {
            DiscoveryClient client = snapshots.client();
            if (client != null) {
                show(client.topology().nodes());
            }
        } finally {
            rows.unlock();
        }
    }

    private void show(List<NodeSnapshot> all) {
        shown = names(all);
        List<Row<?>> state = new ArrayList<>();
        List<Row<?>> flying = new ArrayList<>();
        List<Row<?>> latency = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (NodeSnapshot node : all) {
            counters.begin(node.instance());
            String name = node.instance().name();
            String shownName = nodes.of(name);
            if (shownName.equals(TagValues.OTHER) || node.state() == State.DRAINING || !seen.add(shownName)) {
                continue;
            }
            for (State each : State.values()) {
                Tags own = Tags.of(Meters.NODE, shownName, "state", each.toString());
                state.add(row(own, name, now -> now.state() == each ? 1 : 0));
            }
            Tags own = Tags.of(Meters.NODE, shownName);
            flying.add(row(own, name, NodeSnapshot::inFlight));
            latency.add(row(own, name, NodeGauges::latencySeconds));
        }
        // false: a row that exists stays, and its function reads what is now. A scrape that came while a row is
        // replaced
        // could see it twice, and fail
        states.register(state, false);
        inFlight.register(flying, false);
        latencies.register(latency, false);
    }

    private Row<?> row(Tags own, String name, ToDoubleFunction<NodeSnapshot> value) {
        return Row.of(own, snapshots, from -> from.read(snapshot -> value(snapshot, name, value)));
    }

    private static double value(ClientSnapshot snapshot, String name, ToDoubleFunction<NodeSnapshot> value) {
        return snapshot.topology().nodes().stream()
                .filter(node -> node.instance().name().equals(name) && node.state() != State.DRAINING)
                .mapToDouble(value)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static double latencySeconds(NodeSnapshot node) {
        Duration latency = node.latency();
        return latency == null ? Double.NaN : latency.toNanos() / 1e9;
    }

    private static Set<String> names(List<NodeSnapshot> nodes) {
        return nodes.stream()
                .filter(node -> node.state() != State.DRAINING)
                .map(node -> node.instance().name())
                .collect(Collectors.toSet());
    }

    /** Takes all rows away; to be called when {@link Snapshots} has no client any more. */
    void close() {
        // the lock: after a thread that is showing nodes now
        rows.lock();
        try {
            states.register(List.of(), true);
            inFlight.register(List.of(), true);
            latencies.register(List.of(), true);
        } finally {
            rows.unlock();
        }
    }
}
