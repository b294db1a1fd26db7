package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.Delivery;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts how often each node has said, over its present connection, what it serves. */
final class Questions implements ClientObserver {
    private static final int ENOUGH = 3;

    private final Map<Endpoint, Integer> answers = new ConcurrentHashMap<>();

    @Override
    public void connected(Connected event) {
        answers.put(event.node().endpoint(), 0);
    }

    @Override
    public void discoveryEnded(DiscoveryEnded event) {
        if (event.failure() == null) {
            answers.merge(event.node().endpoint(), 1, Integer::sum);
        }
    }

    /**
     * Whether it is known how the node's announcements come. A server that pushes them does so a moment after the first
     * answer, or before it, but not later than the second answer, which is asked for a discovery interval later. By the third
     * one the client has taken note of it.
     */
    boolean knowDelivery(NodeSnapshot node) {
        ServerProtocol protocol = node.protocol();
        return node.state() != State.SERVING
                || node.delivery() == Delivery.PUSHED
                || protocol == null
                || !protocol.has(ServerProtocol.WATCHERS)
                || answers.getOrDefault(node.instance().endpoint(), 0) >= ENOUGH;
    }
}
