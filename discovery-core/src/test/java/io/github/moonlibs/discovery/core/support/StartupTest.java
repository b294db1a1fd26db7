package io.github.moonlibs.discovery.core.support;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.core.Cluster;
import io.github.moonlibs.discovery.core.CoreClient;
import io.github.moonlibs.discovery.core.MemoryNode;
import io.github.moonlibs.discovery.core.Promise;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long opening a client waits. */
@Timeout(300)
class StartupTest {
    /** Ends no wait that a test is about. */
    private static final Duration FOREVER = Duration.ofDays(1);

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1").announce("m", 1, true);
    private final MemoryNode b = cluster.node("b:1").announce("m", 1, true);

    @AfterEach
    void close() {
        cluster.close();
    }

    private CoreClient client(UnaryOperator<ClientOptions.Builder> options, TopologySource source) {
        return (CoreClient) cluster.client(
                builder -> options.apply(builder.source(source).startTimeout(FOREVER)), new WeightedRandom());
    }

    private static TopologySource of(MemoryNode... members) {
        return sink ->
                sink.publish(List.of(members).stream().map(MemoryNode::instance).toList());
    }

    @Test
    @Promise("Topology 8")
    void itReturnsWhenTheFirstNodeIsRoutedTo() {
        b.hang(MemoryNode.DISCOVERY);
        CoreClient client = client(options -> options.discoveryTimeout(FOREVER), of(a, b));
        client.awaitStart();

        assertThat(client.routing().routes("m")).hasSize(1);
    }

    @Test
    @Promise("Topology 8")
    void itReturnsWhenEveryNodeHasFailedOnce() {
        a.refuseConnections(AttemptException.notSent("a:1: refused", null));
        b.announceRaw("nonsense");
        CoreClient client = client(options -> options.neverReconnect(), of(a, b));
        client.awaitStart();

        assertThat(client.topology().nodes())
                .allSatisfy(node -> assertThat(node.reason()).containsAnyOf("refused", "expected {methods"));
    }

    @Test
    void itWaitsForTheTopologyBeforeItLooksAtNodes() {
        CountDownLatch known = new CountDownLatch(1);
        CoreClient client = client(options -> options, sink -> {
            known.await();
            of(a).follow(sink);
        });
        Thread opening = Thread.ofVirtual().start(client::awaitStart);
        await("it waits", () -> opening.getState() == Thread.State.TIMED_WAITING);
        known.countDown();
        joined(opening);

        assertThat(client.routing().routes("m")).hasSize(1);
    }

    @Test
    void itReturnsWhenTheTopologySourceHasFailed() {
        CoreClient client = client(options -> options, sink -> {
            sink.failed("no such host");
            new CountDownLatch(1).await();
        });
        client.awaitStart();

        assertThat(client.topology().lastError()).isEqualTo("no such host");
    }

    @Test
    void itReturnsWhenTheClientIsClosed() {
        CoreClient client = client(options -> options, sink -> new CountDownLatch(1).await());
        Thread opening = Thread.ofVirtual().start(client::awaitStart);
        await("it waits", () -> opening.getState() == Thread.State.TIMED_WAITING);
        client.close();

        joined(opening);
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() {
        CoreClient client = client(options -> options, sink -> new CountDownLatch(1).await());
        AtomicBoolean isSet = new AtomicBoolean();
        Thread opening = Thread.ofVirtual().start(() -> {
            client.awaitStart();
            isSet.set(Thread.currentThread().isInterrupted());
        });
        opening.interrupt();
        joined(opening);

        assertThat(isSet).isTrue();
    }

    @Test
    void withoutATimeItDoesNotWait() {
        CoreClient client =
                client(options -> options.startTimeout(Duration.ZERO), sink -> new CountDownLatch(1).await());
        client.awaitStart();

        assertThat(client.topology().nodes()).isEmpty();
    }

    @Test
    @Promise("Topology 8")
    void itWaitsNoLongerThanItsTime() {
        CoreClient client =
                client(options -> options.startTimeout(Duration.ofMillis(20)), sink -> new CountDownLatch(1).await());
        client.awaitStart();

        assertThat(client.topology().nodes()).isEmpty();
    }

    private static void joined(Thread opening) {
        try {
            assertThat(opening.join(Cluster.BOUND)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void stateAnnouncementAndRoutesAreSeenTogether() {
        a.announce("other", 1, false);
        for (int i = 0; i < 200; i++) {
            try (DiscoveryClient client = client(options -> options, of(a))) {
                boolean isServing = false;
                while (!isServing) {
                    var before = client.topology().nodes();
                    isServing = !before.isEmpty() && before.getFirst().state() == State.SERVING;
                    if (isServing) {
                        assertThat(before.getFirst().announcement()).isNotNull();
                        assertThat(client.routing().routes()).containsOnlyKeys("m", "other");
                    }
                    var snapshot = client.snapshot();
                    snapshot.topology()
                            .nodes()
                            .forEach(node -> assertThat(node.state() == State.SERVING)
                                    .isEqualTo(snapshot.routing().routes().size() == 2));
                }
            }
        }
    }
}
