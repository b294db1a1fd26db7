package io.github.moonlibs.discovery;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The routing table at one moment. Immutable and thread-safe.
 *
 * @param version counts the tables that were published; equal announcements publish none
 * @param routes by method, sorted; a method that nobody may be called for is not in it
 */
public record RoutingSnapshot(long version, Map<String, List<Route>> routes) {
    /** Copies the map. */
    public RoutingSnapshot {
        routes = Collections.unmodifiableMap(new TreeMap<>(routes));
    }

    /**
     * A node that may be called for a method.
     *
     * @param node the member of the topology
     * @param weight as announced, above 0
     * @param share of the first attempts that the announced weights give it, 0 to 1
     * @param retriable whether a call that failed here may be repeated elsewhere
     */
    public record Route(Instance node, double weight, double share, boolean retriable) {}

    /** Who serves the method now; empty if nobody does. */
    public List<Route> routes(String method) {
        return routes.getOrDefault(method, List.of());
    }
}
