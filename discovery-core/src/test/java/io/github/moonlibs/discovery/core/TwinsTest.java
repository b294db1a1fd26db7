package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static io.github.moonlibs.discovery.core.Cluster.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An instance that is listed under two addresses: a:1 and b:1 lead to it, c:1 to another one. */
@NullUnmarked // a test that meets null where it should not fails, which is its job
@Timeout(120)
class TwinsTest {
    private static final UUID ONE = new UUID(1, 1);
    private static final UUID OTHER = new UUID(2, 2);

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1").announce("m", 1, true).leadsTo(ONE);
    private final MemoryNode b = cluster.node("b:1").announce("m", 1, true).leadsTo(ONE);
    private final MemoryNode c = cluster.node("c:1").announce("m", 1, true).leadsTo(OTHER);

    @AfterEach
    void close() {
        cluster.close();
    }

    private DiscoveryClient client(MemoryNode... nodes) {
        return cluster.client(options -> options.slowStart(Duration.ZERO), nodes);
    }

    private static void awaitServing(DiscoveryClient client, MemoryNode... nodes) {
        for (MemoryNode node : nodes) {
            awaitState(client, node, State.SERVING);
        }
    }

    private static Set<String> answering(DiscoveryClient client) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            names.add(client.call("m", List.of(), String.class));
        }
        return names;
    }

    /** The one that is called. */
    private MemoryNode called(DiscoveryClient client) {
        return snapshot(client, a).twin() == null ? a : b;
    }

    private MemoryNode behind(DiscoveryClient client) {
        return called(client) == a ? b : a;
    }

    @Test
    @Promise("Topology 2: the same instance twice")
    void anInstanceThatIsListedTwiceGetsOneShareAndOneWarningNamesBoth() {
        try (LogLines lines = new LogLines()) {
            var client = client(a, b, c);
            awaitServing(client, a, b, c);

            MemoryNode called = called(client);
            MemoryNode behind = behind(client);
            assertThat(answering(client))
                    .containsExactlyInAnyOrder(called.endpoint().address(), "c:1");
            Shares.of(2, 2_000, () -> client.call("m", List.of(), String.class).equals("c:1") ? 1 : 0)
                    .assertUnseededFit(1, 1);
            assertThat(client.callAll("m", List.of())).hasSize(2);
            // it is logged after the table is published
            await(
                    "the warning",
                    () -> lines.with(called.endpoint() + " and " + behind.endpoint()
                                            + " are the same instance, with the UUID " + ONE)
                                    .size()
                            == 1);
            assertThat(lines.with("are the same instance")).hasSize(1);
            assertThat(snapshot(client, behind).twin()).isEqualTo(called.instance());
            assertThat(client.snapshot().why("m", behind.instance()))
                    .isEqualTo(behind.endpoint() + " gets no calls itself: it is the same instance as "
                            + called.endpoint() + ", which is called for both");
            assertThat(client.topology().toString())
                    .contains("; the same instance as " + called.endpoint() + ", which is called");
            assertThat(client.snapshot().toJson())
                    .contains("\"twin\":\"" + called.endpoint().address() + "\"");
        }
    }

    @Test
    @Promise("Topology 2: the same instance twice")
    void whenTheOneThatIsCalledIsRemovedTheOtherTakesItsPlaceWithoutAGap() {
        var client = client(a, b, c);
        awaitServing(client, a, b, c);
        c.announceEntry("m", Map.of("weight", 0));
        awaitServed(client, "m", 1);
        MemoryNode called = called(client);
        MemoryNode behind = behind(client);
        List<CompletableFuture<List<Object>>> open = new ArrayList<>();
        called.behave("slow", (arguments, reply) -> open.add(reply));
        called.announce("slow", 1, true);
        behind.announce("slow", 1, true);
        awaitServed(client, "slow", 1);
        CompletableFuture<String> underWay = Cluster.async(() -> client.call("slow", List.of(), String.class));
        await("the call is under way", () -> open.size() == 1);

        cluster.list(behind, c);
        await("the other is called", () -> {
            String name = client.call("m", List.of(), String.class);
            return name.equals(behind.endpoint().address());
        });
        assertThat(answering(client)).containsExactly(behind.endpoint().address());
        assertThat(snapshot(client, behind).twin()).isNull();
        open.getFirst().complete(List.of("drained"));
        assertThat(underWay.join()).isEqualTo("drained");
    }

    @Test
    void whenTheOneThatIsNotCalledIsRemovedNothingChanges() {
        var client = client(a, b);
        awaitServing(client, a, b);
        MemoryNode called = called(client);
        MemoryNode behind = behind(client);
        long table = client.routing().version();

        cluster.list(called);
        await("it is closed", () -> behind.openConnections() == 0);
        assertThat(client.routing().version()).isEqualTo(table);
        assertThat(answering(client)).containsExactly(called.endpoint().address());
    }

    @Test
    void anAddressThatAnotherServerTakesGetsAShareOfItsOwnAndGivesItUpAgain() {
        try (LogLines lines = new LogLines()) {
            var client = client(a, b);
            awaitServing(client, a, b);
            MemoryNode behind = behind(client);

            behind.leadsTo(OTHER);
            behind.cut();
            awaitServed(client, "m", 2);
            assertThat(answering(client)).containsExactlyInAnyOrder("a:1", "b:1");

            behind.leadsTo(ONE);
            behind.cut();
            await("they are the same again", () -> snapshot(client, behind).twin() != null);
            awaitServed(client, "m", 1);
            client.close();
            assertThat(lines.with("are the same instance")).hasSize(1);
        }
    }

    @Test
    void whenTheOneThatIsCalledIsLostTheOtherTakesItsPlaceAndKeepsIt() {
        try (LogLines lines = new LogLines()) {
            var client = client(a, b);
            awaitServing(client, a, b);
            MemoryNode called = called(client);
            MemoryNode behind = behind(client);

            called.refuseConnections(AttemptException.notSent("connection refused", null));
            called.cut();
            await("the other is called", () -> snapshot(client, behind).twin() == null);
            assertThat(answering(client)).containsExactly(behind.endpoint().address());

            called.acceptConnections();
            await("it is back", () -> snapshot(client, called).twin() != null);
            assertThat(answering(client)).containsExactly(behind.endpoint().address());
            client.close();
            assertThat(lines.with("are the same instance")).hasSize(1);
        }
    }

    @Test
    void theOneThatIsCalledSpeaksForBoth() {
        var client = client(a, b);
        awaitServing(client, a, b);
        MemoryNode called = called(client);

        called.announce("m", 0, true);
        awaitServed(client, "m", 0);
        called.announce("other", 1, true);
        awaitServed(client, "other", 1);
        assertThat(client.routing().routes("m")).isEmpty();
    }

    @Test
    void nodesWhoseInstanceIsNotKnownAreCalledEach() {
        a.leadsTo(null);
        b.leadsTo(null);
        var client = client(a, b);

        awaitServed(client, "m", 2);
        assertThat(answering(client)).containsExactlyInAnyOrder("a:1", "b:1");
    }

    @Test
    void twoUsersOfOneInstanceAreServedEachAsItIs() {
        MemoryNode other =
                cluster.node("other:secret@d:1").announce("m", 1, true).leadsTo(ONE);
        var client = client(a, other);

        awaitServed(client, "m", 2);
        assertThat(answering(client)).containsExactlyInAnyOrder("a:1", "d:1");
    }
}
