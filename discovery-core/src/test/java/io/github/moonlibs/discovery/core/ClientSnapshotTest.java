package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static io.github.moonlibs.discovery.core.Cluster.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.OutlierPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One snapshot tells all, and of each method and node why the one is served by the other or not. */
@Timeout(300)
class ClientSnapshotTest {
    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1");
    private final MemoryNode b = cluster.node("b:1");
    private final MemoryNode c = cluster.node("c:1");

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void itSaysOfEachMethodAndNodeWhyTheOneIsServedByTheOther() {
        a.announce("m", 3, true).announce("w", 0.5, false);
        b.announce("m", 1, true).announce("w", 0, false);
        c.refuseConnections(AttemptException.notSent("c:1: connection refused", null));
        DiscoveryClient client = cluster.client(a, b, c);
        awaitServed(client, "m", 2);
        awaitState(client, c, State.DOWN);

        ClientSnapshot now = client.snapshot();
        assertThat(now.why("m", a.instance())).isEqualTo("a:1 serves m with weight 3, 75 % of its first attempts");
        assertThat(now.why("w", a.instance())).isEqualTo("a:1 serves w with weight 0.5, 100 % of its first attempts");
        assertThat(now.why("w", b.instance())).isEqualTo("b:1 announces w with weight 0, which means never");
        assertThat(now.why("x", b.instance())).isEqualTo("b:1 does not announce x");
        assertThat(now.why("m", c.instance()))
                .isEqualTo("c:1 gets no calls at all: it is down (c:1: connection refused)");
        assertThat(now.why("m", cluster.node("d:1").instance())).isEqualTo("d:1 is not in the topology");
        assertThat(now.methods()).containsExactly("m", "w");
        assertThat(now.toString())
                .contains("\nm, served by 2\n  a:1 serves m", "\nw, served by 1\n", "\n  b:1 announces w with weight 0")
                .endsWith("0 calls in flight, 0 waiting for a route; 0 retries and hedges in the last 10 s, "
                        + "100 more may be made");
    }

    @Test
    void itSaysThatANodeIsEjected() {
        for (MemoryNode node : List.of(a, b, c)) {
            node.announce("m", 1, true);
        }
        a.timeOutOn("m");
        OutlierPolicy forGood =
                OutlierPolicy.builder().baseEjection(Duration.ofMinutes(1)).build();
        DiscoveryClient client = cluster.client(options -> options.outliers(forGood), a, b, c);
        awaitServed(client, "m", 3);
        await("a is ejected", () -> {
            client.call("m", List.of());
            return snapshot(client, a).ejection() != null;
        });

        assertThat(client.snapshot().why("m", a.instance()))
                .startsWith("a:1 is kept from m: it is ejected for another ")
                .endsWith(
                        ": 10 of its last 10 calls timed out, lost their connection or failed where another node answered");
    }

    @Test
    void asJsonItHasTheNodesWithTheirMethods() {
        a.announceEntry("m", Map.of("weight", 2, "retriable", true));
        DiscoveryClient client = cluster.client(a);
        awaitServed(client, "m", 1);

        assertThat(client.snapshot().toJson())
                .startsWith("{\"source\":")
                .contains(
                        "\"node\":\"a:1\"",
                        "\"state\":\"serving\"",
                        "\"methods\":{\"m\":{\"weight\":2.0,\"retriable\":true,\"tier\":0,\"share\":1.0,"
                                + "\"why\":\"serves m with weight 2, 100 % of its first attempts\"}}",
                        "\"callsInFlight\":0")
                .endsWith("}}")
                .doesNotContain("\n");
    }
}
