package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.BOUND;
import static io.github.moonlibs.discovery.core.Cluster.async;
import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static io.github.moonlibs.discovery.core.Cluster.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientClosedException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.support.Backoff;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
@NullUnmarked // a test that meets null where it should not fails, which is its job
class TopologyContractTest {
    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(BOUND).withDeadline(BOUND);

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1");
    private final MemoryNode b = cluster.node("b:1");

    @AfterEach
    void close() {
        cluster.close();
    }

    /** A method that answers when the test lets it. */
    private static CompletableFuture<Void> announceHeld(MemoryNode node) {
        CompletableFuture<Void> release = new CompletableFuture<>();
        node.announce("held", 1, false).behave("held", (arguments, reply) -> {
            var unused =
                    release.thenRun(() -> reply.complete(List.of(node.endpoint().address())));
        });
        return release;
    }

    private static CompletableFuture<String> callHeld(DiscoveryClient client, MemoryNode node, int nth) {
        var call = async(() -> client.call("held", List.of(), PATIENT, String.class));
        await("the call is in flight", () -> node.calls("held") == nth);
        return call;
    }

    @Test
    @Promise("Topology 1")
    void sourcesAreChosenByScheme() {
        a.announce("m", 1, true);
        DiscoveryClient client = open("static: a:1 ,b:1");
        awaitServed(client, "m", 1);

        assertThat(client.topology().nodes())
                .extracting(NodeSnapshot::instance)
                .containsExactly(a.instance(), b.instance());
        assertThatThrownBy(() -> open("consul:a:1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("topology: no plug-in has the scheme \"consul\"; found seed, static");
        assertThatThrownBy(() -> open("10.0.0.1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a URI such as static:10.0.0.1:3301");
        assertThatThrownBy(() -> open("static:a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("static topology, 1 of 1: endpoint: expected host:port");
        assertThatThrownBy(() -> Plugins.strategies(DiscoveryClient.builder()
                        .topology("static:a:1")
                        .strategy("best")
                        .build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "strategy: no plug-in has the name \"best\"; found least-loaded, peak-ewma, round-robin, weighted-random, zone-aware");
    }

    private DiscoveryClient open(String uri) {
        var options = DiscoveryClient.builder().topology(uri).build();
        return cluster.client(options, Plugins.source(options), Plugins.strategies(options));
    }

    @Test
    @Promise("Topology 2")
    @Promise("Original: any topology change replaces every connection")
    void nodesInBothSetsKeepTheirConnections() {
        a.announce("m", 1, true);
        b.announce("m", 1, true);
        MemoryNode c = cluster.node("c:1").announce("m", 1, true);
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);
        String before = snapshot(client, a).localAddress();

        cluster.list(a, c);
        await(
                "c has come and b has gone",
                () -> client.routing().routes("m").stream()
                                .anyMatch(route -> route.node().equals(c.instance()))
                        && b.openConnections() == 0);
        assertThat(snapshot(client, a).localAddress()).isEqualTo(before);
        assertThat(a.connects()).isEqualTo(1);
        assertThat(client.topology().nodes()).extracting(NodeSnapshot::instance).contains(a.instance(), c.instance());
    }

    @Test
    @Promise("Topology 2")
    void newLabelsOfANodeKeepItsConnectionToo() {
        a.announce("m", 1, true);
        BlockingQueue<List<Instance>> topologies = new LinkedBlockingQueue<>(List.of(List.of(a.instance())));
        var client = clientOf(sink -> {
            while (true) {
                sink.publish(topologies.take());
            }
        });
        awaitServed(client, "m", 1);

        Instance relabelled = new Instance(a.endpoint(), "storage-1", Map.of("zone", "east"));
        topologies.add(List.of(relabelled, a.instance()));
        await("the labels", () -> client.routing().routes("m").getFirst().node().equals(relabelled));
        assertThat(client.topology().nodes()).as("one address is one node").hasSize(1);
        assertThat(a.connects()).isEqualTo(1);
    }

    @Test
    @Promise("Topology 3")
    @Promise("Original: a drained node closes after the first in-flight reply")
    @Promise("Original: removing a node throws, leaks its connection, and its route survives: 125 of 200 calls failed")
    void callsInFlightOnARemovedNodeSucceedAndNoNewOneGoesThere() throws Exception {
        CompletableFuture<Void> release = announceHeld(a);
        a.announce("m", 1, true);
        b.announce("m", 1, true);
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);
        var first = callHeld(client, a, 1);
        var second = callHeld(client, a, 2);

        cluster.list(b);
        awaitServed(client, "m", 1);
        int before = a.calls("m");
        for (int i = 0; i < 200; i++) {
            client.call("m", List.of(), PATIENT);
        }
        assertThat(a.calls("m")).isEqualTo(before);
        awaitState(client, a, State.DRAINING);
        assertThat(snapshot(client, a).inFlight()).isEqualTo(2);
        release.complete(null);
        assertThat(first.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("a:1");
        assertThat(second.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("a:1");
        await("its connection closes", () -> a.openConnections() == 0);
        await("it is forgotten", () -> client.topology().nodes().size() == 1);
    }

    @Test
    @Promise("Topology 3")
    void theDrainTimeoutEndsTheWaitForCallsInFlight() {
        a.announce("held", 1, false).hang("held");
        b.announce("m", 1, true);
        var client = cluster.client(options -> options.drainTimeout(Duration.ofMillis(20)), a, b);
        awaitServed(client, "held", 1);
        var call = callHeld(client, a, 1);

        cluster.list(b);
        await("its connection closes", () -> a.openConnections() == 0);
        assertThatThrownBy(() -> call.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS))
                .hasMessageContaining("closed by the client");
    }

    @Test
    @Promise("Topology 3")
    void aNodePutBackWhileItDrainsGetsANewConnection() throws Exception {
        CompletableFuture<Void> release = announceHeld(a);
        a.announce("m", 1, true);
        b.announce("m", 1, true);
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);
        var call = callHeld(client, a, 1);

        cluster.list(b);
        awaitServed(client, "m", 1);
        cluster.list(a, b);
        awaitServed(client, "m", 2);
        assertThat(a.connects()).isEqualTo(2);
        assertThat(a.openConnections()).isEqualTo(2);
        release.complete(null);
        assertThat(call.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("a:1");
        await("the old connection closes", () -> a.openConnections() == 1);
    }

    @Test
    @Promise("Topology 4")
    @Promise("Original: an empty etcd listing removes every node; `\"false\"` counts as disabled")
    void aSourceThatFailsOrBecomesEmptyRemovesNobodyAndItsAgeIsSeen() {
        a.announce("m", 1, true);
        BlockingQueue<TopologySource> steps = new LinkedBlockingQueue<>();
        var client = clientOf(sink -> {
            while (true) {
                steps.take().follow(sink);
            }
        });
        assertThat(client.topology().age()).isNull();
        steps.add(sink -> sink.publish(List.of(a.instance())));
        awaitServed(client, "m", 1);

        steps.add(sink -> sink.publish(List.of()));
        awaitError(client, "the topology is empty; expected at least one instance, the last 1 stay");
        steps.add(sink -> sink.failed("key /x: expected host:port"));
        awaitError(client, "key /x: expected host:port");
        steps.add(sink -> {
            throw new IllegalStateException("etcd is gone");
        });
        awaitError(client, "etcd is gone");
        Duration age = client.topology().age();
        assertThat(client.routing().routes("m")).hasSize(1);
        await("it grows older", () -> client.topology().age().compareTo(age) > 0);

        steps.add(sink -> sink.publish(List.of(a.instance())));
        awaitError(client, null);
        assertThat(a.connects()).isEqualTo(1);
    }

    private static void awaitError(DiscoveryClient client, String error) {
        await("the error " + error, () -> Objects.equals(client.topology().lastError(), error));
    }

    @Test
    @Promise("Topology 4")
    void anEmptySetIsBelievedIfTheOptionSaysSo() {
        a.announce("m", 1, true);
        var client = cluster.client(options -> options.acceptEmptyTopology(true), a);
        awaitServed(client, "m", 1);

        cluster.list();
        awaitServed(client, "m", 0);
        await("its connection closes", () -> a.openConnections() == 0);
    }

    private DiscoveryClient clientOf(TopologySource source) {
        return cluster.client(options -> options.source(source), new WeightedRandom());
    }

    @Test
    @Promise("Topology 5")
    void aLostConnectionFailsItsCallsAtOnceAndIsEstablishedAgain() {
        a.announce("held", 1, false).hang("held");
        var client = cluster.client(a);
        awaitServed(client, "held", 1);
        var call = callHeld(client, a, 1);

        a.behave("held", (arguments, reply) -> reply.complete(List.of("again")));
        a.cut();
        assertThatThrownBy(() -> call.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS))
                .hasCauseInstanceOf(CallFailedException.class)
                .hasMessageContaining("lost [a:1: killed]");
        await("it is connected to again", () -> a.connects() == 2);
        assertThat(client.call("held", List.of(), PATIENT, String.class)).isEqualTo("again");
    }

    @Test
    @Promise("Topology 5")
    void reconnectsSlowDownToATenthAndSpeedUpAgain() {
        List<Long> pauses = new ArrayList<>();
        Backoff backoff = new Backoff(300, 3_000, new SplittableRandom(1));
        for (int i = 0; i < 6; i++) {
            pauses.add(backoff.nextNanos());
        }
        List<Integer> expected = List.of(300, 600, 1_200, 2_400, 3_000, 3_000);
        for (int i = 0; i < 6; i++) {
            assertThat(pauses.get(i)).isBetween((long) (expected.get(i) * 0.9), (long) (expected.get(i) * 1.1));
        }
        backoff.reset();
        assertThat(backoff.nextNanos()).isBetween(270L, 330L);
    }

    @Test
    @Promise("Topology 5")
    void neverReconnectingIsAChoice() {
        a.announce("m", 1, true);
        b.announce("m", 1, true);
        var client = cluster.client(options -> options.neverReconnect(), a, b);
        awaitServed(client, "m", 2);

        a.cut();
        awaitState(client, a, State.DOWN);
        int asked = b.calls(MemoryNode.DISCOVERY);
        await("time passes", () -> b.calls(MemoryNode.DISCOVERY) > asked + 20);
        assertThat(a.connects()).isEqualTo(1);
        assertThat(snapshot(client, a).reason()).isEqualTo("connection lost: killed");
    }

    @Test
    @Promise("Topology 5")
    void wrongCredentialsAreReportedAsSuchAndRetriedSlowly() {
        List<Long> tries = new CopyOnWriteArrayList<>();
        a.onConnect(() -> tries.add(System.nanoTime()));
        a.refuseConnections(new ServerException(
                "a:1", new TarantoolError(47, "ClientError", "wrong password", "", 0, 0, Map.of(), null)));
        var client = cluster.client(options -> options.reconnectDelay(Duration.ofMillis(20)), a);

        await("it is reported", () -> {
            var seen = snapshot(client, a);
            return seen.state() == State.DOWN
                    && seen.reason().equals("login refused: a:1: error 47 (ClientError) \"wrong password\"");
        });
        await("it is retried", () -> tries.size() >= 3);
        // ten delays, jittered, each time; after other failures the first pause is one delay
        for (int i = 1; i < tries.size(); i++) {
            assertThat(Duration.ofNanos(tries.get(i) - tries.get(i - 1)))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(180));
        }
        a.acceptConnections();
        a.announce("m", 1, true);
        awaitServed(client, "m", 1);
    }

    @Test
    @Promise("Topology 6")
    void closeLetsCallsInFlightFinishAndRefusesNewOnes() throws Exception {
        CompletableFuture<Void> release = announceHeld(a);
        var client = cluster.client(a);
        awaitServed(client, "held", 1);
        var call = callHeld(client, a, 1);
        var waiting = async(() -> client.call("unknown", List.of(), PATIENT));
        await("it waits", () -> ((CoreClient) client).waitedForNames() == 1);

        Thread closer = Thread.startVirtualThread(client::close);
        await("it is closing", () -> {
            try {
                client.call("held", List.of(), PATIENT.withDeadline(Duration.ofNanos(1)));
                return false;
            } catch (ClientClosedException e) {
                return true;
            } catch (RuntimeException e) {
                return false;
            }
        });
        assertThatThrownBy(() -> waiting.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS))
                .hasCauseInstanceOf(ClientClosedException.class);
        release.complete(null);
        assertThat(call.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("a:1");
        assertThat(closer.join(BOUND)).isTrue();
        assertThat(a.openConnections()).isZero();
        client.close();
        assertThatThrownBy(() -> client.awaitMethod("held", 1, BOUND)).isInstanceOf(ClientClosedException.class);
    }

    @Test
    @Promise("Topology 6")
    void anInterruptEndsTheWaitOfCloseForCallsInFlightOfLeavingNodesToo() throws Exception {
        a.announce("held", 1, false).hang("held");
        b.announce("held", 1, false).hang("held");
        var client = cluster.client(options -> options.drainTimeout(Duration.ofDays(1)), a);
        awaitServed(client, "held", 1);
        CallOptions endless = PATIENT.withTimeout(Duration.ofDays(1)).withDeadline(Duration.ofDays(1));
        var onA = async(() -> client.call("held", List.of(), endless));
        await("the first call is in flight", () -> a.calls("held") == 1);
        cluster.list(b);
        await("b has taken its place", () -> {
            var routes = client.routing().routes("held");
            return routes.size() == 1 && routes.getFirst().node().equals(b.instance());
        });
        var onB = async(() -> client.call("held", List.of(), endless));
        await("the second call is in flight", () -> b.calls("held") == 1);

        AtomicBoolean stillInterrupted = new AtomicBoolean();
        Thread closer = Thread.startVirtualThread(() -> {
            client.close();
            stillInterrupted.set(Thread.currentThread().isInterrupted());
        });
        closer.interrupt();
        assertThat(closer.join(BOUND)).isTrue();
        assertThat(stillInterrupted).isTrue();
        assertThatThrownBy(() -> onA.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS))
                .hasMessageContaining("closed by the client");
        assertThatThrownBy(() -> onB.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS))
                .hasMessageContaining("closed by the client");
    }

