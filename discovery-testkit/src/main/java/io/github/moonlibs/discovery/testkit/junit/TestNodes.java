package io.github.moonlibs.discovery.testkit.junit;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The nodes of one test, and its client. Used by one thread at a time. */
final class TestNodes {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<FakeNode> nodes = new ArrayList<>();
    private final List<Consumer<ClientOptions.Builder>> options;
    private final Map<String, Integer> announced = new LinkedHashMap<>();
    private @Nullable DiscoveryClient client;

    TestNodes(int count, List<Consumer<ClientOptions.Builder>> options) {
        this.options = options;
        for (int i = 0; i < count; i++) {
            nodes.add(FakeNode.start());
        }
    }

    List<FakeNode> nodes() {
        return List.copyOf(nodes);
    }

    void announce(Announce method) {
        int[] on = method.nodes().length > 0
                ? method.nodes()
                : IntStream.range(0, nodes.size()).toArray();
        for (int index : on) {
            if (index < 0 || index >= nodes.size()) {
                throw new IllegalArgumentException("@Announce(\"" + method.value() + "\"): expected nodes from 0 to "
                        + (nodes.size() - 1) + ", got " + index);
            }
            nodes.get(index).announce(method.value(), method.weight(), method.retriable());
        }
        if (method.weight() > 0) {
            announced.put(method.value(), on.length);
        }
    }

    /** The client; the first time, it is opened, and waits until the nodes serve what the annotations announce. */
    DiscoveryClient client() {
        DiscoveryClient present = client;
        if (present == null) {
            ClientOptions.Builder builder = DiscoveryClient.builder()
                    .endpoints(nodes.stream().map(FakeNode::endpoint).toArray(String[]::new))
                    // a busy machine takes no node out of service
                    .connectTimeout(PATIENCE)
                    .discoveryTimeout(PATIENCE)
                    .discoveryInterval(Duration.ofMillis(20))
                    .slowStart(Duration.ZERO);
            options.forEach(change -> change.accept(builder));
            present = builder.connect();
            client = present;
            awaitAnnounced(present);
        }
        return present;
    }

    private void awaitAnnounced(DiscoveryClient of) {
        announced.forEach((method, count) -> {
            try {
                if (!of.awaitMethod(method, count, PATIENCE)) {
                    throw new IllegalStateException(
                            method + ": expected " + count + " nodes to serve it within 30 s, got\n" + of.topology());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the nodes were awaited", e);
            }
        });
    }

    void close() {
        DiscoveryClient opened = client;
        if (opened != null) {
            opened.close();
        }
        nodes.forEach(FakeNode::close);
    }
}
