package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the nodes announce into routing tables. Readers see the last table published; those that change it take
 * turns. When a change returns, a table that contains it has been published, but many changes that come together share
 * one.
 */
final class Router {
    private final WeightStrategy strategy;
    private final RouteWaiters waiters;

    private final ReentrantLock lock = new ReentrantLock();
    // guarded by the lock: each node's routes by method, weight 0 left out
    private final Map<Node, Map<String, Route>> perNode = new LinkedHashMap<>();
    private final AtomicLong changes = new AtomicLong();
    private long published;

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
        change(() -> {
            if (node.isStopping()) {
                // removed while it was asked: it must not come back
                return perNode.remove(node) != null;
            }
            Map<String, Route> old = perNode.getOrDefault(node, Map.of());
            Map<String, Route> routes = routes(node, session, announcement, old);
            boolean same = routes.equals(old);
            if (!same) {
                perNode.put(node, routes);
            }
            return !same;
        });
    }

    /** Puts what the topology says of the node now into its routes, for strategies that go by it. */
    void relabel(Node node) {
        change(() -> perNode.computeIfPresent(node, (same, routes) -> {
                    Map<String, Route> relabelled = new HashMap<>();
                    routes.forEach((method, route) -> relabelled.put(method, route.withInstance(node.instance())));
                    return relabelled;
                })
                != null);
    }

    /** Routes nothing to the node any more. */
    void withdraw(Node node) {
        change(() -> perNode.remove(node) != null);
    }

    private static Map<String, Route> routes(
            Node node, Session session, Announcement announcement, Map<String, Route> old) {
        Map<String, Route> routes = new HashMap<>();
        announcement.methods().forEach((name, method) -> {
            if (method.weight() > 0) {
                Route route = new Route(
                        node, session, node.instance(), method.weight(), method.retriable(), announcement.attributes());
                Route before = old.get(name);
                // the old object tells the table that nothing changed for this method
                routes.put(name, route.equals(before) ? before : route);
            }
        });
        return routes;
    }

    private interface Change {
        /** Makes the change; whether it was one. */
        boolean apply();
    }

    private void change(Change change) {
        long mine;
        lock.lock();
        try {
            if (!change.apply()) {
                return;
            }
            mine = changes.incrementAndGet();
        } finally {
            lock.unlock();
        }
        publish(mine);
    }

    private void publish(long change) {
        lock.lock();
        try {
            if (published < change) {
                table = table.next(perNode.values(), strategy);
                published = changes.get();
            }
        } finally {
            lock.unlock();
        }
        waiters.wake(table);
    }
}
