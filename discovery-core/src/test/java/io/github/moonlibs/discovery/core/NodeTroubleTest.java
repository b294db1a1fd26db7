package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static io.github.moonlibs.discovery.core.Cluster.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.TopologySnapshot;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an operator sees of nodes that are in trouble. */
@Timeout(120)
class NodeTroubleTest {
    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1");
    private final MemoryNode b = cluster.node("b:1");

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aSnapshotIsATableThatNamesWhoIsAtFault() {
        a.announce("m", 1, true);
        b.refuseConnections(AttemptException.notSent("b:1: connection refused", null));
        var client = cluster.client(a, b);
        awaitServed(client, "m", 1);
        awaitState(client, b, State.DOWN);

        TopologySnapshot snapshot = client.topology();
        assertThat(snapshot.toString().lines().skip(1))
                .satisfiesExactly(
                        line -> assertThat(line).contains("a:1 serving for ", "announced what it serves"),
                        line -> assertThat(line).contains("b:1 ", "connection refused"));
    }

    @Test
    void aNodeThatStaysAwayIsOneLineInTheLog() {
        try (LogLines lines = new LogLines()) {
            MemoryNode away = cluster.node("away:1");
            away.refuseConnections(AttemptException.notSent("away:1: connection refused", null));
            var client = cluster.client(options -> options.reconnectDelay(Duration.ofMillis(1)), away);
            await("many retries", () -> away.refusals() > 10);

            assertThat(lines.with("away:1 is")).containsExactly("away:1 is down: away:1: connection refused");
            assertThat(snapshot(client, away).state()).isEqualTo(State.DOWN);
        }
    }

    @Test
    void aClassThatIsMissingEndsNoNodesLife() {
        a.behave(MemoryNode.DISCOVERY, (arguments, reply) -> {
            throw new NoClassDefFoundError("plugin/Missing");
        });
        var client = cluster.client(a);
        awaitState(client, a, State.DOWN);
        assertThat(snapshot(client, a).reason()).contains("NoClassDefFoundError: plugin/Missing");

        a.announceRaw(Map.of("methods", Map.of("m", Map.of("weight", 1L))));
        awaitServed(client, "m", 1);
    }

    @Test
    void aClassThatIsMissingIsASourcesFailureAndItIsAskedAgain() {
        a.announce("m", 1, true);
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch seen = new CountDownLatch(1);
        TopologySource source = sink -> {
            if (asked.getAndIncrement() == 0) {
                throw new NoClassDefFoundError("plugin/Missing");
            }
            seen.await();
            sink.publish(List.of(a.instance()));
        };
        var client = cluster.client(options -> options.source(source), new WeightedRandom());
        await("the failure can be seen", () -> client.topology().lastError() != null);
        assertThat(client.topology().lastError()).contains("NoClassDefFoundError: plugin/Missing");

        seen.countDown();
        awaitServed(client, "m", 1);
    }

    @Test
    void aStrategyThatFailsCostsNobodyARoute() {
        a.announce("m", 1, true);
        cluster.list(a);
        var client = cluster.client(options -> options, new WeightStrategy() {
            @Override
            public String name() {
                return "broken by a test";
            }

            @Override
            public Picker newPicker(List<? extends Candidate> candidates) {
                throw new IllegalStateException("thrown by a test");
            }
        });

        awaitServed(client, "m", 1);
        assertThat(client.call("m", List.of(), String.class)).isEqualTo("a:1");
        assertThat(a.connects()).isEqualTo(1);
    }
}
