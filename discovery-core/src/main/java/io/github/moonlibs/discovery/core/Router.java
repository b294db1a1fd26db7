package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the nodes announce into routing tables. Readers see the last table published; those that change it take
 * turns. When a change returns, a table that contains it has been published, but many changes that come together share
 * one, and only the methods that changed are built anew.
 */
final class Router {
    private final WeightStrategy strategy;
    private final RouteWaiters waiters;

    private final ReentrantLock lock = new ReentrantLock();
    // guarded by the lock; weight 0 is in neither
    private final Map<Node, Map<String, Route>> byNode = new HashMap<>();
    private final Map<String, Map<Node, Route>> byMethod = new HashMap<>();
    private final Set<String> unpublished = new HashSet<>();

    private volatile RoutingTable table = RoutingTable.EMPTY;

    Router(WeightStrategy strategy, RouteWaiters waiters) {
        this.strategy = strategy;
        this.waiters = waiters;
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
                                announcement.attributes()));
            }
        });
        // a node that was removed while it was asked must not come back
        change(() -> replace(node, node.isStopping() ? Map.of() : routes));
    }

    /** Puts what the topology says of the node now into its routes, for strategies that go by it. */
    void relabel(Node node) {
        change(() -> {
            Map<String, Route> relabelled = new HashMap<>();
            byNode.getOrDefault(node, Map.of())
                    .forEach((method, route) -> relabelled.put(method, route.withInstance(node.instance())));
            replace(node, relabelled);
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
            table = table.next(unpublished, byMethod, strategy);
            unpublished.forEach(
                    method -> byMethod.computeIfPresent(method, (same, routes) -> routes.isEmpty() ? null : routes));
            unpublished.clear();
        } finally {
            lock.unlock();
        }
        waiters.wake(table);
    }
}
