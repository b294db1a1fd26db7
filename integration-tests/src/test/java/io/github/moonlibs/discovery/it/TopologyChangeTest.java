package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static io.github.moonlibs.discovery.testkit.Waiting.BOUND;
import static io.github.moonlibs.discovery.testkit.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class TopologyChangeTest {
    private static final CallOptions PATIENT = Clients.PATIENT;

    @Test
    void aRemovedEndpointEndsItsCallInFlightTakesNoNewOneAndCloses() throws Exception {
        try (Replicaset set = new Replicaset(Ways.had().getFirst())) {
            set.other.define("app.held", "function() held = require('fiber').cond() held:wait() return 'released' end");
            set.other.eval("local announce = api.discovery; api.discovery = function() "
                    + "local a = announce() a.methods['app.held'] = {} return a end");
            try (DiscoveryClient client = set.client()) {
                awaitServed(client, "app.ping", 3);
                awaitServed(client, "app.held", 1);
                String unchanged = localAddress(client, set.master);
                var call = CompletableFuture.supplyAsync(
                        () -> client.call("app.held", List.of(), PATIENT, String.class), Thread::startVirtualThread);
                until("the call is in flight", () -> set.other.calls("app.held") == 1);

                set.list(set.master, set.replica);
                awaitServed(client, "app.ping", 2);
                long before = set.other.calls("app.ping");
                for (int i = 0; i < 200; i++) {
                    client.call("app.ping", List.of(), PATIENT);
                }
                assertThat(set.other.calls("app.ping")).isEqualTo(before);
                // the server counts the connections of earlier questions for a moment longer
                until("its connection is still there, alone", () -> connections(set.other) == 1);

                set.other.eval("held:signal()");
                assertThat(call.get(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("released");
                until("its socket closes", () -> connections(set.other) == 0);

                set.list(set.master, set.replica, set.other);
                awaitServed(client, "app.ping", 3);
                assertThat(localAddress(client, set.master)).isEqualTo(unchanged);
            }
        }
    }

    private static String localAddress(DiscoveryClient client, TarantoolServer server) {
        return client.topology().nodes().stream()
                .filter(node -> node.instance().endpoint().address().equals(server.endpoint()))
                .map(NodeSnapshot::localAddress)
                .findFirst()
                .orElseThrow();
    }

    /** How many connections the server has, except the one that asks. */
    private static long connections(TarantoolServer server) {
        return (Long) server.eval("return box.stat.net().CONNECTIONS.current").getFirst() - 1;
    }
}
