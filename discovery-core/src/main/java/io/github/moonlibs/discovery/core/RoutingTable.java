package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which nodes serve which method: an immutable snapshot, published whole and read without locks. */
final class RoutingTable {
    static final RoutingTable EMPTY = new RoutingTable(0, Map.of());

    private final long version;
    private final Map<String, MethodRoutes> methods;

    private RoutingTable(long version, Map<String, MethodRoutes> methods) {
        this.version = version;
        this.methods = methods;
    }

    @Nullable
    MethodRoutes routes(String method) {
        return methods.get(method);
    }

    /**
     * The table that follows this one. A method whose routes are the very same objects keeps its picker, and with it
     * whatever a strategy has learnt.
     *
     * @param perNode the routes of each node, by method, weight 0 excluded
     */
    RoutingTable next(Collection<Map<String, Route>> perNode, WeightStrategy strategy) {
        Map<String, List<Route>> perMethod = new HashMap<>();
        for (Map<String, Route> routes : perNode) {
            routes.forEach((method, route) ->
                    perMethod.computeIfAbsent(method, any -> new ArrayList<>()).add(route));
        }
        Map<String, MethodRoutes> next = HashMap.newHashMap(perMethod.size());
        perMethod.forEach((method, routes) -> {
            MethodRoutes previous = methods.get(method);
            boolean same = previous != null && sameObjects(previous.all(), routes);
            next.put(method, same ? previous : new MethodRoutes(routes, strategy));
        });
        return new RoutingTable(version + 1, next);
    }

    // the router keeps the objects of what did not change, and comparing a hundred thousand by value takes milliseconds
    @SuppressWarnings("ReferenceEquality")
    private static boolean sameObjects(List<Route> some, List<Route> others) {
        if (some.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < some.size(); i++) {
            if (some.get(i) != others.get(i)) {
                return false;
            }
        }
        return true;
    }

    RoutingSnapshot snapshot() {
        Map<String, List<RoutingSnapshot.Route>> snapshot = new HashMap<>();
        methods.forEach((method, routes) -> {
            double total = routes.all().stream().mapToDouble(Route::weight).sum();
            snapshot.put(
                    method,
                    routes.all().stream()
                            .map(route -> new RoutingSnapshot.Route(
                                    route.instance(), route.weight(), route.weight() / total, route.retriable()))
                            .toList());
        });
        return new RoutingSnapshot(version, snapshot);
    }
}
