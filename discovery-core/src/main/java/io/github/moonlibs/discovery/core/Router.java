package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the nodes announce into routing tables. Readers see the last table published; those that change it take
 * turns. When a change returns, a table that contains it has been published, but many changes that come together share
 * one, and only the methods that changed are built anew.
 */
final class Router {
    private final Balancing balancing;
    private final RouteWaiters waiters;
    private final Observers observers;

    private final ReentrantLock lock = new ReentrantLock();
    // guarded by the lock; weight 0 is in neither
    private final Map<Node, Map<String, Route>> byNode = new HashMap<>();
    private final Map<String, Map<Node, Route>> byMethod = new HashMap<>();
    private final Set<String> unpublished = new HashSet<>();

    private volatile RoutingTable table = RoutingTable.EMPTY;

    Router(Balancing balancing, RouteWaiters waiters, Observers observers) {
        this.balancing = balancing;
        this.waiters = waiters;
        this.observers = observers;
    }

    RoutingTable table() {
        return table;
    }

    @Nullable
    MethodRoutes routes(String method) {
        return table.routes(method);
    }

    /** Routes to the node what it announces over the session; all that it announced before is replaced. */
    void announce(Node node, Session session, Announcement announcement) {
        change(() -> {
            // a node that was removed while it was asked must not come back
            boolean stays = !node.isStopping();
            replace(node, stays ? routes(node, session, announcement, sinceNanos(node)) : Map.of());
        });
    }

    private static Map<String, Route> routes(Node node, Session session, Announcement announcement, long sinceNanos) {
        Map<String, Route> routes = new HashMap<>();
        announcement.methods().forEach((name, method) -> {
            if (method.weight() > 0) {
                routes.put(
                        name,
                        new Route(
                                node,
                                session,
                                node.instance(),
                                method.weight(),
                                method.retriable(),
                                sinceNanos,
                                announcement.attributes()));
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

    /** Puts what the topology says of the node now into its routes, for strategies that go by it. */
    void relabel(Node node) {
        changeRoutes(node, route -> route.withInstance(node.instance()));
    }

    /** Takes the node out, or back, after its health has changed; one that is back in service starts slowly. */
    void reconsider(Node node) {
        boolean isBack = node.health().outlier().state() == Outlier.State.IN;
        long now = balancing.nanoTime().getAsLong();
        changeRoutes(node, route -> isBack ? route.withSince(now) : route);
    }

    /** Changes each of the node's routes, and looks anew at all methods that it serves. */
    private void changeRoutes(Node node, UnaryOperator<Route> change) {
        change(() -> {
            Map<String, Route> changed = new HashMap<>();
            byNode.getOrDefault(node, Map.of()).forEach((method, route) -> changed.put(method, change.apply(route)));
            replace(node, changed);
            unpublished.addAll(changed.keySet());
        });
    }

    /** Routes nothing to the node any more. */
    void withdraw(Node node) {
        change(() -> replace(node, Map.of()));
    }

    private void replace(Node node, Map<String, Route> routes) {
        Map<String, Route> old = routes.isEmpty() ? byNode.remove(node) : byNode.put(node, routes);
        if (old != null) {
            old.keySet().stream().filter(method -> !routes.containsKey(method)).forEach(method -> {
                byMethod.getOrDefault(method, Map.of()).remove(node);
                unpublished.add(method);
            });
        }
        routes.forEach((method, route) -> {
            Route before = byMethod.computeIfAbsent(method, any -> new LinkedHashMap<>())
                    .put(node, route);
            if (!route.equals(before)) {
                unpublished.add(method);
            }
        });
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
        publish();
    }

    /** Publishes all changes that were made until now, unless somebody else just has. */
    private void publish() {
        lock.lock();
        try {
            if (unpublished.isEmpty()) {
                return;
            }
            table = table.next(unpublished, byMethod, balancing);
            unpublished.forEach(
                    method -> byMethod.computeIfPresent(method, (same, routes) -> routes.isEmpty() ? null : routes));
            unpublished.clear();
        } finally {
            lock.unlock();
        }
        waiters.wake(table);
        observers.tell(ClientObserver::routingChanged);
    }
}
