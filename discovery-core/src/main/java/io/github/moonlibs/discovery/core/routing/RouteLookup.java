package io.github.moonlibs.discovery.core.routing;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds one method's routes without hashing its name: they are remembered, and looked up again only when another table
 * was published. Thread-safe.
 *
 * <p>What is remembered is held weakly, so that a lookup which is no longer used keeps no removed node. While the
 * table is the present one it has the routes itself.
 */
public final class RouteLookup {
    /** What a table said; replaced whole, so that threads may race for it. */
    private static final class Found extends WeakReference<@Nullable MethodRoutes> {
        final long version;
        final boolean served;

        Found(long version, @Nullable MethodRoutes routes) {
            super(routes);
            this.version = version;
            this.served = routes != null;
        }
    }

    private final Router router;
    private final String method;
    private Found found;

    public RouteLookup(Router router, String method) {
        this.router = router;
        this.method = router.entry(method);
        this.found = look(router.table());
    }

    /** The routes of the present table; null if no node serves the method. */
    @Nullable
    public MethodRoutes routes() {
        RoutingTable table = router.table();
        Found last = found;
        if (last.version != table.version()) {
            last = look(table);
            found = last;
        }
        MethodRoutes routes = last.get();
        // another table may have been published since, and the routes of this one be gone already
        return routes == null && last.served ? router.table().routes(method) : routes;
    }

    private Found look(RoutingTable table) {
        return new Found(table.version(), table.routes(method));
    }
}
