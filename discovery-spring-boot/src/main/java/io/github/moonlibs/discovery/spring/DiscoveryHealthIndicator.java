package io.github.moonlibs.discovery.spring;

import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Up while a node serves, down otherwise. The details say of each node in which state it is and why, how old the topology is,
 * and what its source failed with last. It looks at what the client knows, so it takes no time and costs the servers nothing.
 */
public final class DiscoveryHealthIndicator extends AbstractHealthIndicator {
    private final DiscoveryClient client;

    /** The health of this client. */
    public DiscoveryHealthIndicator(DiscoveryClient client) {
        super("The discovery client can't say how it is");
        this.client = client;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        ClientSnapshot snapshot = client.snapshot();
        Map<String, String> nodes = new LinkedHashMap<>();
        boolean serving = false;
        for (NodeSnapshot node : snapshot.topology().nodes()) {
            nodes.put(node.instance().toString(), node.state() + ": " + node.reason());
            serving |= node.state() == NodeSnapshot.State.SERVING;
        }
        builder.status(serving ? Status.UP : Status.DOWN)
                .withDetail("source", snapshot.topology().source())
                .withDetail("nodes", nodes)
                .withDetail("methods", snapshot.routing().routes().size());
        String lastError = snapshot.topology().lastError();
        if (lastError != null) {
            builder.withDetail("topologyError", lastError);
        }
    }
}
