package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static io.github.moonlibs.discovery.core.Cluster.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.RoutingSnapshot.Route;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A master that has been deposed and doesn't know it. */
@Timeout(120)
@NullUnmarked // a test that meets null where it should not fails, which is its job
class StaleMasterTest {
    private static final CallOptions FAIL_FAST =
            CallOptions.defaults().withTimeout(Cluster.BOUND).withFailFast(true);

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1");
    private final MemoryNode b = cluster.node("b:1");
    private final MemoryNode c = cluster.node("c:1");

    @BeforeEach
    void answer() {
        for (MemoryNode node : List.of(a, b, c)) {
            node.announce("read", 1, true).announce("write", 1, false);
        }
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    /** Announces reads, and writes as well if it calls itself the master. */
    private static void announce(MemoryNode node, boolean isMaster, @Nullable Object term) {
        Map<String, Object> announcement = new HashMap<>();
        announcement.put("is_master", isMaster);
        announcement.put(
                "methods", Map.of("read", Map.of("retriable", true), "write", Map.of("weight", isMaster ? 100 : 0)));
        announcement.put("term", term);
        node.announceRaw(announcement);
    }

    private static List<String> serving(DiscoveryClient client, String method) {
        return client.routing().routes(method).stream()
                .map(route -> route.node().name())
                .sorted()
                .toList();
    }

    private static void awaitServedBy(DiscoveryClient client, String method, String... nodes) {
        await(
                method + " is served by " + List.of(nodes),
                () -> serving(client, method).equals(List.of(nodes)));
    }

    @Test
    @Promise("Routing 6")
    @Promise("Announcement 9")
    void whatOnlyMastersServeIsNotRoutedToAStaleOne() {
        announce(a, true, 5L);
        announce(b, false, 5L);
        var client = cluster.client(a, b);
        awaitServed(client, "read", 2);
        awaitServedBy(client, "write", "a:1");

        try (LogLines log = new LogLines()) {
            announce(b, true, 6L);
            awaitServedBy(client, "write", "b:1");
            await("it is logged", () -> log.with("a:1 is a stale master").size() == 1);
        }
        assertThat(client.call("write", List.of(), FAIL_FAST, String.class)).isEqualTo("b:1");
        assertThat(client.snapshot().why("write", a.instance()))
                .isEqualTo("a:1 is kept from write: it is a stale master: its term is 5, and b:1 was the master in"
                        + " term 6");
        assertThat(snapshot(client, a).staleMaster().newest()).isEqualTo(b.instance());
        assertThat(client.topology()).asString().contains("; a stale master: its term is 5");
        assertThat(client.snapshot().toJson()).contains("\"staleMaster\":\"a stale master");

        announce(a, true, 7L);
        awaitServedBy(client, "write", "a:1");
        assertThat(snapshot(client, a).staleMaster()).isNull();
        assertThat(snapshot(client, b).staleMaster().term()).isEqualTo(BigDecimal.valueOf(6));
    }

    @Test
    @Promise("Routing 6")
    void whatReplicasServeTooIsRoutedToAStaleMasterAsWell() {
        announce(a, true, 5L);
        announce(b, true, 6L);
        announce(c, false, 6L);
        var client = cluster.client(a, b, c);

        awaitServedBy(client, "read", "a:1", "b:1", "c:1");
        awaitServedBy(client, "write", "b:1");
        // and it stays so while the replicas are away
        c.refuseConnections(AttemptException.notSent("refused", null));
        c.cut();
        awaitServedBy(client, "read", "a:1", "b:1");
    }

    @Test
    @Promise("Routing 6")
    void announcementsWithoutATermFenceNoNodeAndAreNotFenced() {
        announce(a, true, null);
        announce(b, true, 6L);
        announce(c, true, null);
        var client = cluster.client(a, b, c);

        awaitServedBy(client, "write", "a:1", "b:1", "c:1");
    }

    @Test
    @Promise("Routing 6")
    void aTermIsRememberedWhenItsMasterGoesOrStepsDown() {
        announce(a, true, 5L);
        announce(b, true, 6L);
        var client = cluster.client(a, b);
        await("a:1 is stale", () -> snapshot(client, a).staleMaster() != null);

        b.refuseConnections(AttemptException.notSent("refused", null));
        b.cut();
        awaitServedBy(client, "write");
        assertThatThrownBy(() -> client.call("write", List.of(), FAIL_FAST))
                .isInstanceOf(NoRouteException.class)
                .hasMessageContaining("a:1 is a stale master: its term is 5, and b:1 was the master in term 6");
        announce(b, false, 7L);
        b.acceptConnections();
        awaitState(client, b, State.SERVING);
        assertThat(serving(client, "write")).isEmpty();
    }

    @Test
    @Promise("Routing 6")
    void aTermIsForgottenWithTheNodeThatLeavesTheTopology() {
        announce(a, true, 5L);
        announce(b, true, 6L);
        var client = cluster.client(a, b);
        awaitServedBy(client, "write", "b:1");

        cluster.list(a);
        awaitServedBy(client, "write", "a:1");
    }

    @Test
    @Promise("Routing 6")
    void aTermThatFallsOrGoesIsForgotten() {
        announce(a, true, 5L);
        announce(b, true, 600L);
        var client = cluster.client(a, b);
        awaitServedBy(client, "write", "b:1");

        // built anew, and the terms begin again
        announce(b, false, 1L);
        awaitServedBy(client, "write", "a:1");
        announce(b, true, 7L);
        awaitServedBy(client, "write", "b:1");
        announce(b, true, null);
        awaitServedBy(client, "write", "a:1", "b:1");
    }

    @Test
    @Promise("Routing 6")
    void theTermOfANodeThatIsNoMasterCountsForNothing() {
        announce(a, true, 5L);
        announce(b, false, 60L);
        var client = cluster.client(a, b);
        awaitServed(client, "read", 2);

        assertThat(serving(client, "write")).containsExactly("a:1");
    }

    @Test
    @Promise("Announcement 9")
    void termsAreNumbersOfAnyKindAndTiersAreWhole() {
        Map<String, Object> methods = new HashMap<>();
        methods.put("late", Map.of("tier", 2L));
        methods.put("half", Map.of("tier", 0.5));
        methods.put("negative", Map.of("tier", -1L));
        methods.put("plain", Map.of());
        a.announceRaw(Map.of("term", 1.5, "methods", methods));
        b.announceRaw(Map.of("term", "6", "methods", methods));
        c.announceRaw(Map.of("term", Double.NaN, "methods", methods));
        try (LogLines log = new LogLines()) {
            var client = cluster.client(a, b, c);
            awaitServed(client, "late", 3);

            assertThat(snapshot(client, a).announcement().term()).isEqualTo(new BigDecimal("1.5"));
            assertThat(snapshot(client, b).announcement().term()).isNull();
            assertThat(client.routing().routes("half"))
                    .extracting(Route::weight)
                    .containsOnly(100.0);
            var announced = snapshot(client, a).announcement().methods();
            assertThat(announced.get("late").tier()).isEqualTo(2);
            assertThat(announced.get("late").attributes()).isEmpty();
            assertThat(List.of("half", "negative", "plain"))
                    .allMatch(name -> announced.get(name).tier() == 0);
            assertThat(log.with("term left out: expected a finite number, got the string \"6\""))
                    .hasSize(1);
            assertThat(log.with("term left out: expected a finite number, got NaN"))
                    .hasSize(1);
            assertThat(log.with("a:1: announcement: method half: tier left out"))
                    .hasSize(1);
        }
    }
}
