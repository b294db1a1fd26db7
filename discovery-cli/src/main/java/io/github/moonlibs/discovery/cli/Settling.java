package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.TopologySnapshot;
import java.time.Duration;
import java.util.function.Predicate;

/** Waits until a client that was just opened knows the replicaset. */
final class Settling {
    private static final long LOOK_MILLIS = 2;

    private Settling() {}

    /**
     * Waits until the topology has been read and every node serves or has failed to, or there is none because the topology
     * could not be read, or until the time is over.
     *
     * @return what was known then; a later snapshot could find a node between two states again
     */
    static ClientSnapshot await(DiscoveryClient client, Duration patience) throws InterruptedException {
        return await(client, patience, Settling::isSettled);
    }

    /** As {@link #await(DiscoveryClient, Duration)}, and until it is known how the announcements of each node come. */
    static ClientSnapshot await(DiscoveryClient client, Duration patience, Questions questions)
            throws InterruptedException {
        return await(
                client,
                patience,
                known -> isSettled(known) && known.topology().nodes().stream().allMatch(questions::knowDelivery));
    }

    /**
     * Waits until the method is served, or until waiting longer is not likely to help: every node serves or has failed
     * to, or the time is over.
     */
    static void awaitMethod(DiscoveryClient client, String method, Duration patience) throws InterruptedException {
        await(client, patience, known -> !known.routing().routes(method).isEmpty() || isSettled(known));
    }

    private static ClientSnapshot await(DiscoveryClient client, Duration patience, Predicate<ClientSnapshot> enough)
            throws InterruptedException {
        long start = System.nanoTime();
        ClientSnapshot known = client.snapshot();
        while (!enough.test(known) && System.nanoTime() - start < patience.toNanos()) {
            Thread.sleep(LOOK_MILLIS);
            known = client.snapshot();
        }
        return known;
    }

    static boolean isSettled(ClientSnapshot known) {
        TopologySnapshot topology = known.topology();
        if (topology.nodes().isEmpty()) {
            return topology.age() != null || topology.lastError() != null;
        }
        // A snapshot has a node's state and its routes as they were published, together. A node that serves need not
        // have a route: it may announce nothing or weights of 0, be a stale master, or have a twin that is called in
        // its place.
        return topology.age() != null && topology.nodes().stream().allMatch(node -> node.state() != State.CONNECTING);
    }
}
