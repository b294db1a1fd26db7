package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.options.ByMethod;
import io.github.moonlibs.discovery.text.SafeText;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The routing table at one moment. Immutable and thread-safe.
 *
 * @param version counts the tables that were published; equal announcements publish none
 * @param routes by method, sorted; a method that no node may be called for is not in it. In a client with rules, by the methods
 *     of the rules
 * @param rules of the client; none where the servers announce what they serve
 */
public record RoutingSnapshot(long version, Map<String, List<Route>> routes, List<MethodRule> rules) {
    private static final int MAX_METHODS = 20;
    private static final int MAX_NODES = 10;

    /** Copies the map and the list. */
    public RoutingSnapshot {
        routes = Collections.unmodifiableMap(new TreeMap<>(routes));
        rules = List.copyOf(rules);
    }

    /** The table of a client without rules. */
    public RoutingSnapshot(long version, Map<String, List<Route>> routes) {
        this(version, routes, List.of());
    }

    /**
     * A node that may be called for a method.
     *
     * @param node the member of the topology
     * @param weight as announced, above 0
     * @param share of the first attempts that the announced weights give it, 0 to 1
     * @param retriable whether a call that failed here may be repeated elsewhere
     * @param tier as announced; a node whose tier is not the lowest in service has no share, and gets what the others can't
     *     take
     */
    public record Route(Instance node, double weight, double share, boolean retriable, int tier) {
        /** A route in the first tier. */
        public Route(Instance node, double weight, double share, boolean retriable) {
            this(node, weight, share, retriable, 0);
        }

        /** Node, weight and share, whether it is retriable, and its tier unless that is the first. */
        @Override
        public String toString() {
            return node + " weight " + DecimalText.exact(weight) + " (" + DecimalText.of(100 * share) + " %"
                    + (retriable ? ", retriable" : "") + (tier > 0 ? ", tier " + tier : "") + ")";
        }
    }

    /** The routes of the method, which in a client with rules are those of the rule that covers it; empty if no node serves it. */
    public List<Route> routes(String method) {
        List<Route> own = routes.get(method);
        return own != null
                ? own
                : rule(method).map(rule -> routes.get(rule.methods())).orElse(List.of());
    }

    /**
     * The rule that says who serves the method: the one for its whole name, or that for the longest beginning. Empty if none covers
     * it.
     */
    public Optional<MethodRule> rule(String method) {
        return Optional.ofNullable(ByMethod.rules(rules).of(method));
    }

    /** The version, then a line for each of the first 20 methods with its first 10 nodes; how many more there are. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("routing table ")
                .append(version)
                .append(", methods: ")
                .append(routes.size());
        routes.entrySet().stream()
                .limit(MAX_METHODS)
                .forEach(entry -> text.append("\n  ")
                        .append(SafeText.name(entry.getKey()))
                        .append(": ")
                        .append(nodes(entry.getValue())));
        if (routes.size() > MAX_METHODS) {
            text.append("\n  … and ").append(routes.size() - MAX_METHODS).append(" more");
        }
        return text.toString();
    }

    private static String nodes(List<Route> all) {
        String more = all.size() > MAX_NODES ? ", … and " + (all.size() - MAX_NODES) + " more" : "";
        return all.stream().limit(MAX_NODES).map(Route::toString).collect(Collectors.joining(", ")) + more;
    }
}
