package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static io.github.moonlibs.discovery.core.Cluster.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.TopologySnapshot;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.support.TaskScopes;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an operator sees of nodes that are in trouble. */
@Timeout(300)
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
    void aLogHandlerThatThrowsCostsNoConnection() {
        a.announce("m", 1, true);
        Logger logger = Logger.getLogger("io.github.moonlibs.discovery");
        AtomicInteger lines = new AtomicInteger();
        Handler broken = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.incrementAndGet();
                throw new IllegalStateException("thrown by a test");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO);
        logger.addHandler(broken);
        try {
            var client = cluster.client(a);
            awaitServed(client, "m", 1);
            assertThat(client.call("m", List.of(), String.class)).isEqualTo("a:1");
            int connects = a.connects();
            int asked = a.calls(MemoryNode.DISCOVERY);
            await("it is asked again and again", () -> a.calls(MemoryNode.DISCOVERY) > asked + 10);
            assertThat(a.connects()).isEqualTo(connects).isEqualTo(1);
            assertThat(lines.get()).isPositive();
        } finally {
            logger.removeHandler(broken);
            logger.setLevel(before);
        }
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
        // down again and again, and connected in between
        await("it can be seen", () -> snapshot(client, a).reason().contains("NoClassDefFoundError: plugin/Missing"));

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

    @Test
    void anAnnouncementThatCannotBeReadMakesTheNodeSilentAndKeepsItsConnection() {
        MemoryNode.Behaviour announces = a.announce("m", 1, true).behaviour(MemoryNode.DISCOVERY);
        var client = cluster.client(a);
        awaitServed(client, "m", 1);

        a.behave(
                MemoryNode.DISCOVERY,
                (arguments, reply) -> reply.completeExceptionally(
                        new AttemptException(AttemptException.Kind.UNREADABLE, true, "a:1: too deep", null)));
        awaitState(client, a, State.SILENT);
        assertThat(snapshot(client, a).reason()).contains("a:1: too deep");
        int asked = a.calls(MemoryNode.DISCOVERY);
        await("it is asked again", () -> a.calls(MemoryNode.DISCOVERY) > asked + 3);
        a.behave(MemoryNode.DISCOVERY, announces);
        awaitServed(client, "m", 1);
        assertThat(a.connects()).isEqualTo(1);
    }

    @Test
    void aReconnectDelayOfDecadesIsNotMultipliedToNone() {
        a.refuseConnections(a.serverError(47));
        cluster.client(options -> options.reconnectDelay(Duration.ofDays(36_500)), a);
        await("its login is refused", () -> a.refusals() > 0);

        try (Cluster other = new Cluster()) {
            MemoryNode often = other.node("often:1");
            often.refuseConnections(AttemptException.notSent("often:1: connection refused", null));
            other.client(options -> options.reconnectDelay(Duration.ofMillis(1)), often);
            await("another one is tried often", () -> often.refusals() > 5);
        }
        assertThat(a.refusals()).isEqualTo(1);
    }

    @Test
    void aStrategyThatCannotSayWhetherItReadsAttributesCostsNoNodeItsRoutes() {
        a.announceRaw(Map.of("zone", "east", "methods", Map.of("m", Map.of("weight", 1L))))
                .behave("m", (arguments, reply) -> reply.complete(List.of("a:1")));
        cluster.list(a);
        var client = cluster.client(options -> options, new WeightStrategy() {
            @Override
            public String name() {
                return "broken by a test";
            }

            @Override
            public boolean readsAttributes() {
                throw new IllegalStateException("thrown by a test");
            }

            @Override
            public Picker newPicker(List<? extends Candidate> candidates) {
                return random -> 0;
            }
        });

        awaitServed(client, "m", 1);
        assertThat(client.call("m", List.of(), String.class)).isEqualTo("a:1");
        assertThat(a.connects()).isEqualTo(1);
    }

    @Test
    void sharesAreSharesHoweverLargeTheWeights() {
        a.announce("m", Double.MAX_VALUE, true);
        b.announce("m", Double.MAX_VALUE, true);
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);

        assertThat(client.routing().routes("m"))
                .allSatisfy(route -> assertThat(route.share()).isEqualTo(0.5));
    }

    @Test
    void aConnectionThatFailsToCloseKeepsNoNodeFromClosing() {
        a.announce("m", 1, true).hang(MemoryNode.DISCOVERY);
        AtomicInteger closes = new AtomicInteger();
        Transport real = cluster.transport();
        Transport failing = (endpoint, options, listener) -> {
            Transport.Connection connection = real.connect(endpoint, options, listener);
            return (Transport.Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Transport.Connection.class}, (self, method, args) -> {
                        if (method.getName().equals("close")) {
                            closes.incrementAndGet();
                            throw new IllegalStateException("thrown by a test");
                        }
                        try {
                            return method.invoke(connection, args);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        };
        BlockingQueue<List<Instance>> topologies = new LinkedBlockingQueue<>(List.of(List.of(a.instance())));
        TopologySource source = sink -> {
            while (true) {
                sink.publish(topologies.take());
            }
        };
        ClientOptions options = DiscoveryClient.builder()
                .source(source)
                .discoveryTimeout(Duration.ofMillis(10))
                .reconnectDelay(Duration.ofMillis(1))
                .build();
        try (DiscoveryClient client = new CoreClient(
                options,
                source,
                failing,
                Strategies.of(new WeightedRandom()),
                TaskScopes.best(),
                ThreadLocalRandom::current)) {
            await("a silent connection was set aside and closed", () -> closes.get() > 0);
            topologies.add(List.of(b.instance()));
            await(
                    "the removed node is closed",
                    () -> client.topology().nodes().stream()
                            .allMatch(node -> node.instance().endpoint().equals(b.endpoint())));
        }
    }

    @Test
    void aNodeThatIsNotToBeReconnectedToIsAskedAgainWhenItWasSilent() {
        a.announce("m", 1, true).hang(MemoryNode.DISCOVERY);
        var client = cluster.client(options -> options.neverReconnect().discoveryTimeout(Duration.ofMillis(50)), a);
        awaitState(client, a, State.SILENT);
        a.announceRaw(Map.of("methods", Map.of("m", Map.of("weight", 1L))));
        awaitServed(client, "m", 1);
        assertThat(snapshot(client, a).connects()).isEqualTo(1);
    }

    @Test
    @Promise("Announcement 5")
    void aNodeThatIsNotToBeReconnectedToLeavesRoutingAtOnceWhenItHangs() {
        a.announce("m", 1, true);
        var client = cluster.client(
                options -> options.neverReconnect()
                        .discoveryTimeout(Duration.ofMillis(50))
                        .announcementMaxAge(Duration.ofDays(1)),
                a);
        awaitServed(client, "m", 1);
        a.hang(MemoryNode.DISCOVERY);
        awaitServed(client, "m", 0);
        awaitState(client, a, State.SILENT);
    }
}
