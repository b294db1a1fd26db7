package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static io.github.moonlibs.discovery.core.Cluster.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.RoutingSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@NullUnmarked // a test that meets null where it should not fails, which is its job
class AnnouncementContractTest {
    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1");
    private final MemoryNode b = cluster.node("b:1");

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    @Promise("Announcement 1")
    void aNodeIsAskedAgainAndAgainButNeverTwiceAtATime() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        a.behave(MemoryNode.DISCOVERY, (arguments, reply) -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            Thread.sleep(1); // what the server takes to answer
            inside.decrementAndGet();
            reply.complete(List.of(Map.of("methods", Map.of())));
        });
        cluster.client(options -> options.discoveryInterval(Duration.ofMillis(1)), a);

        await("twenty questions", () -> a.calls(MemoryNode.DISCOVERY) >= 20);
        assertThat(most).hasValue(1);
    }

    @Test
    @Promise("Announcement 1")
    void anAnswerThatDoesNotComeWithinTheDiscoveryTimeoutIsAFailure() {
        a.hang(MemoryNode.DISCOVERY);
        var client = cluster.client(options -> options.discoveryTimeout(Duration.ofMillis(5)), a);

        await("a reconnect", () -> a.connects() >= 2);
        await("the reason", () -> snapshot(client, a).reason().contains("api.discovery failed: a:1: no reply"));
    }

    @Test
    @Promise("Announcement 2")
    void weightDefaultsTo100AndRetriableToFalseAndOtherKeysAreKept() {
        a.announceRaw(Map.of(
                "is_master",
                true,
                "zone",
                "east",
                "methods",
                Map.of("plain", Map.of(), "half", Map.of("weight", 0.5, "retriable", true, "cost", 3L))));
        var client = cluster.client(a);
        awaitServed(client, "plain", 1);

        Announcement announcement = snapshot(client, a).announcement();
        assertThat(announcement.isMaster()).isTrue();
        assertThat(announcement.attributes()).containsExactly(Map.entry("zone", "east"));
        assertThat(announcement.methods().get("plain")).isEqualTo(new Announcement.Method(100, false, Map.of()));
        assertThat(announcement.methods().get("half"))
                .isEqualTo(new Announcement.Method(0.5, true, Map.of("cost", 3L)));
    }

    @Test
    @Promise("Announcement 3")
    @Promise("Original: one missing weight breaks every later rebuild")
    void aMalformedEntryIsLeftOutAndHarmsNeitherTheNodesOtherMethodsNorOtherNodes() {
        a.announce("good", 1, true);
        a.announceEntry("negative", Map.of("weight", -1L));
        a.announceEntry("nan", Map.of("weight", Double.NaN));
        a.announceEntry("infinite", Map.of("weight", Double.POSITIVE_INFINITY));
        a.announceEntry("text", Map.of("weight", "100"));
        a.announceEntry("flag", Map.of("retriable", "yes"));
        a.announceEntry("absent", Map.of());
        b.announce("good", 1, true).announce("negative", 1, true);
        var client = cluster.client(a, b);

        awaitServed(client, "good", 2);
        RoutingSnapshot routing = client.routing();
        assertThat(routing.routes()).containsOnlyKeys("good", "negative", "absent");
        assertThat(routing.routes("negative"))
                .extracting(RoutingSnapshot.Route::node)
                .containsExactly(b.instance());
    }

    @Test
    @Promise("Announcement 3")
    void anAnswerWithoutMethodsIsAFailedDiscovery() {
        a.announce("m", 1, true);
        var client = cluster.client(a);
        awaitServed(client, "m", 1);

        a.announceRaw(Map.of("is_master", true));
        awaitState(client, a, State.SILENT);
        assertThat(client.routing().routes("m")).isEmpty();
        assertThat(snapshot(client, a).reason()).contains("expected {methods = {...}}, got methods = nothing");
    }

    @Test
    @Promise("Announcement 4")
    @Promise("Original: a withdrawn method stays routed until disconnect")
    void anAnnouncementReplacesThePreviousOneWhole() {
        a.announce("kept", 1, true).announce("withdrawn", 1, true);
        var client = cluster.client(a);
        awaitServed(client, "withdrawn", 1);

        a.withdraw("withdrawn");
        awaitServed(client, "withdrawn", 0);
        assertThat(client.routing().routes()).containsOnlyKeys("kept");
        assertThat(a.connects()).isEqualTo(1);
    }

    @Test
    @Promise("Announcement 5")
    void anApplicationErrorTakesTheNodeOutAndKeepsTheConnection() {
        a.announce("m", 1, true);
        b.announce("m", 1, true);
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);

        a.fail(MemoryNode.DISCOVERY, 42);
        awaitState(client, a, State.SILENT);
        assertThat(client.routing().routes("m"))
                .extracting(RoutingSnapshot.Route::node)
                .containsExactly(b.instance());
        int asked = a.calls(MemoryNode.DISCOVERY);
        await("it is asked again", () -> a.calls(MemoryNode.DISCOVERY) > asked + 2);
        assertThat(a.connects()).isEqualTo(1);
    }

    @Test
    @Promise("Announcement 5")
    void aTimedOutDiscoveryTakesTheNodeOutAndReconnects() {
        a.announce("m", 1, true);
        var client = cluster.client(options -> options.discoveryTimeout(Duration.ofMillis(50)), a);
        awaitServed(client, "m", 1);

        a.hang(MemoryNode.DISCOVERY);
        await("a reconnect", () -> a.connects() >= 2);
        awaitServed(client, "m", 0);
        await("the old connection is closed", () -> a.openConnections() <= 1);
    }

    @Test
    @Promise("Announcement 5")
    void aLostConnectionTakesTheNodeOutUntilItIsBack() {
        a.announce("m", 1, true);
        var client = cluster.client(a);
        awaitServed(client, "m", 1);

        a.refuseConnections(AttemptException.notSent("a:1: connection refused", null));
        a.cut();
        awaitServed(client, "m", 0);
        a.acceptConnections();
        awaitServed(client, "m", 1);
        assertThat(snapshot(client, a).connects()).isEqualTo(2);
    }

    @Test
    @Promise("Announcement 6")
    void equalAnnouncementsRebuildNothing() {
        a.announce("m", 1, true);
        var client = cluster.client(options -> options.discoveryInterval(Duration.ofMillis(1)), a);
        awaitServed(client, "m", 1);
        long version = client.routing().version();
        int asked = a.calls(MemoryNode.DISCOVERY);

        await("fifty more", () -> a.calls(MemoryNode.DISCOVERY) > asked + 50);
        assertThat(client.routing().version()).isEqualTo(version);
    }

    @Test
    @Promise("Announcement 6")
    void anAnnouncementThatIsEqualButForItsOrderRebuildsNothing() {
        a.announceRaw(Map.of("methods", new TreeMap<>(Map.of("x", Map.of(), "y", Map.of()))));
        var client = cluster.client(options -> options.discoveryInterval(Duration.ofMillis(1)), a);
        awaitServed(client, "x", 1);
        long version = client.routing().version();

        a.announceRaw(Map.of("methods", new TreeMap<>(Map.of("x", Map.of(), "y", Map.of())).descendingMap()));
        int asked = a.calls(MemoryNode.DISCOVERY);
        await("five more", () -> a.calls(MemoryNode.DISCOVERY) > asked + 5);
        assertThat(client.routing().version()).isEqualTo(version);
    }
}
