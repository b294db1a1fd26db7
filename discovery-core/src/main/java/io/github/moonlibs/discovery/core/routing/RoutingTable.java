package io.github.moonlibs.discovery.core.routing;

import io.github.moonlibs.discovery.MethodRule;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which nodes serve which method: an immutable snapshot, published whole and read without locks. */
public final class RoutingTable {
    static final RoutingTable EMPTY = new RoutingTable(0, Map.of());

    private final long version;
    private final Map<String, MethodRoutes> methods;

    private RoutingTable(long version, Map<String, MethodRoutes> methods) {
        this.version = version;
        this.methods = methods;
    }

    /** Counts the tables: each has a number of its own. */
    public long version() {
        return version;
    }

    @Nullable
    public MethodRoutes routes(String method) {
        return methods.get(method);
    }

    /**
     * The table that follows this one. A method that did not change keeps its picker, and with it whatever a strategy
     * has learnt.
     *
     * @param changed the methods that are to be built anew
     * @param book has the routes of these methods; one without routes is left out of the table
     */
    RoutingTable next(Set<String> changed, RouteBook book, Balancing balancing) {
        Map<String, MethodRoutes> next = new HashMap<>(methods);
        for (String method : changed) {
            Collection<Route> candidates = book.routes(method);
            if (candidates.isEmpty()) {
                next.remove(method);
            } else {
                WeightStrategy strategy = balancing.strategies().of(method);
                next.put(method, MethodRoutes.of(candidates, methods.get(method), strategy, balancing));
            }
        }
        return new RoutingTable(version + 1, next);
    }

    /**
     * The table as applications see it.
     *
     * @param rules of the client
     */
    public RoutingSnapshot snapshot(List<MethodRule> rules) {
        Map<String, List<RoutingSnapshot.Route>> snapshot = new HashMap<>();
        methods.forEach((method, routes) -> snapshot.put(method, routes.snapshot()));
        return new RoutingSnapshot(version, snapshot, rules);
    }
}
