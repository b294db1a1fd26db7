package io.github.moonlibs.discovery.core.call;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DeadlineExceededException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.core.Cluster;
import io.github.moonlibs.discovery.core.MemoryNode;
import io.github.moonlibs.discovery.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the end of an attempt says of its node. */
@Timeout(300)
class OpenAttemptTest {
    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);

    private static final OutlierPolicy EAGER =
            OutlierPolicy.builder().windowCalls(4).minimumCalls(4).probes(1).build();

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1").announce("m", 1e12, true);
    private final MemoryNode b = cluster.node("b:1").announce("m", 1, true);

    @AfterEach
    void close() {
        cluster.close();
    }

    private DiscoveryClient client(MemoryNode... nodes) {
        var client = cluster.client(options -> options.outliers(EAGER).retryBudget(RetryBudget.unlimited()), nodes);
        awaitServed(client, "m", nodes.length);
        return client;
    }

    private static boolean isEjected(DiscoveryClient client, MemoryNode node) {
        return Cluster.snapshot(client, node).ejection() != null;
    }

    @Test
    @Promise("Hedging: what counts against a node")
    void anAttemptThatIsOvertakenCountsAgainstItsNode() {
        a.hang("m");
        var client = client(a, b);
        CallOptions hedged = PATIENT.withHedging(Hedging.after(Duration.ofMillis(1)));

        for (int i = 0; i < EAGER.minimumCalls(); i++) {
            assertThat(client.call("m", List.of(), hedged, String.class)).isEqualTo("b:1");
        }
        await("the hung node is ejected", () -> isEjected(client, a));
        assertThat(isEjected(client, b)).isFalse();
    }

    @Test
    @Promise("Hedging: what counts against a node")
    void anAttemptThatItsDeadlineCutsShortSaysNothingOfTheNode() {
        a.hang("m");
        var client = client(a, b);
        CallOptions cutShort = PATIENT.withDeadline(Duration.ofMillis(10)).withHedging(Hedging.none());

        for (int i = 0; i < 2 * EAGER.windowCalls(); i++) {
            assertThatThrownBy(() -> client.call("m", List.of(), cutShort))
                    .isInstanceOf(DeadlineExceededException.class);
        }
        assertThat(isEjected(client, a)).isFalse();
    }

    @Test
    void anAttemptThatHadItsFullTimeCountsAgainstItsNodeAlsoWhereTheDeadlineIsNoLater() {
        a.hang("m");
        var client = client(a, b);
        CallOptions full = CallOptions.defaults()
                .withTimeout(Duration.ofMillis(20))
                .withMaxAttempts(1)
                .withHedging(Hedging.none());

        // a call that the machine held up before its attempt has less than its full time, and does not count
        await("the hung node is ejected", () -> {
            assertThatThrownBy(() -> client.call("m", List.of(), full)).isInstanceOf(DeadlineExceededException.class);
            return isEjected(client, a);
        });
    }

    @Test
    void theLaterAttemptsThatLoseAreNoFaultOfTheirNodes() {
        CountDownLatch hedgeIsMade = new CountDownLatch(EAGER.windowCalls());
        BlockingQueue<CompletableFuture<List<Object>>> replies = new LinkedBlockingQueue<>();
        a.behave("m", (arguments, reply) -> replies.add(reply));
        b.behave("m", (arguments, reply) -> {
            hedgeIsMade.countDown();
            // the hedge's thread may have come so far before that of the first attempt
            replies.take().complete(List.of("a:1"));
        });
        var client = client(a, b);
        CallOptions hedged = PATIENT.withHedging(Hedging.after(Duration.ofMillis(1)));

        for (int i = 0; i < EAGER.windowCalls(); i++) {
            assertThat(client.call("m", List.of(), hedged, String.class)).isEqualTo("a:1");
        }
        assertThat(hedgeIsMade.getCount()).isZero();
        assertThat(isEjected(client, a)).isFalse();
        assertThat(isEjected(client, b)).isFalse();
    }

    @Test
    void aTransportThatThrowsAnythingElseGetsItsPlaceBack() {
        a.behave("m", (arguments, reply) -> {
            throw new AssertionError("a defect of a plug-in");
        });
        var client = client(a);

        assertThatThrownBy(() -> client.call("m", List.of(), PATIENT.withHedging(Hedging.none())))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> client.call("m", List.of(), PATIENT.withHedging(Hedging.after(Cluster.BOUND))))
                .hasRootCauseInstanceOf(AssertionError.class);
        assertThat(Cluster.snapshot(client, a).inFlight()).isZero();
    }

    @Test
    void anErrorCountsAgainstItsNodeWhereAnotherNodeAnswersTheSameCall() {
        a.fail("m", 32);
        var client = client(a, b);

        for (int i = 0; i < EAGER.minimumCalls(); i++) {
            assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("b:1");
        }
        await("the failing node is ejected", () -> isEjected(client, a));
        assertThat(isEjected(client, b)).isFalse();
    }

    @Test
    void anErrorThatAllNodesAnswerWithSaysNothingOfAny() {
        a.fail("m", 32);
        b.fail("m", 32);
        var client = client(a, b);

        for (int i = 0; i < 2 * EAGER.windowCalls(); i++) {
            assertThatThrownBy(() -> client.call("m", List.of(), PATIENT)).isInstanceOf(CallFailedException.class);
        }
        assertThat(isEjected(client, a) || isEjected(client, b)).isFalse();
    }

    @Test
    void onlyErrorsOfTheCodesThatAreSetCount() {
        a.fail("m", 32);
        OutlierPolicy others = OutlierPolicy.builder()
                .windowCalls(4)
                .minimumCalls(4)
                .probes(1)
                .errorCodes(7)
                .build();
        var client = cluster.client(options -> options.outliers(others).retryBudget(RetryBudget.unlimited()), a, b);
        awaitServed(client, "m", 2);

        for (int i = 0; i < 8; i++) {
            assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("b:1");
        }
        assertThat(isEjected(client, a)).isFalse();
        a.fail("m", 7);
        for (int i = 0; i < 4; i++) {
            assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("b:1");
        }
        await("the failing node is ejected", () -> isEjected(client, a));
    }

    @Test
    void aNodeThatFailsFastLooksNeitherFastNorIdle() {
        a.fail("m", 32);
        var client = client(a);

        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> client.call("m", List.of(), PATIENT)).isInstanceOf(CallFailedException.class);
        }
        assertThat(Cluster.snapshot(client, a).latency())
                .as("what errors say of the latency")
                .isNull();
    }

    @Test
    void anAttemptThatSendsNothingIsNoFaultOfItsNode() {
        a.sendNothingOf("m");
        b.fail("m", 7);
        var client = client(a, b);

        for (int i = 0; i < 2 * EAGER.windowCalls(); i++) {
            assertThatThrownBy(() -> client.call("m", List.of(), PATIENT)).isInstanceOf(CallFailedException.class);
        }
        assertThat(isEjected(client, a)).isFalse();
    }

    @Test
    void anErrorThatCountsAgainstItsNodeTookAsLongAsTheNodeDidAndNotAsTheCall() {
        CountDownLatch answer = new CountDownLatch(1);
        b.behave("m", (arguments, reply) -> {
            answer.await();
            reply.complete(List.of("b:1"));
        });
        var client = client(a, b);
        client.call("m", List.of(), PATIENT);
        a.fail("m", 7);
        var call = Cluster.async(() -> client.call("m", List.of(), PATIENT));
        await("the other node is asked", () -> b.calls("m") == 1);
        Duration before = Cluster.snapshot(client, a).latency();

        answer.countDown();
        call.join();
        // it only decays
        assertThat(Cluster.snapshot(client, a).latency()).isLessThanOrEqualTo(before);
    }
}