    @Test
    @Promise("Topology 6")
    void aCallInFlightMayStillBeRetriedWhileTheClientCloses() throws Exception {
        CompletableFuture<Void> release = new CompletableFuture<>();
        a.announce("m", 1e12, true).behave("m", (arguments, reply) -> {
            @SuppressWarnings("unused")
            Object chained = release.thenRun(() -> reply.completeExceptionally(a.serverError(7)));
        });
        b.announce("m", 1, true);
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);
        var call = async(() -> client.call("m", List.of(), PATIENT, String.class));
        await("the call is in flight", () -> a.calls("m") == 1);

        Thread closer = Thread.startVirtualThread(client::close);
        await("it is closing", () -> ((CoreClient) client).isClosing());
        release.complete(null);
        assertThat(call.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("b:1");
        assertThat(closer.join(BOUND)).isTrue();
    }

    @Test
    @Promise("Failures: interrupted, closed, overloaded")
    void afterCloseNothingIsLeft() {
        a.announce("m", 1, true);
        AtomicReference<Thread> follower = new AtomicReference<>();
        var client = clientOf(sink -> {
            follower.set(Thread.currentThread());
            sink.publish(List.of(a.instance()));
            new CountDownLatch(1).await();
        });
        awaitServed(client, "m", 1);

        client.close();
        // a scope's task has ended a moment before its thread has
        await("the follower to end", () -> !follower.get().isAlive());
        assertThat(a.openConnections()).isZero();
        assertThat(client.topology().nodes()).isEmpty();
        assertThatThrownBy(() -> client.call("m", List.of()))
                .isInstanceOf(ClientClosedException.class)
                .hasMessageContaining("m: the client is closed");
    }

