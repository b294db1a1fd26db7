package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.async;
import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.OverloadedException;
import io.github.moonlibs.discovery.RoutingSnapshot.Route;
import io.github.moonlibs.discovery.core.routing.RoutingTable;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@NullUnmarked // a test that meets null where it should not fails, which is its job
class RoutingContractTest {
    private static final CallOptions FAIL_FAST = CallOptions.defaults().withFailFast(true);
    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1");
    private final MemoryNode b = cluster.node("b:1");
    private final MemoryNode c = cluster.node("c:1");

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    @Promise("Routing 1")
    @Promise("Original: weights 1/1 give 66.6/33.4 %; weight 0.5 raises")
    void firstAttemptsAreSharedExactlyByWeight() {
        a.announce("m", 1, true).announce("frac", 0.5, true);
        b.announce("m", 1, true).announce("frac", 1.5, true);
        c.announce("m", 0, true);
        // a node that comes later than the other has its share at once
        var client = cluster.client(options -> options.slowStart(Duration.ZERO), a, b, c);
        awaitServed(client, "m", 2);
        awaitServed(client, "frac", 2);

        assertThat(client.routing().routes("frac")).extracting(Route::share).containsExactlyInAnyOrder(0.25, 0.75);
        assertShares(client, "m", 10_000, Map.of("a:1", 0.5, "b:1", 0.5));
        assertShares(client, "frac", 10_000, Map.of("a:1", 0.25, "b:1", 0.75));
        assertThat(c.calls("m")).as("weight 0 is never called").isZero();
    }

