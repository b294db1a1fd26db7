package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot.Route;
import io.github.moonlibs.discovery.TopologySnapshot;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Questions to the snapshots of a client. */
final class Routes {
    private Routes() {}

    /** Every method that some node announces or that is routed. */
    static SortedSet<String> methods(TopologySnapshot topology, RoutingSnapshot routing) {
        SortedSet<String> methods = new TreeSet<>(routing.routes().keySet());
        for (NodeSnapshot node : topology.nodes()) {
            Announcement announcement = node.announcement();
            if (announcement != null) {
                methods.addAll(announcement.methods().keySet());
            }
        }
        return methods;
    }

    /** The node's share of the method's calls, 0 to 1. */
    static double share(RoutingSnapshot routing, String method, NodeSnapshot node) {
        return routing.routes(method).stream()
                .filter(route -> route.node().equals(node.instance()))
                .mapToDouble(Route::share)
                .findFirst()
                .orElse(0);
    }

    /** The methods that are served, for a user that asked for one that is not. */
    static String served(RoutingSnapshot routing) {
        Set<String> methods = routing.routes().keySet();
        return methods.isEmpty() ? "nothing is served at all" : "served are " + String.join(", ", methods);
    }
}