    @Test
    @Promise("Topology 7")
    void aServerThatAnnouncesItsShutdownIsDrained() throws Exception {
        CompletableFuture<Void> release = announceHeld(a);
        a.announce("m", 1e12, false);
        b.announce("m", 1, false);
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);
        var call = callHeld(client, a, 1);

        a.announceShutdown();
        awaitState(client, a, State.DRAINING);
        assertThat(snapshot(client, a).reason()).isEqualTo("the server announced its shutdown");
        assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("b:1");
        release.complete(null);
        assertThat(call.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("a:1");
        await("it is connected to again", () -> a.connects() == 2);
        awaitServed(client, "m", 2);
    }

    @Test
    @Promise("Topology 4")
    void anEmptySetAndItsReasonAreSeenTogetherAndToldOnce() throws InterruptedException {
        a.announce("m", 1, true);
        var told = new CopyOnWriteArrayList<String>();
        BlockingQueue<List<Instance>> sets = new LinkedBlockingQueue<>();
        TopologySource source = sink -> {
            while (true) {
                List<Instance> set = sets.take();
                if (set.isEmpty()) {
                    sink.publish(set, "none of the 2 instances is selected by zone=x");
                } else {
                    sink.publish(set, "c cannot be read");
                }
            }
        };
        sets.add(List.of());
        DiscoveryClient client =
                cluster.client(options -> options.source(source).observer(new ClientObserver() {
                    @Override
                    public void topologyFailed(TopologyFailed event) {
                        told.add(event.message());
                    }
                }));
        await("the reason is seen", () -> client.topology().lastError() != null);
        assertThat(client.topology().lastError()).isEqualTo("none of the 2 instances is selected by zone=x");

        for (int i = 0; i < 3; i++) {
            sets.put(List.of(a.instance()));
        }
        awaitServed(client, "m", 1);
        await("the sets were read", sets::isEmpty);
        assertThat(client.topology().lastError()).isEqualTo("c cannot be read");
        sets.put(List.of());
        await("there is another reason", () -> told.size() == 3);
        assertThat(told)
                .containsExactly(
                        "none of the 2 instances is selected by zone=x",
                        "c cannot be read",
                        "none of the 2 instances is selected by zone=x, the last 1 stay");
        awaitServed(client, "m", 1);
    }

