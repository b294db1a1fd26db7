package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeReply;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A master that reads for want of replicas, as callers see it. */
@NullUnmarked // a test that meets null where it should not fails, which is its job
class TierContractTest {
    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);

    private final Cluster cluster = new Cluster();
    private final MemoryNode replica = cluster.node("replica:1");
    private final MemoryNode other = cluster.node("other:1");
    private final MemoryNode master = cluster.node("master:1");
    private DiscoveryClient client;

    @BeforeEach
    void connect() {
        announce(replica, 0);
        announce(other, 0);
        announce(master, 1);
        // the master last: replicas that come a second after it are held back, as a tier that comes back
        client = cluster.client(replica, other);
        awaitServed(client, "m", 2);
        cluster.list(replica, other, master);
        awaitServed(client, "m", 3);
    }

    private static void announce(MemoryNode node, int tier) {
        node.behave(
                "m",
                (arguments, reply) -> reply.complete(List.of(node.endpoint().address())));
        node.announceEntry("m", Map.of("weight", 100L, "retriable", true, "tier", tier));
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    @Promise("Routing 5")
    void theMasterIsCalledWhenTheLastReplicaIsOut() {
        call(100);
        assertThat(master.calls("m")).isZero();
        down(replica);
        awaitServed(client, "m", 2);
        call(100);
        assertThat(master.calls("m")).isZero();
        down(other);
        awaitServed(client, "m", 1);

        assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("master:1");
        assertThat(client.snapshot().why("m", master.instance()))
                .isEqualTo("master:1 serves m with weight 100, 100 % of its first attempts, in tier 1");
        other.acceptConnections();
        awaitServed(client, "m", 2);
        assertThat(client.snapshot().why("m", master.instance()))
                .isEqualTo("master:1 stands by for m with weight 100: it is in tier 1, and nodes of a lower tier are in"
                        + " service");
        assertThat(client.snapshot().toJson()).contains("\"tier\":1,\"share\":0");
    }

    private static void down(MemoryNode node) {
        node.refuseConnections(AttemptException.notSent("connection refused", null));
        node.cut();
    }

    private void call(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(client.call("m", List.of(), PATIENT, String.class)).isNotNull();
        }
    }

    @Test
    @Promise("Routing 5")
    void aCallThatAllReplicasFailEndsAtTheMaster() {
        replica.fail("m", 32);
        other.fail("m", 32);

        assertThat(client.call("m", List.of(), PATIENT.withMaxAttempts(3), String.class))
                .isEqualTo("master:1");
        assertThat(replica.calls("m")).isEqualTo(1);
        assertThat(other.calls("m")).isEqualTo(1);
    }

    @Test
    void callAllAsksTheNodesOfAllTiers() {
        assertThat(client.callAll("m", List.of(), PATIENT))
                .extracting(NodeReply::node)
                .containsExactlyInAnyOrder(replica.instance(), other.instance(), master.instance());
    }

    @Test
    @Promise("Routing 5")
    void aTierThatAnotherOneOutranksGivesWay() {
        announce(master, 2);
        announce(replica, 1);
        await("the other to be the only one of its tier", () -> share("other:1") == 1);
        int before = replica.calls("m");
        call(50);

        assertThat(replica.calls("m")).isEqualTo(before);
        assertThat(master.calls("m")).isZero();
    }

    private double share(String address) {
        return client.routing().routes("m").stream()
                .filter(route -> route.node().endpoint().address().equals(address))
                .mapToDouble(route -> route.share())
                .sum();
    }
}
