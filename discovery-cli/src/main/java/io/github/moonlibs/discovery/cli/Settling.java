package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.TopologySnapshot;
import java.time.Duration;

/** Waiting for a client that was just opened to know what there is to know. */
final class Settling {
    private static final long LOOK_MILLIS = 2;

    private Settling() {}

    /** Returns when the topology has been read and every node serves or has failed to, or when the time is over. */
    static void await(DiscoveryClient client, Duration patience) throws InterruptedException {
        long start = System.nanoTime();
        while (!isSettled(client) && System.nanoTime() - start < patience.toNanos()) {
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private static boolean isSettled(DiscoveryClient client) {
        TopologySnapshot topology = client.topology();
        RoutingSnapshot routing = client.routing();
        return topology.age() != null && topology.nodes().stream().allMatch(node -> isSettled(node, routing));
    }

    private static boolean isSettled(NodeSnapshot node, RoutingSnapshot routing) {
        if (node.state() == State.CONNECTING) {
            return false;
        }
        Announcement announcement = node.announcement();
        // it counts only once it is in the routing table, which takes a moment
        return node.state() != State.SERVING
                || announcement == null
                || announcement.methods().entrySet().stream()
                        .allMatch(method -> method.getValue().weight() == 0
                                || routing.routes(method.getKey()).stream()
                                        .anyMatch(route -> route.node().equals(node.instance())));
    }
}