    @Test
    @Promise("Topology 6")
    void whatASourceSaysOfAClientThatIsClosedIsNotHeard() {
        var told = new CopyOnWriteArrayList<String>();
        var sinks = new AtomicReference<TopologySource.Sink>();
        DiscoveryClient client = cluster.client(options -> options.source(sink -> {
                    sinks.set(sink);
                    sink.publish(List.of(a.instance()));
                    new CountDownLatch(1).await();
                })
                .observer(new ClientObserver() {
                    @Override
                    public void topologyFailed(TopologyFailed event) {
                        told.add(event.message());
                    }
                }));
        await("the source is followed", () -> sinks.get() != null);
        client.close();
        sinks.get().failed("too late");
        assertThat(told).isEmpty();
    }

    @Test
    @Promise("Topology 6")
    void aSourceMayCloseTheClientThatFollowsIt() {
        var closing = new CompletableFuture<DiscoveryClient>();
        var closed = new CompletableFuture<Boolean>();
        DiscoveryClient client = cluster.client(options -> options.source(sink -> {
                    sink.publish(List.of(a.instance()));
                    closing.get().close();
                    new CountDownLatch(1).await();
                })
                .observer(new ClientObserver() {
                    @Override
                    public void closed(Closed event) {
                        closed.complete(true);
                    }
                }));
        try (LogLines log = new LogLines()) {
            closing.complete(client);
            assertThat(closed.join()).isTrue();
            assertThat(log.with("has not ended within")).isEmpty();
        }
    }

    @Test
    void aNodeThatIsRemovedAndPutBackAgainAndAgainLogsAFewLines() {
        var round = new AtomicInteger();
        try (LogLines log = new LogLines()) {
            cluster.client(options -> options.source(sink -> {
                for (int i = 0; i < 60; i++) {
                    sink.publish(List.of(a.instance(), b.instance()));
                    sink.publish(List.of(b.instance()));
                    round.incrementAndGet();
                }
                new CountDownLatch(1).await();
            }));
            await("it was removed for the last time", () -> round.get() == 60);
            assertThat(log.with("a:1 is closed")).hasSizeLessThan(10);
        }
    }
}
