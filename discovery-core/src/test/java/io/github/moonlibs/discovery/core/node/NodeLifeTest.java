package io.github.moonlibs.discovery.core.node;

import static io.github.moonlibs.discovery.core.Cluster.async;
import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static io.github.moonlibs.discovery.core.Cluster.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.core.Cluster;
import io.github.moonlibs.discovery.core.MemoryNode;
import io.github.moonlibs.discovery.core.Promise;
import io.github.moonlibs.discovery.core.routing.RouteWaiters;
import io.github.moonlibs.discovery.core.routing.Router;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.core.support.Startup;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What ends a node's life, or a connection of it, and what does not. */
@Timeout(300)
class NodeLifeTest {
    private static final CallOptions PATIENT = CallOptions.defaults().withTimeout(Cluster.BOUND);

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1").announce("m", 1, true);

    @AfterEach
    void close() {
        cluster.close();
    }

    private static Error error(String name) {
        return switch (name) {
            case "OutOfMemoryError" -> new OutOfMemoryError("thrown by a test");
            case "StackOverflowError" -> new StackOverflowError("thrown by a test");
            default -> new AssertionError("thrown by a test");
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"OutOfMemoryError", "StackOverflowError", "AssertionError"})
    @Promise("Topology 9")
    void anErrorInADiscoveryEndsTheRoundAndNotTheLife(String name) {
        DiscoveryClient client = cluster.client(a);
        awaitServed(client, "m", 1);
        MemoryNode.Behaviour sound = a.behaviour(MemoryNode.DISCOVERY);
        a.behave(MemoryNode.DISCOVERY, (arguments, reply) -> {
            throw error(name);
        });
        // down again and again, and connected in between
        await("it can be seen", () -> {
            NodeSnapshot now = snapshot(client, a);
            return now.state() == State.DOWN && now.reason().contains(name + ": thrown by a test");
        });
        assertThat(client.routing().routes("m")).isEmpty();

        a.behave(MemoryNode.DISCOVERY, sound);
        awaitServed(client, "m", 1);
        client.close();
        assertThat(client.topology().nodes()).isEmpty();
        assertThat(a.openConnections()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"OutOfMemoryError", "StackOverflowError", "AssertionError"})
    void anErrorInConnectingEndsTheRoundAndNotTheLife(String name) {
        AtomicInteger connects = new AtomicInteger();
        a.onConnect(() -> {
            if (connects.incrementAndGet() <= 3) {
                throw error(name);
            }
        });
        DiscoveryClient client = cluster.client(a);

        awaitServed(client, "m", 1);
        assertThat(connects).hasValue(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OutOfMemoryError", "StackOverflowError", "AssertionError"})
    @Promise("Topology 9")
    void anErrorInATopologySourceIsItsFailureAndItIsAskedAgain(String name) {
        CountDownLatch seen = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        TopologySource source = sink -> {
            if (asked.getAndIncrement() == 0) {
                throw error(name);
            }
            seen.await();
            sink.publish(List.of(a.instance()));
        };
        DiscoveryClient client = cluster.client(options -> options.source(source), new WeightedRandom());
        await("the failure can be seen", () -> client.topology().lastError() != null);
        assertThat(client.topology().lastError()).contains(name + ": thrown by a test");

        seen.countDown();
        awaitServed(client, "m", 1);
    }

    @Test
    @Promise("Announcement 5: replacement")
    void aConnectionOnWhichNothingArrivesIsReplacedAndItsCallsGoOn() {
        CompletableFuture<Void> release = new CompletableFuture<>();
        a.behave("m", (arguments, reply) -> {
            var unused = release.thenRun(() -> reply.complete(List.of("answered late")));
        });
        DiscoveryClient client = cluster.client(options -> options.discoveryTimeout(Duration.ofMillis(50)), a);
        awaitServed(client, "m", 1);
        var call = async(() -> client.call("m", List.of(), PATIENT, String.class));
        await("it is in flight", () -> a.calls("m") == 1);
        MemoryNode.Behaviour sound = a.behaviour(MemoryNode.DISCOVERY);
        a.hang(MemoryNode.DISCOVERY);
        awaitServed(client, "m", 0);
        await("another connection", () -> a.connects() >= 2);
        assertThat(call).isNotDone();

        a.behave(MemoryNode.DISCOVERY, sound);
        awaitServed(client, "m", 1);
        assertThat(a.openConnections()).isGreaterThanOrEqualTo(2);
        release.complete(null);
        assertThat(call.join()).isEqualTo("answered late");
        await("the first connection closes", () -> a.openConnections() == 1);
    }

    @Test
    void aConnectionThatWasSetAsideIsClosedWithTheClient() {
        a.hang("m");
        DiscoveryClient client = cluster.client(
                options -> options.discoveryTimeout(Duration.ofMillis(50)).drainTimeout(Duration.ofMillis(1)), a);
        awaitServed(client, "m", 1);
        var call = async(() -> client.call("m", List.of(), PATIENT, String.class));
        await("it is in flight", () -> a.calls("m") == 1);
        a.hang(MemoryNode.DISCOVERY);
        await("another connection", () -> a.connects() >= 2);
        client.close();

        assertThat(a.openConnections()).isZero();
        assertThat(call).failsWithin(Cluster.BOUND);
    }

    private DiscoveryClient clientOfABusyServer(Duration announcementMaxAge) {
        DiscoveryClient client = cluster.client(
                options -> options.discoveryTimeout(Duration.ofMillis(5)).announcementMaxAge(announcementMaxAge), a);
        awaitServed(client, "m", 1);
        a.receiving(true);
        a.hang(MemoryNode.DISCOVERY);
        return client;
    }

    @Test
    @Promise("Announcement 5: liveness")
    void aBusyServerStaysInTheRoutingWhileOtherRepliesArrive() {
        DiscoveryClient client = clientOfABusyServer(Duration.ofDays(1));
        int asked = a.calls(MemoryNode.DISCOVERY);
        await("many questions without an answer", () -> a.calls(MemoryNode.DISCOVERY) > asked + 5);

        assertThat(snapshot(client, a).state()).isEqualTo(State.SERVING);
        assertThat(client.call("m", List.of(), String.class)).isEqualTo("a:1");
        assertThat(a.connects()).isEqualTo(1);
    }

    @Test
    @Promise("Announcement 5: liveness")
    void aBusyServersAnnouncementDoesNotCountForEver() {
        DiscoveryClient client = clientOfABusyServer(Duration.ofMillis(20));
        awaitState(client, a, State.SILENT);

        assertThat(client.routing().routes("m")).isEmpty();
        assertThat(a.connects()).as("its connection is kept").isEqualTo(1);
    }

    @Test
    @Promise("Announcement 5: a new login")
    void aDeniedAccessIsTriedWithANewLoginNowAndThen() {
        a.fail(MemoryNode.DISCOVERY, 42);
        Queue<Long> logins = new ConcurrentLinkedQueue<>();
        a.onConnect(() -> logins.add(System.nanoTime()));
        Duration loginAge = Duration.ofMillis(20);
        ClientOptions options = DiscoveryClient.builder()
                .topology("static:a:1")
                .discoveryInterval(Duration.ofMillis(1))
                .reconnectDelay(Duration.ofMillis(1))
                .build();
        Balancing balancing =
                new Balancing(Strategies.of(new WeightedRandom()), 0, OutlierPolicy.defaults(), System::nanoTime);
        Router router = new Router(balancing, new RouteWaiters(0), Observers.NONE, Runnable::run);
        Node node = new Node(a.instance(), balancing, Observers.NONE, router::reconsider);
        Thread life = Thread.startVirtualThread(new NodeLife(
                node,
                cluster.transport(),
                router,
                SessionListener.NONE,
                new Startup(),
                options,
                new SplittableRandom(1),
                loginAge.toNanos()));
        await("several logins", () -> logins.size() >= 3);
        node.stop("the test is over");
        node.interrupt();

        await("it has ended", () -> !life.isAlive());
        long last = logins.remove();
        for (long login : logins) {
            assertThat(login - last)
                    .as("the age of a login that is repeated")
                    .isGreaterThanOrEqualTo(loginAge.toNanos());
            last = login;
        }
        assertThat(a.openConnections()).isZero();
    }
}
