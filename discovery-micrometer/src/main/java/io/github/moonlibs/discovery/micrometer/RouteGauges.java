package io.github.moonlibs.discovery.micrometer;

import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot.Route;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;

/** Shows the weight and the share of each route in the routing table. Thread-safe. */
final class RouteGauges {
    private final Snapshots snapshots;
    private final TagValues methods;
    private final TagValues nodes;
    private final MultiGauge weights;
    private final MultiGauge shares;
    private final ReentrantLock rows = new ReentrantLock();

    RouteGauges(Meters meters, Snapshots snapshots, TagValues methods, TagValues nodes) {
        this.snapshots = snapshots;
        this.methods = methods;
        this.nodes = nodes;
        weights = meters.rows("route.weight", "The announced weight of a route", null);
        shares = meters.rows("route.share", "Which part of the method's first attempts goes to the node, 0 to 1", null);
    }

    /** Shows the routes that there are now. */
    void show() {
        rows.lock();
        try {
            DiscoveryClient client = snapshots.client();
            if (client != null) {
                show(client.routing());
            }
        } finally {
            rows.unlock();
        }
    }

    private void show(RoutingSnapshot routing) {
        List<Row<?>> weight = new ArrayList<>();
        List<Row<?>> share = new ArrayList<>();
        routing.routes().forEach((method, routes) -> {
            for (Route route : routes) {
                String name = route.node().name();
                Tags own = Tags.of(Meters.METHOD, methods.of(method), Meters.NODE, nodes.of(name));
                if (own.stream().noneMatch(tag -> tag.getValue().equals(TagValues.OTHER))) {
                    weight.add(row(own, method, name, Route::weight));
                    share.add(row(own, method, name, Route::share));
                }
            }
        });
        weights.register(weight, false);
        shares.register(share, false);
    }

    private Row<?> row(Tags own, String method, String name, ToDoubleFunction<Route> value) {
        return Row.of(own, snapshots, from -> from.read(snapshot -> value(snapshot, method, name, value)));
    }

    private static double value(ClientSnapshot snapshot, String method, String name, ToDoubleFunction<Route> value) {
        return snapshot.routing().routes(method).stream()
                .filter(route -> route.node().name().equals(name))
                .mapToDouble(value)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** Takes all rows away; to be called when {@link Snapshots} has no client any more. */
    void close() {
        // the lock: after a thread that is showing routes now
        rows.lock();
        try {
            weights.register(List.of(), true);
            shares.register(List.of(), true);
        } finally {
            rows.unlock();
        }
    }
}