    private static void assertShares(DiscoveryClient client, String method, int calls, Map<String, Double> shares) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < calls; i++) {
            counts.merge(client.call(method, List.of(), String.class), 1, Integer::sum);
        }
        shares.forEach((node, share) -> {
            double standardError = Math.sqrt(share * (1 - share) / calls);
            assertThat((double) counts.get(node) / calls)
                    .isBetween(share - 6.5 * standardError, share + 6.5 * standardError);
        });
    }

    @Test
    @Promise("Routing 2")
    void aPickAllocatesNothing() {
        a.announce("m", 1, true);
        b.announce("m", 3, true);
        var client = (CoreClient) cluster.client(a, b);
        awaitServed(client, "m", 2);
        RoutingTable table = client.table();
        SplittableRandom random = new SplittableRandom(1);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        long fewest = Long.MAX_VALUE;
        // compiling and measuring allocate too, at first
        for (int round = 0; round < 20 && fewest > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                table.routes("m").pick(random);
            }
            fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(fewest).as("bytes in 10,000 picks").isLessThan(10_000);
    }

    @Test
    @Promise("Routing 2")
    void aTableOnceReadNeverChanges() {
        a.announce("m", 1, true);
        var client = (CoreClient) cluster.client(a);
        awaitServed(client, "m", 1);
        RoutingTable before = client.table();

        a.announce("m", 7, true);
        await("the new weight", () -> client.routing().routes("m").getFirst().weight() == 7);
        assertThat(before.snapshot(List.of()).routes("m").getFirst().weight()).isEqualTo(1);
        assertThat(client.table()).isNotSameAs(before);
    }

    @Test
    @Promise("Routing 3")
    void aCallWaitsForItsRouteAndIsWokenByIt() throws Exception {
        a.announce("other", 1, true);
        var client = cluster.client(a);
        awaitServed(client, "other", 1);
        var call = async(() -> client.call("late", List.of(), PATIENT, String.class));
        await("it waits", () -> ((CoreClient) client).waitedForNames() == 1);

        a.announce("late", 1, true);
        assertThat(call.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("a:1");
    }

    @Test
    @Promise("Routing 3")
    @Promise("Failures: no route says why")
    void aCallThatNobodyEverServesFailsAtItsDeadline() {
        var client = cluster.client(a);
        awaitState(client, a, State.SERVING);
        Deadline deadline = Deadline.after(Duration.ofMillis(30));

        assertThatThrownBy(() ->
                        client.call("unknown", List.of(), CallOptions.defaults().withDeadline(deadline)))
                .isInstanceOf(NoRouteException.class)
                .hasMessageStartingWith(
                        "unknown: no route (no node served it until the deadline: a:1 does not announce it) after ")
                .hasMessageEndingWith("no attempt was made");
        assertThat(deadline.isReached()).isTrue();
    }

    @Test
    @Promise("Routing 3")
    @Promise("Original: a name never announced leaks memory")
    void callsToUnknownNamesLeaveNothingBehind() {
        var client = cluster.client(a);
        CallOptions soon = CallOptions.defaults().withDeadline(Duration.ofNanos(1));
        for (int i = 0; i < 100_000; i++) {
            String name = "unknown-" + i;
            assertThatThrownBy(() -> client.call(name, List.of(), soon)).isInstanceOf(NoRouteException.class);
        }
        assertThat(((CoreClient) client).waitedForNames()).isZero();
        assertThat(client.routing().routes()).isEmpty();
    }

    @Test
    @Promise("Routing 3")
    void beyondTheBoundOnWaitingCallsACallFailsAtOnce() {
        var client = cluster.client(options -> options.maxWaitingCalls(1), a);
        Thread first = Thread.startVirtualThread(() -> client.call("unknown", List.of(), PATIENT));
        await("the first waits", () -> ((CoreClient) client).waitedForNames() == 1);

        assertThatThrownBy(() -> client.call("unknown", List.of(), PATIENT))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("maxWaitingCalls: 1 calls wait for a route already");
        first.interrupt();
    }

    @Test
    @Promise("Routing 3")
    void failFastFailsAtOnce() {
        var client = cluster.client(a);

        assertThatThrownBy(() -> client.call("unknown", List.of(), FAIL_FAST.withDeadline(Duration.ofDays(1))))
                .isInstanceOf(NoRouteException.class)
                .hasMessageContaining("failFast");
    }

    @Test
    @Promise("Routing 4")
    void masterAndWeightsAreVisibleAndOnlyTheWeightsRoute() {
        a.announceRaw(Map.of("is_master", true, "methods", Map.of("m", Map.of("weight", 0L))));
        b.announceRaw(Map.of("is_master", false, "methods", Map.of("m", Map.of("weight", 5L))));
        var client = cluster.client(a, b);
        awaitServed(client, "m", 1);
        await("both are known", () -> Cluster.snapshot(client, a).announcement() != null);

        assertThat(Cluster.snapshot(client, a).announcement().isMaster()).isTrue();
        assertThat(Cluster.snapshot(client, a).announcement().methods().get("m").weight())
                .isZero();
        assertThat(Cluster.snapshot(client, b).announcement().isMaster()).isFalse();
        assertThat(client.routing().routes("m")).extracting(Route::node).containsExactly(b.instance());
    }

    @Test
    void awaitMethodIsNoCallAndNotBoundedByMaxWaitingCalls() throws Exception {
        a.announce("m", 1, true);
        var client = cluster.client(options -> options.maxWaitingCalls(0), a);

        assertThat(client.awaitMethod("m", 1, Cluster.BOUND)).isTrue();
        var waiting = Cluster.async(() -> {
            try {
                return client.awaitMethod("later", 1, Cluster.BOUND);
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts it", e);
            }
        });
        await("it waits", () -> ((CoreClient) client).waitedForNames() == 1);
        assertThat(client.snapshot().waitingCalls()).isZero();
        a.announce("later", 1, true);
        assertThat(waiting.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void awaitMethodTellsWhetherEnoughNodesServeIt() throws InterruptedException {
        a.announce("m", 1, true);
        var client = cluster.client(a);

        assertThat(client.awaitMethod("m", 1, Cluster.BOUND)).isTrue();
        assertThat(client.awaitMethod("m", 2, Duration.ofMillis(1))).isFalse();
        assertThatThrownBy(() -> client.awaitMethod("m", 0, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nodes: expected at least 1, got 0");
    }
}
