package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.async;
import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.RetryBudget;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What callers, operators and servers see of ejection. */
@NullUnmarked // a test that meets null where it should not fails, which is its job
@Timeout(300)
class EjectionTest {
    // without hedges: on a busy machine one would ask the hung node for a call that has little time left, which counts
    // for nothing
    private static final CallOptions BRIEF = CallOptions.defaults()
            .withTimeout(Duration.ofMillis(1))
            .withDeadline(Cluster.BOUND)
            .withHedging(Hedging.none());
    private static final OutlierPolicy FOR_GOOD =
            OutlierPolicy.builder().baseEjection(Duration.ofMinutes(1)).build();
    private static final OutlierPolicy FOR_A_MOMENT =
            OutlierPolicy.builder().baseEjection(Duration.ofMillis(20)).build();

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1");
    private final MemoryNode b = cluster.node("b:1");
    private final MemoryNode c = cluster.node("c:1");

    @BeforeEach
    void announce() {
        for (MemoryNode node : List.of(a, b, c)) {
            node.announce("m", 1, true);
        }
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private DiscoveryClient client(OutlierPolicy policy) {
        DiscoveryClient client = cluster.client(
                options -> options.outliers(policy).slowStart(Duration.ZERO).retryBudget(RetryBudget.unlimited()),
                a,
                b,
                c);
        awaitServed(client, "m", 3);
        return client;
    }

    @Test
    void aNodeThatTimesOutGetsNoMoreThanItsMinimumVolume() {
        a.hang("m");
        var client = client(FOR_GOOD);
        for (int i = 0; i < 500; i++) {
            assertThat(client.call("m", List.of(), BRIEF, String.class)).isNotEqualTo("a:1");
        }

        assertThat(a.calls("m")).isEqualTo(FOR_GOOD.minimumCalls());
        assertThat(snapshot(client, a).ejection()).satisfies(ejection -> {
            assertThat(ejection.isProbing()).isFalse();
            assertThat(ejection.inARow()).isEqualTo(1);
            assertThat(ejection.reason())
                    .isEqualTo(
                            "10 of its last 10 calls timed out, lost their connection or failed where another node answered");
        });
        assertThat(snapshot(client, b).ejection()).isNull();
        assertThat(client.topology().toString()).contains("; ejected for another ");
    }

    @Test
    void itGetsItsProbesAndAfterItHasHealedItsShareAndEachStepIsOneLineInTheLog() {
        a.hang("m");
        try (LogLines lines = new LogLines()) {
            var client = client(FOR_A_MOMENT);
            for (int times = 1; times <= 3; times++) {
                int ejections = times;
                await("it is ejected", () -> {
                    client.call("m", List.of(), BRIEF);
                    Ejection ejection = snapshot(client, a).ejection();
                    return ejection != null && ejection.inARow() == ejections;
                });
                // no call is made until the node's own thread has logged it
                await("it is probed", () -> lines.with("a:1 is probed: ").size() == ejections);
                assertThat(lines.with("a:1 is ejected for another ")).hasSize(ejections);
            }
            assertThat(a.calls("m")).isEqualTo(FOR_A_MOMENT.minimumCalls() + 2 * FOR_A_MOMENT.probes());

            a.behave("m", (arguments, reply) -> reply.complete(List.of("a:1")));
            await("it is back", () -> {
                client.call("m", List.of());
                return snapshot(client, a).ejection() == null;
            });
            assertThat(lines.with("a:1 is in service again: its probes were answered"))
                    .hasSize(1);
            awaitServed(client, "m", 3);
            Shares.of(
                            3,
                            3_000,
                            () -> "abc"
                                    .indexOf(client.call("m", List.of(), String.class)
                                            .charAt(0)))
                    .assertUnseededFit(1, 1, 1);
        }
    }

    @Test
    @Promise("Calls 1: the late hedge")
    void aCallOnAHungNodeIsHedgedAlsoWhenCallsHaveFailedOnAllNodes() {
        a.announce("m", 1e12, true).hang("m");
        b.hang("m");
        c.hang("m");
        var client = client(FOR_GOOD);
        await("all are out", () -> {
            try {
                client.callAll("m", List.of(), BRIEF);
            } catch (CallException expected) {
                // none answers
            }
            return List.of(a, b, c).stream()
                    .allMatch(node -> snapshot(client, node).ejection() != null);
        });

        // the table follows the ejections
        await(
                "a to be routed by its weight again",
                () -> client.routing().routes("m").stream()
                        .anyMatch(route -> route.share() > 0.9 && route.node().equals(a.instance())));

        b.behave("m", (arguments, reply) -> reply.complete(List.of("b:1")));
        c.behave("m", (arguments, reply) -> reply.complete(List.of("c:1")));
        CallOptions late = CallOptions.defaults().withTimeout(Duration.ofSeconds(4));
        int before = a.calls("m");
        assertThat(client.call("m", List.of(), late, String.class)).isIn("b:1", "c:1");
        assertThat(a.calls("m")).isEqualTo(before + 1);
    }

    @Test
    void aRetryThatTheBudgetRefusesSpendsNoProbe() {
        a.announce("m", 1, true).timeOutOn("m");
        b.announce("m", 1e12, true);
        OutlierPolicy soon =
                OutlierPolicy.builder().baseEjection(Duration.ofMillis(500)).build();
        var client = cluster.client(
                options -> options.outliers(soon).slowStart(Duration.ZERO).retryBudget(new RetryBudget(0, 0)), a, b);
        awaitServed(client, "m", 2);
        for (int i = 0; i < soon.minimumCalls(); i++) {
            client.callAll("m", List.of());
        }
        await("a is probed", () -> {
            Ejection ejection = snapshot(client, a).ejection();
            return ejection != null && ejection.isProbing();
        });

        b.fail("m", 7);
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> client.call("m", List.of())).hasMessageContaining("retry budget exhausted");
        }
        a.announce("m", 1e12, true).behave("m", (arguments, reply) -> reply.complete(List.of("a:1")));
        b.announce("m", 1, true);
        await(
                "a is to get all",
                () -> client.routing().routes("m").stream()
                        .allMatch(route -> route.share() > 0.9 == route.node().equals(a.instance())));
        for (int i = 0; i < soon.probes(); i++) {
            assertThat(client.call("m", List.of(), String.class)).isEqualTo("a:1");
        }
    }

    @Test
    void errorsOfAMethodThatIsNotRetriableEjectNoNode() {
        a.announce("m", 1e12, false).fail("m", 42);
        var client = client(FOR_GOOD);
        for (int i = 0; i < 200; i++) {
            assertThatThrownBy(() -> client.call("m", List.of())).isInstanceOf(CallFailedException.class);
        }

        assertThat(a.calls("m")).isGreaterThan(30);
        assertThat(snapshot(client, a).ejection()).isNull();
    }

    @Test
    void callsThatOneConnectionTookWithItAreOneFailure() {
        a.hang("m");
        var client = client(FOR_GOOD);
        CallOptions patient = CallOptions.defaults().withTimeout(Cluster.BOUND);
        List<CompletableFuture<String>> calls = IntStream.range(0, 200)
                .mapToObj(i -> async(() -> client.call("m", List.of(), patient, String.class)))
                .toList();
        await("all have been sent", () -> a.calls("m") + b.calls("m") + c.calls("m") == 200);
        a.cut();
        calls.forEach(CompletableFuture::join);

        assertThat(a.calls("m")).isGreaterThan(FOR_GOOD.minimumCalls());
        assertThat(snapshot(client, a).ejection()).isNull();
    }

    @Test
    void callAllCallsAnEjectedNodeToo() {
        a.hang("m");
        var client = client(FOR_GOOD);
        await("it is out", () -> {
            client.call("m", List.of(), BRIEF);
            return snapshot(client, a).ejection() != null;
        });

        assertThat(client.callAll("m", List.of(), BRIEF.withDeadline(Duration.ofMillis(5))))
                .hasSize(3);
    }

    @Test
    void withThePolicyOffAFailingNodeKeepsItsShare() {
        a.hang("m");
        var client = client(OutlierPolicy.off());
        for (int i = 0; i < 200; i++) {
            client.call("m", List.of(), BRIEF);
        }

        // a third, give or take six and a half standard errors, all of which the retry budget has
        assertThat(a.calls("m")).isBetween(23, 110);
    }

    @Test
    void aNodeThatIsAloneIsCalledHoweverBadItIs() {
        var alone = cluster.client(options -> options.outliers(FOR_GOOD), a);
        awaitServed(alone, "m", 1);
        a.hang("m");
        for (int i = 0; i < 30; i++) {
            assertThatThrownBy(() -> alone.call("m", List.of(), BRIEF)).isInstanceOf(CallException.class);
        }

        assertThat(a.calls("m")).isEqualTo(30);
        assertThat(snapshot(alone, a).ejection()).isNotNull();
    }

    @Test
    @Promise("Topology 10")
    void aCallWaitsForANodeInServiceRatherThanGoToAnEjectedOne() {
        var over = new CountDownLatch(1);
        a.announce("m", 1, true).hang("m");
        DiscoveryClient client = cluster.client(
                options -> options.outliers(FOR_GOOD)
                        .maxInFlightPerNode(1)
                        .slowStart(Duration.ZERO)
                        .retryBudget(RetryBudget.unlimited()),
                a,
                b);
        awaitServed(client, "m", 2);
        await("a is ejected", () -> {
            client.call("m", List.of(), BRIEF);
            return snapshot(client, a).ejection() != null;
        });
        int asked = a.calls("m");
        b.behave("m", (arguments, reply) -> {
            over.await();
            reply.complete(List.of("b:1"));
        });
        CallOptions patient = CallOptions.defaults().withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);
        var first = async(() -> client.call("m", List.of(), patient, String.class));
        await("b is full", () -> snapshot(client, b).inFlight() == 1);
        var second = async(() -> client.call("m", List.of(), patient, String.class));
        await("the second call waits", () -> client.snapshot().waitingCalls() == 1);
        over.countDown();
        assertThat(first.join()).isEqualTo("b:1");
        assertThat(second.join()).isEqualTo("b:1");
        assertThat(a.calls("m")).isEqualTo(asked);
    }

    @Test
    @Promise("Topology 10")
    void aPlaceOnANodeThatWasEjectedMeanwhileIsForNobodyWhoWaits() {
        Queue<CompletableFuture<List<Object>>> byA = holdsCalls(a);
        Queue<CompletableFuture<List<Object>>> byB = holdsCalls(b);
        DiscoveryClient client = ofTen(FOR_GOOD);
        call(client, 20);
        await("both are full", () -> byA.size() == 10 && byB.size() == 10);
        call(client, 25);
        await("25 calls wait", () -> client.snapshot().waitingCalls() == 25);

        fail(byA);
        await(
                "a is ejected, and has all the calls that it was given a place for",
                () -> client.routing().routes("m").size() == 1
                        && snapshot(client, a).inFlight() == byA.size());
        int asked = a.calls("m");
        fail(byA);
        b.behave("m", (arguments, reply) -> reply.complete(List.of("b:1")));
        byB.forEach(reply -> reply.complete(List.of("b:1")));
        await("no call waits", () -> client.snapshot().waitingCalls() == 0);
        assertThat(a.calls("m")).isEqualTo(asked);
    }

    @Test
    @Promise("Topology 10")
    void aNodeThatIsProbedGetsNoMoreThanItsProbesOfWhatAFullOneCannotTake() {
        a.announce("m", 1, true).hang("m");
        DiscoveryClient client = ofTen(FOR_A_MOMENT);
        await("a is probed", () -> {
            client.call("m", List.of(), BRIEF);
            var ejection = snapshot(client, a).ejection();
            return ejection != null && ejection.isProbing();
        });
        int before = snapshot(client, a).inFlight();
        b.hang("m");
        call(client, 40);
        await(
                "b is full, and the others wait",
                () -> snapshot(client, b).inFlight() == 10
                        && client.snapshot().waitingCalls()
                                        + snapshot(client, a).inFlight()
                                >= 30);
        assertThat(snapshot(client, a).inFlight() - before).isLessThanOrEqualTo(FOR_A_MOMENT.probes());
    }

    /** With places for ten calls on a node. */
    private DiscoveryClient ofTen(OutlierPolicy policy) {
        DiscoveryClient client = cluster.client(
                options -> options.outliers(policy)
                        .maxInFlightPerNode(10)
                        .slowStart(Duration.ZERO)
                        .drainTimeout(Duration.ofMillis(1))
                        .retryBudget(RetryBudget.unlimited()),
                a,
                b);
        awaitServed(client, "m", 2);
        return client;
    }

    private static void call(DiscoveryClient client, int times) {
        CallOptions patient = CallOptions.defaults()
                .withTimeout(Cluster.BOUND)
                .withDeadline(Cluster.BOUND)
                .withHedging(Hedging.none());
        for (int i = 0; i < times; i++) {
            var unused = async(() -> client.call("m", List.of(), patient));
        }
    }

    private static Queue<CompletableFuture<List<Object>>> holdsCalls(MemoryNode node) {
        Queue<CompletableFuture<List<Object>>> held = new ConcurrentLinkedQueue<>();
        node.announce("m", 1, false).behave("m", (arguments, reply) -> held.add(reply));
        return held;
    }

    private static void fail(Queue<CompletableFuture<List<Object>>> held) {
        for (var reply = held.poll(); reply != null; reply = held.poll()) {
            reply.completeExceptionally(new AttemptException(Kind.TIMEOUT, true, "no reply", null));
        }
    }
}
