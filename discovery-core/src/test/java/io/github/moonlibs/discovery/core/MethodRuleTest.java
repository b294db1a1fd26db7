package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.async;
import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.MethodRule.Mode;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.PreparedMethod;
import io.github.moonlibs.discovery.RoutingSnapshot.Route;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers that announce nothing: what they serve follows from whether they are writable, by the client's rules. */
@NullUnmarked // a test that meets null where it should not fails, which is its job
class MethodRuleTest {
    private static final String INFO = "box.info";
    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);
    private static final CallOptions FAIL_FAST = CallOptions.defaults().withFailFast(true);

    private final Cluster cluster = new Cluster();
    private final MemoryNode master = cluster.node("master:1");
    private final MemoryNode replica = cluster.node("replica:1");
    private final MemoryNode other = cluster.node("other:1");

    @BeforeEach
    void roles() {
        is(master, false, "running");
        is(replica, true, "running");
        is(other, true, "running");
        for (MemoryNode node : List.of(master, replica, other)) {
            for (String method : List.of("users.get", "users.list", "users.insert", "stats", "audit")) {
                node.behave(
                        method,
                        (arguments, reply) ->
                                reply.complete(List.of(node.endpoint().address())));
            }
            node.fail(MemoryNode.DISCOVERY, 33);
        }
    }

    private static void is(MemoryNode node, boolean readOnly, String status) {
        node.behave(INFO, (arguments, reply) -> reply.complete(List.of(Map.of("ro", readOnly, "status", status))));
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private static ClientOptions.Builder rules(ClientOptions.Builder options) {
        return options.rule("users.*", Mode.PREFER_RO, true)
                .rule("users.insert", Mode.RW, false)
                .rule("stats", Mode.RO, true)
                .rule("audit", Mode.ANY, false);
    }

    private DiscoveryClient client() {
        // the master last: replicas that come a second after it are held back, as a tier that comes back
        DiscoveryClient client = cluster.client(MethodRuleTest::rules, replica, other);
        awaitServed(client, "users.*", 2);
        cluster.list(master, replica, other);
        awaitServed(client, "users.*", 3);
        return client;
    }

    private static Set<String> answering(DiscoveryClient client, String method) {
        Set<String> nodes = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            nodes.add(client.call(method, List.of(), PATIENT, String.class));
        }
        return nodes;
    }

    @Test
    @Promise("Announcement 10")
    void eachModeIsServedByItsNodes() {
        DiscoveryClient client = client();

        assertThat(answering(client, "users.get")).containsExactlyInAnyOrder("replica:1", "other:1");
        assertThat(answering(client, "stats")).containsExactlyInAnyOrder("replica:1", "other:1");
        assertThat(answering(client, "users.insert")).containsExactly("master:1");
        assertThat(answering(client, "audit")).containsExactlyInAnyOrder("master:1", "replica:1", "other:1");
        assertThat(master.calls(MemoryNode.DISCOVERY))
                .as("announcements asked for")
                .isZero();
        assertThat(Cluster.snapshot(client, master).announcement().isMaster()).isTrue();
        assertThat(Cluster.snapshot(client, replica).announcement().isMaster()).isFalse();
    }

    @Test
    @Promise("Announcement 10")
    void readsGoToTheMasterWhenThereIsNothingElse() {
        DiscoveryClient client = client();
        is(replica, false, "running");
        is(other, true, "orphan");
        await("the orphan to serve nothing", () -> serving(client, "users.*").equals(Set.of("master:1", "replica:1")));

        assertThat(answering(client, "users.get")).containsExactlyInAnyOrder("master:1", "replica:1");
        assertThat(client.routing().routes("stats")).isEmpty();
    }

    @Test
    @Promise("Announcement 10")
    void aChangeOfRolesMovesWrites() {
        DiscoveryClient client = client();
        is(master, true, "running");
        await(
                "no node is writable",
                () -> client.routing().routes("users.insert").isEmpty());
        var waiting = async(() -> client.call("users.insert", List.of(), PATIENT, String.class));
        await("it waits", () -> ((CoreClient) client).waitedForNames() == 1);
        is(replica, false, "running");

        assertThat(waiting.orTimeout(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)
                        .join())
                .isEqualTo("replica:1");
    }

    @Test
    @Promise("Announcement 10: methods of one rule share their routes")
    void aCallOfAnyNameThatARuleCoversWaitsForTheRule() {
        is(master, true, "orphan");
        is(replica, true, "orphan");
        is(other, true, "orphan");
        DiscoveryClient client = cluster.client(MethodRuleTest::rules, master, replica, other);
        awaitState(client, replica, State.SERVING);
        PreparedMethod prepared = client.method("users.list");
        var waiting = async(() -> client.call("users.get", List.of(), PATIENT, String.class));
        var alsoWaiting = async(() -> prepared.call(List.of(), PATIENT).as(String.class));
        await(
                "both wait for one",
                () -> client.snapshot().waitingCalls() == 2 && ((CoreClient) client).waitedForNames() == 1);
        is(replica, true, "running");

        assertThat(waiting.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo("replica:1");
        assertThat(alsoWaiting.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo("replica:1");
    }

    @Test
    @Promise("Announcement 10: methods of one rule share their routes")
    void aMillionNamesOfOneRuleLeaveNothingBehind() throws InterruptedException {
        DiscoveryClient client = client();
        CallOptions hedged = PATIENT.withHedging(Hedging.atP95());
        for (int i = 0; i < 1_000; i++) {
            String name = "users." + i;
            replica.behave(name, (arguments, reply) -> reply.complete(List.of()));
            other.behave(name, (arguments, reply) -> reply.complete(List.of()));
            client.call(name, List.of(), hedged);
        }

        assertThat(((CoreClient) client).observedMethods()).isEqualTo(1);
        assertThat(client.routing().routes()).containsOnlyKeys("users.*", "users.insert", "stats", "audit");
        assertThat(client.awaitMethod("users.any", 3, Cluster.BOUND)).isTrue();
    }

    @Test
    @Promise("Announcement 10: methods of one rule share their routes")
    void aWholeNameThatNoNodeServesDoesNotFallBackToABeginning() {
        is(master, true, "running");
        DiscoveryClient client = client();

        assertThatThrownBy(() -> client.call("users.insert", List.of(), FAIL_FAST))
                .isInstanceOf(NoRouteException.class)
                .hasMessageContaining("master:1 announces it with weight 0");
    }

    @Test
    @Promise("Announcement 10")
    void noNodeServesANameThatNoRuleCovers() {
        DiscoveryClient client = client();

        assertThatThrownBy(() -> client.call("orders.get", List.of(), FAIL_FAST))
                .isInstanceOf(NoRouteException.class)
                .hasMessageContaining("orders.get: no route (failFast, and no node serves it now:"
                        + " no rule of the client's options covers it)");
    }

    @Test
    void whatSaysNothingOfTheRoleIsNoAnswer() {
        master.behave(INFO, (arguments, reply) -> reply.complete(List.of("writable")));
        replica.behave(INFO, (arguments, reply) -> reply.complete(List.of()));
        other.fail(INFO, 42);
        DiscoveryClient client = cluster.client(MethodRuleTest::rules, master, replica, other);

        for (MemoryNode node : List.of(master, replica)) {
            awaitState(client, node, State.SILENT);
            assertThat(Cluster.snapshot(client, node).reason())
                    .isEqualTo("box.info failed: expected {ro = true or false, ...}");
        }
        awaitState(client, other, State.SILENT);
        assertThat(Cluster.snapshot(client, other).reason()).startsWith("box.info failed: ");
    }

    @Test
    @Promise("Announcement 10: the status")
    void aServerThatReportsItsStatusIsAskedWhenThatChanges() {
        master.broadcast("box.status", Map.of("is_ro", false));
        DiscoveryClient client =
                cluster.client(options -> rules(options).heartbeatInterval(Duration.ofDays(1)), master, replica, other);
        awaitServed(client, "users.*", 3);
        // one that reports nothing is asked all the time
        int before = replica.calls(INFO);
        int asked = master.calls(INFO);
        await("the other to be asked often", () -> replica.calls(INFO) > before + 20);
        assertThat(master.calls(INFO)).isLessThanOrEqualTo(asked + 1);

        is(master, true, "running");
        master.broadcast("box.status", Map.of("is_ro", true));
        await("it is read-only", () -> client.routing().routes("users.insert").isEmpty());
    }

    @Test
    void anAnnouncementThatAServerPushesIsNotTaken() {
        DiscoveryClient client = client();
        replica.broadcast(
                MemoryNode.DISCOVERY,
                Map.of("order", Map.of("instance", "i", "seq", 1), "methods", Map.of("users.get", Map.of())));
        replica.broadcast(INFO, Map.of("order", Map.of("instance", "i", "seq", 1), "methods", Map.of()));
        int before = replica.calls(INFO);
        await("it is asked again", () -> replica.calls(INFO) > before + 2);

        assertThat(serving(client, "users.*")).contains("replica:1");
    }

    private static Set<String> serving(DiscoveryClient client, String method) {
        Set<String> nodes = new HashSet<>();
        client.routing().routes(method).stream()
                .filter(route -> route.share() > 0)
                .map(Route::node)
                .forEach(node -> nodes.add(node.endpoint().address()));
        return nodes;
    }

    @Test
    void aSnapshotKnowsAMethodByItsOwnName() {
        DiscoveryClient client = client();
        ClientSnapshot snapshot = client.snapshot();

        assertThat(snapshot.routing().routes("users.get"))
                .isEqualTo(snapshot.routing().routes("users.*"))
                .isNotEmpty();
        assertThat(snapshot.routing().routes("users.insert"))
                .extracting(route -> route.node())
                .containsExactly(master.instance());
        assertThat(snapshot.routing().routes("orders.get")).isEmpty();
        assertThat(snapshot.why("users.get", replica.instance())).startsWith("replica:1 serves users.get with weight ");
        assertThat(snapshot.why("orders.get", replica.instance()))
                .isEqualTo("replica:1 is not called for orders.get: no rule of the client's options covers it");
    }
}
