package io.github.moonlibs.discovery.cli;

import static java.util.stream.Collectors.joining;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot.Route;
import io.github.moonlibs.discovery.TopologySnapshot;
import io.github.moonlibs.discovery.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Questions to the snapshots of a client. */
final class Routes {
    /** More methods would make a message that is not read. */
    private static final int SHOWN = 50;

    /** Of so many nodes it is said why they don't serve a method. */
    private static final int EXPLAINED = 10;

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

    /** Why no node serves the method: what is wrong with the topology and with each node, and what is served instead. */
    static String unserved(String method, ClientSnapshot known) {
        List<NodeSnapshot> nodes = known.topology().nodes();
        List<String> reasons = new ArrayList<>();
        Finding.topology(known.topology()).forEach(finding -> reasons.add(finding.sentence()));
        nodes.stream().limit(EXPLAINED).forEach(node -> reasons.add(known.why(method, node.instance())));
        if (nodes.size() > EXPLAINED) {
            reasons.add("and " + (nodes.size() - EXPLAINED) + " more nodes");
        }
        reasons.add(served(method, known.routing()));
        return SafeText.sentence("no node serves " + SafeText.name(method) + ": " + String.join("; ", reasons));
    }

    /** The methods that are served, and the nearest of them, for a user that asked for one that is not. */
    static String served(String instead, RoutingSnapshot routing) {
        Set<String> methods = routing.routes().keySet();
        String meant = methods.contains(instead) ? "" : Nearest.question(instead, methods);
        if (methods.isEmpty()) {
            return "nothing is served at all";
        }
        String few = methods.stream().limit(SHOWN).map(SafeText::name).collect(joining(", "));
        return "served are " + few + (methods.size() > SHOWN ? " and " + (methods.size() - SHOWN) + " more" : "")
                + (meant.isEmpty() ? "" : "; " + meant);
    }
}
