package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.testkit.Waiting.BOUND;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.util.List;

/** Clients and calls for tests that are not about time: a delay by a busy machine does not fail them. */
final class Clients {
    static final CallOptions PATIENT = CallOptions.defaults().withTimeout(BOUND).withDeadline(BOUND);

    private Clients() {}

    /** Options that give enough time to every node, and to every call without options of its own. */
    static ClientOptions.Builder patient() {
        return DiscoveryClient.builder()
                .connectTimeout(BOUND)
                .discoveryTimeout(BOUND)
                .callOptions(PATIENT);
    }

    static void awaitServed(DiscoveryClient client, String method, int nodes) {
        Waiting.until(
                () -> method + " served by exactly " + nodes + ": "
                        + client.routing().routes(method) + "\n" + client.topology(),
                () -> client.routing().routes(method).size() == nodes);
    }

    /** Waits until this server, and no other, serves the method. */
    static void awaitServedBy(DiscoveryClient client, String method, TarantoolServer server) {
        Waiting.until(
                () -> method + " served by " + server + " alone: " + client.routing() + "\n" + client.topology(),
                () -> client.routing().routes(method).stream()
                        .filter(route -> route.share() > 0)
                        .map(route -> route.node().endpoint().address())
                        .toList()
                        .equals(List.of(server.endpoint())));
    }
}
