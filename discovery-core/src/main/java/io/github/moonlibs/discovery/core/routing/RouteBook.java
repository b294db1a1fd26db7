package io.github.moonlibs.discovery.core.routing;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.core.health.Outlier;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * All routes, by node and by method, and the methods whose routes have changed since the last table. The router's
 * drafting paper: not thread-safe.
 */
final class RouteBook {
    private final Balancing balancing;

    // a method of weight 0 is in neither
    private final Map<Node, Map<String, Route>> byNode = new HashMap<>();
    private final Map<String, Map<Node, Route>> byMethod = new HashMap<>();
    private final Set<String> changed = new HashSet<>();

    /** Some nodes have a twin that is called in their place: what they announce is in neither, but kept here. */
    private final Twins twins = new Twins();

    private final Map<Node, Map<String, Route>> behind = new HashMap<>();

    private final Fence fence = new Fence();

    RouteBook(Balancing balancing) {
        this.balancing = balancing;
    }

    /** The routes of a method, but for those that are kept from their nodes. */
    Collection<Route> routes(String method) {
        Collection<Route> all = byMethod.getOrDefault(method, Map.of()).values();
        return fence.isDown()
                ? all
                : all.stream()
                        .filter(route -> !fence.bars(route.node(), method))
                        .toList();
    }

    boolean hasChanged() {
        return !changed.isEmpty();
    }

    Set<String> changed() {
        return changed;
    }

    /** How many routes the changed methods have. */
    long routesOfChanged() {
        long sum = 0;
        for (String method : changed) {
            sum += routes(method).size();
        }
        return sum;
    }

    /** The changes have been published. */
    void settle() {
        changed.forEach(
                method -> byMethod.computeIfPresent(method, (same, routes) -> routes.isEmpty() ? null : routes));
        changed.clear();
    }

    void announce(Node node, Session session, Announcement announcement) {
        if (node.isStopping()) {
            // a node that was removed while it was asked must not come back
            remove(node);
            return;
        }
        boolean otherAttributes = !node.attributes().equals(announcement.attributes());
        node.announcedOf(announcement);
        Map<String, Route> routes = routes(node, session, announcement);
        twins.join(node, session.identity());
        boolean isBehind = twins.isBehind(node);
        if (isBehind) {
            behind.put(node, routes);
        } else {
            behind.remove(node);
        }
        replace(node, isBehind ? Map.of() : routes);
        callNext();
        changed.addAll(fence.announce(node, announcement));
        if (otherAttributes) {
            routes.keySet().stream()
                    .filter(method -> balancing.strategies().readsAttributes(method))
                    .forEach(changed::add);
        }
    }

    private Map<String, Route> routes(Node node, Session session, Announcement announcement) {
        long since = sinceNanos(node);
        Map<String, Route> routes = new HashMap<>();
        announcement.methods().forEach((name, method) -> {
            if (method.weight() > 0) {
                Route route = new Route(
                        node,
                        session,
                        node.instance(),
                        method.weight(),
                        method.retriable(),
                        method.tier(),
                        method.notExecuted(),
                        since);
                routes.put(name, route);
            }
        });
        return routes;
    }

    /** Since when the node has been routed to: from now, if it is not yet. */
    private long sinceNanos(Node node) {
        Map<String, Route> routes = byNode.get(node);
        return routes == null
                ? balancing.nanoTime().getAsLong()
                : routes.values().iterator().next().sinceNanos();
    }

    void withdraw(Node node) {
        behind.remove(node);
        replace(node, Map.of());
        twins.leave(node);
        callNext();
    }

    /** Those that have come to the first place are called from now on. */
    private void callNext() {
        for (Iterator<Map.Entry<Node, Map<String, Route>>> each =
                        behind.entrySet().iterator();
                each.hasNext(); ) {
            Map.Entry<Node, Map<String, Route>> entry = each.next();
            if (!twins.isBehind(entry.getKey())) {
                replace(entry.getKey(), entry.getValue());
                each.remove();
            }
        }
    }

    /** What is to be logged of the nodes, and was not yet. */
    List<String> takeComplaints() {
        List<String> complaints = new ArrayList<>(twins.takeComplaints());
        complaints.addAll(fence.takeComplaints());
        return complaints;
    }

    /** As {@link #withdraw}, for a node that does not come back. */
    void remove(Node node) {
        withdraw(node);
        changed.addAll(fence.forget(node));
    }

    void relabel(Node node) {
        changeRoutes(node, route -> route.withInstance(node.instance()));
    }

    void reconsider(Node node) {
        boolean isBack = node.health().outlier().state() == Outlier.State.IN;
        long now = balancing.nanoTime().getAsLong();
        changeRoutes(node, route -> isBack ? route.withSince(now) : route);
    }

    /** Changes each of the node's routes; all methods that it serves are looked at anew. */
    private void changeRoutes(Node node, UnaryOperator<Route> change) {
        behind.computeIfPresent(node, (same, kept) -> changed(kept, change));
        Map<String, Route> routes = changed(byNode.getOrDefault(node, Map.of()), change);
        replace(node, routes);
        changed.addAll(routes.keySet());
    }

    private static Map<String, Route> changed(Map<String, Route> routes, UnaryOperator<Route> change) {
        Map<String, Route> next = new HashMap<>();
        routes.forEach((method, route) -> next.put(method, change.apply(route)));
        return next;
    }

    private static Map<String, Route> both(Map<String, Route> old, Map<String, Route> routes) {
        Map<String, Route> both = new HashMap<>(old);
        both.putAll(routes);
        return both;
    }

    /** An Error that interrupts this leaves in byNode all that byMethod has, so that it can be done again. */
    private void replace(Node node, Map<String, Route> routes) {
        Map<String, Route> old = byNode.getOrDefault(node, Map.of());
        if (!routes.isEmpty()) {
            byNode.put(node, old.isEmpty() ? routes : both(old, routes));
        }
        for (String method : old.keySet()) {
            Map<Node, Route> others = byMethod.get(method);
            if (others != null && !routes.containsKey(method)) {
                changed.add(method);
                others.remove(node);
            }
        }
        routes.forEach((method, route) -> {
            Map<Node, Route> all = byMethod.computeIfAbsent(method, any -> new LinkedHashMap<>());
            if (!route.equals(all.get(node))) {
                changed.add(method);
                all.put(node, route);
            }
        });
        if (routes.isEmpty()) {
            byNode.remove(node);
        } else {
            byNode.put(node, routes);
        }
    }
}
