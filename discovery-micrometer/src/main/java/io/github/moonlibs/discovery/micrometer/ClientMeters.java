package io.github.moonlibs.discovery.micrometer;

import io.github.moonlibs.discovery.ClientSnapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;

/** What there is once for a client: its calls, its retry budget, its topology. Thread-safe. */
final class ClientMeters {
    private final Meters meters;
    private final Snapshots snapshots;
    private final Counter topologyChanges;
    private final Counter topologyFailures;
    private final List<Meter> gauges = new CopyOnWriteArrayList<>();

    ClientMeters(Meters meters, Snapshots snapshots) {
        this.meters = meters;
        this.snapshots = snapshots;
        topologyChanges = meters.counter("topology.changes", "Changes of the set of instances", Tags.empty());
        topologyFailures = meters.counter("topology.failures", "Failures of the topology's source", Tags.empty());
    }

    /** Shows the gauges. */
    void open() {
        show("calls.active", "Calls that have begun and not ended", ClientSnapshot::callsInFlight);
        show("calls.waiting", "Calls that wait for a route", ClientSnapshot::waitingCalls);
        show(
                "retry.budget.available",
                "Retries and hedges that may be made now",
                snapshot -> snapshot.retryBudget().available());
        show(
                "topology.failing",
                "1 while the topology's source fails, otherwise 0",
                snapshot -> snapshot.topology().lastError() == null ? 0 : 1);
        gauges.add(meters.secondsGauge(
                "topology.age",
                "Since the source confirmed the topology last",
                snapshots,
                from -> from.read(ClientMeters::topologyAge)));
    }

    private void show(String name, String description, ToDoubleFunction<ClientSnapshot> value) {
        gauges.add(meters.gauge(name, description, snapshots, from -> from.read(value)));
    }

    private static double topologyAge(ClientSnapshot snapshot) {
        Duration age = snapshot.topology().age();
        return age == null ? Double.NaN : age.toNanos() / 1e9;
    }

    void topologyChanged() {
        topologyChanges.increment();
    }

    void topologyFailed() {
        topologyFailures.increment();
    }

    /** Takes the gauges away, so that the next client with the same tags gets gauges of its own. */
    void close() {
        gauges.forEach(meters::remove);
        gauges.clear();
    }
}
