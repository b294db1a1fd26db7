package io.github.moonlibs.discovery.micrometer;

import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import io.github.moonlibs.discovery.spi.ClientObserver.Connected;
import io.github.moonlibs.discovery.spi.ClientObserver.DiscoveryEnded;
import io.github.moonlibs.discovery.spi.ClientObserver.EjectionChanged;
import io.github.moonlibs.discovery.spi.ClientObserver.RepliedLate;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Counts what happens to nodes, and times their discoveries. Thread-safe. */
final class NodeMeters {
    private final Meters meters;
    private final TagValues nodes;
    private final Counters lateReplies;
    private final Counters ejections;
    private final Counters reconnects;
    private final Map<String, Timer> discoveries = new ConcurrentHashMap<>();
    private final Map<String, Timer> failedDiscoveries = new ConcurrentHashMap<>();

    NodeMeters(Meters meters, TagValues nodes) {
        this.meters = meters;
        this.nodes = nodes;
        lateReplies =
                new Counters(meters, "late.replies", "Replies that came after their attempt had ended", Meters.NODE);
        ejections = new Counters(meters, "ejections", "Ejections because of how the node's calls ended", Meters.NODE);
        reconnects = new Counters(meters, "reconnects", "Connections to the node after its first one", Meters.NODE);
    }

    /** Begins the node's counters at zero: no rate can be had of a counter that begins at 1. */
    void begin(Instance node) {
        String name = nodes.of(node.name());
        lateReplies.of(name);
        ejections.of(name);
        reconnects.of(name);
    }

    void repliedLate(RepliedLate event) {
        lateReplies.of(nodes.of(event.node().name())).increment();
    }

    void connected(Connected event) {
        if (event.connects() > 1) {
            reconnects.of(nodes.of(event.node().name())).increment();
        }
    }

    void ejectionChanged(EjectionChanged event) {
        Ejection ejection = event.ejection();
        if (ejection != null && !ejection.isProbing()) {
            ejections.of(nodes.of(event.node().name())).increment();
        }
    }

    void discoveryEnded(DiscoveryEnded event) {
        boolean succeeded = event.failure() == null;
        (succeeded ? discoveries : failedDiscoveries)
                .computeIfAbsent(
                        nodes.of(event.node().name()),
                        name -> discoveryTimer(name, succeeded ? Meters.SUCCESS : "failed"))
                .record(event.durationNanos(), TimeUnit.NANOSECONDS);
    }

    private Timer discoveryTimer(String node, String outcome) {
        return meters.register(meters.timer(
                "discoveries",
                "Questions to the node for its announcement",
                Tags.of(Meters.NODE, node, Meters.OUTCOME, outcome)));
    }
}
