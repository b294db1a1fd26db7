package io.github.moonlibs.discovery.core.topology;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.core.Cluster;
import io.github.moonlibs.discovery.core.CoreClient;
import io.github.moonlibs.discovery.core.MemoryNode;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class TopologyTest {
    private final Cluster cluster = new Cluster();

    /** What a thread does before it makes a picker. */
    private volatile Runnable onBuild = () -> {};

    private final Set<String> builders = ConcurrentHashMap.newKeySet();

    @AfterEach
    void close() {
        onBuild = () -> {};
        cluster.close();
    }

    private MemoryNode[] nodes(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> cluster.node("n" + i + ":1").announce("m", 1, true))
                .toArray(MemoryNode[]::new);
    }

    private CoreClient client(Duration discoveryInterval, MemoryNode... nodes) {
        cluster.list(nodes);
        DiscoveryClient client = cluster.client(
                options -> options.discoveryInterval(discoveryInterval).slowStart(Duration.ZERO), new WeightStrategy() {
                    @Override
                    public String name() {
                        return "observed by a test";
                    }

                    @Override
                    public Picker newPicker(List<? extends Candidate> candidates) {
                        builders.add(Thread.currentThread().getName());
                        onBuild.run();
                        return new WeightedRandom().newPicker(candidates);
                    }
                });
        awaitServed(client, "m", nodes.length);
        return (CoreClient) client;
    }

    @Test
    void theRemovalOfManyNodesIsOneTableAndSoIsTheEndOfAClient() {
        MemoryNode[] nodes = nodes(100);
        CoreClient client = client(Duration.ofMinutes(1), nodes);
        long before = client.table().version();
        cluster.list(Arrays.copyOf(nodes, 50));
        await("they have closed", () -> client.topology().nodes().size() == 50);
        assertThat(client.table().version()).isEqualTo(before + 1);

        client.close();
        assertThat(client.table().version()).isEqualTo(before + 2);
        assertThat(client.routing().routes()).isEmpty();
    }

    /** A document of some 100 KB can name so many. */
    @Test
    void moreInstancesThanTheHeapHasRoomForAreRefusedAsAWhole() {
        MemoryNode node = nodes(1)[0];
        CoreClient client = client(Duration.ofMinutes(1), node);
        List<Instance> crowd = IntStream.rangeClosed(0, Topology.MOST_INSTANCES)
                .mapToObj(i -> Instance.of(Endpoint.parse("n" + i + ":1")))
                .toList();
        cluster.list(crowd);
        await("they are refused", () -> client.topology().lastError() != null);
        assertThat(client.topology().lastError())
                .isEqualTo("expected at most " + Topology.MOST_INSTANCES
                        + " instances, which this heap has room for, got " + crowd.size() + ", the last 1 stay");
        assertThat(client.topology().nodes()).hasSize(1);
        awaitServed(client, "m", 1);
    }

    @Test
    void aSnapshotWaitsForNoTable() throws InterruptedException {
        MemoryNode[] nodes = nodes(3);
        CoreClient client = client(Duration.ofMillis(1), nodes);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        onBuild = () -> {
            begun.countDown();
            awaitUnpinned(goOn);
        };
        cluster.list(nodes[0], nodes[1]);
        begun.await();

        NodeSnapshot leaving = client.snapshot().topology().nodes().getLast();
        assertThat(leaving.state()).isEqualTo(State.DRAINING);
        assertThat(leaving.reason()).isEqualTo("removed from the topology");
        assertThat(client.topology().nodes()).hasSize(3);
        goOn.countDown();
        awaitServed(client, "m", 2);
    }

    private static void awaitUnpinned(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void noCallBuildsATableNotTheOneEitherWhoseFailureEjectsANode() {
        MemoryNode[] nodes = nodes(3);
        nodes[0].timeOutOn("m");
        CoreClient client = client(Duration.ofMinutes(1), nodes);
        CallOptions patient = CallOptions.defaults().withTimeout(Cluster.BOUND);
        await("it is ejected, and a table says so", () -> {
            client.call("m", List.of(), patient);
            return client.routing().routes("m").size() == 2 && client.table().version() > 1;
        });
        await("it was built", () -> builders.contains("discovery-router"));

        assertThat(builders).allSatisfy(thread -> assertThat(thread).startsWith("discovery-"));
    }

    @Test
    void itSaysOfAFewNodesWhyTheyDoNotServeAMethodThoseInTroubleFirst() {
        MemoryNode[] nodes = nodes(4);
        nodes[0].announceEntry("idle", Map.of("weight", 0));
        CoreClient client = client(Duration.ofMillis(1), nodes);
        assertThat(client.whyNot("idle"))
                .isEqualTo("n0:1 announces it with weight 0; n1:1 does not announce it;"
                        + " n2:1 does not announce it; and 1 more");
        assertThat(client.whyNot("m")).isEmpty();

        nodes[3].refuseConnections(AttemptException.notSent("n3:1: connection refused", null));
        nodes[3].cut();
        awaitState(client, nodes[3], State.DOWN);
        await("it is refused", () -> client.whyNot("m").equals("n3:1 is down (n3:1: connection refused)"));
        assertThat(client.whyNot("unknown"))
                .isEqualTo("n3:1 is down (n3:1: connection refused); n0:1 does not announce it;"
                        + " n1:1 does not announce it; and 1 more");
    }

    @Test
    void itSaysThatNoNodeIsKnown() {
        CoreClient client = (CoreClient) cluster.client(options -> options, new WeightedRandom());
        assertThat(client.whyNot("m")).isEqualTo("no node is known");

        cluster.list();
        await("it is empty", () -> client.topology().lastError() != null);
        assertThat(client.whyNot("m"))
                .isEqualTo("no node is known: the topology is empty; expected at least one instance");
    }
}
