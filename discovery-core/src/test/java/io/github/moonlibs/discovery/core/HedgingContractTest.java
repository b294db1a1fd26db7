package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.Attempt;
import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallInterruptedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DeadlineExceededException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
@NullUnmarked // a test that meets null where it should not fails, which is its job
class HedgingContractTest {
    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);
    /** On a busy machine a node that answers at once may have answered later: a test says how many attempts it wants. */
    private static final Duration SOON = Duration.ofMillis(50);

    private static final CallOptions HEDGED = PATIENT.withHedging(Hedging.after(SOON));

    private final Cluster cluster = new Cluster();
    // they are asked in this order, but for one call in 10^12
    private final MemoryNode a = cluster.node("a:1").announce("m", 1e24, true);
    private final MemoryNode b = cluster.node("b:1").announce("m", 1e12, true);
    private final MemoryNode c = cluster.node("c:1").announce("m", 1, true);

    @AfterEach
    void close() {
        cluster.close();
    }

    private DiscoveryClient client(RetryBudget budget) {
        var client = cluster.client(options -> options.retryBudget(budget), a, b, c);
        awaitServed(client, "m", 3);
        return client;
    }

    private DiscoveryClient client() {
        return client(RetryBudget.unlimited());
    }

    private static void assertNothingInFlight(DiscoveryClient client, MemoryNode... nodes) {
        for (MemoryNode node : nodes) {
            assertThat(Cluster.snapshot(client, node).inFlight())
                    .as("in flight on %s", node.endpoint())
                    .isZero();
        }
    }

    /** A hedge may have its answer before the thread that is to ask {@code a} has come that far. */
    private void answerWhenAIsAsked(MemoryNode node, Object answer) {
        node.behave("m", (arguments, reply) -> {
            await("a is asked", () -> a.calls("m") == 1);
            reply.complete(List.of(answer));
        });
    }

    @Test
    @Promise("Hedging: the next attempt starts while the last one is unanswered, after a fixed delay")
    void aHungNodeIsNotWaitedFor() {
        a.hang("m");
        answerWhenAIsAsked(b, "b:1");
        var client = client();

        assertThat(client.call("m", List.of(), HEDGED.withMaxAttempts(2), String.class))
                .isEqualTo("b:1");
        assertThat(List.of(a.calls("m"), b.calls("m"), c.calls("m"))).containsExactly(1, 1, 0);
        assertThat(client.retryBudget().totalExtraAttempts()).isEqualTo(1);
        assertNothingInFlight(client, a, b);
    }

    @Test
    @Promise("Hedging: the next attempt starts while the last one is unanswered, after a fixed delay")
    void aReplyWithinTheDelayNeedsNoOther() {
        var client = client();

        CallOptions late = PATIENT.withHedging(Hedging.after(Cluster.BOUND));
        for (int i = 0; i < 100; i++) {
            assertThat(client.call("m", List.of(i), late, String.class)).isEqualTo("a:1");
        }
        assertThat(client.retryBudget().totalExtraAttempts()).isZero();
    }

    @Test
    @Promise("Hedging: the next attempt starts while the last one is unanswered, after the observed p95")
    void theDelayFollowsWhatFirstAttemptsTake() {
        var client = client();
        CallOptions atP95 = PATIENT.withHedging(Hedging.atP95());

        for (int i = 0; i < 64; i++) {
            client.call("m", List.of(), atP95);
        }
        a.hang("m");
        assertThat(client.call("m", List.of(), atP95, String.class)).isNotEqualTo("a:1");
        assertNothingInFlight(client, a, b, c);
    }

    @Test
    @Promise("Hedging: the next attempt starts while the last one is unanswered, after the observed p95")
    void nothingIsHedgedBeforeEnoughWasObserved() {
        a.hang("m");
        var client = client();

        CallOptions atP95 = PATIENT.withHedging(Hedging.atP95()).withDeadline(Duration.ofMillis(50));
        assertThatThrownBy(() -> client.call("m", List.of(), atP95)).isInstanceOf(DeadlineExceededException.class);
        assertThat(b.calls("m")).isZero();
    }

    @Test
    @Promise("Hedging: off by default, and only for retriable methods")
    void withoutThePolicyAHungNodeIsWaitedFor() {
        a.hang("m");
        var client = client();

        CallOptions soon = PATIENT.withDeadline(Duration.ofMillis(50)).withHedging(Hedging.none());
        assertThatThrownBy(() -> client.call("m", List.of(), soon)).isInstanceOf(DeadlineExceededException.class);
        assertThat(b.calls("m") + c.calls("m")).isZero();
    }

    @Test
    @Promise("Calls 1")
    @Promise("Calls 1: the late hedge")
    void byDefaultAHungNodeIsJoinedByAnotherWhenHalfOfTheTimeIsUsed() {
        a.hang("m");
        b.hang("m");
        var client = client();

        assertThat(CallOptions.defaults().hedging().isLate()).isTrue();
        CallOptions patient = CallOptions.defaults().withTimeout(Duration.ofSeconds(4));
        assertThat(client.call("m", List.of(), patient, String.class)).isEqualTo("c:1");
        assertThat(List.of(a.calls("m"), b.calls("m"), c.calls("m"))).containsExactly(1, 1, 1);
        assertThat(client.retryBudget().totalExtraAttempts()).isEqualTo(2);
        assertNothingInFlight(client, a, b, c);
    }

    @Test
    @Promise("Calls 1")
    @Promise("Calls 1: the late hedge")
    void theLateHedgeIsMadeForNoMethodThatIsNotRetriableAndForNoCallThatHasOneAttempt() {
        a.announce("n", 1e12, false).hang("n");
        b.announce("n", 1, false);
        a.hang("m");
        var client = client();
        awaitServed(client, "n", 2);
        CallOptions soon = CallOptions.defaults().withTimeout(Duration.ofMillis(100));

        assertThatThrownBy(() -> client.call("n", List.of(), soon)).isInstanceOf(DeadlineExceededException.class);
        assertThatThrownBy(() -> client.call("m", List.of(), soon.withMaxAttempts(1)))
                .isInstanceOf(DeadlineExceededException.class);
        assertThat(b.calls("n") + b.calls("m") + c.calls("m")).isZero();
    }

    @Test
    @Promise("Hedging: off by default, and only for retriable methods")
    void aMethodThatIsNotRetriableIsNeverUnderWayTwice() {
        a.announce("m", 1e24, false).hang("m");
        var client = client();

        Duration severalDelays = SOON.multipliedBy(4);
        assertThatThrownBy(() -> client.call("m", List.of(), HEDGED.withDeadline(severalDelays)))
                .isInstanceOf(DeadlineExceededException.class);
        var failure = catchThrowableOfType(
                CallFailedException.class, () -> client.call("m", List.of(), HEDGED.withTimeout(severalDelays)));
        assertThat(failure).hasMessageContaining("not retriable");
        assertThat(failure.attempts()).hasSize(1);
        assertThat(b.calls("m") + c.calls("m")).isZero();
        assertNothingInFlight(client, a);
    }

    @Test
    @Promise("Hedging: off by default, and only for retriable methods")
    void aNodeThatAnnouncesTheMethodAsNotRetriableGetsNoHedge() {
        a.hang("m");
        b.announce("m", 1e12, false);
        c.withdraw("m");
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);

        assertThatThrownBy(() -> client.call("m", List.of(), HEDGED.withDeadline(Duration.ofMillis(300))))
                .isInstanceOf(DeadlineExceededException.class);
        assertThat(b.calls("m")).isZero();
    }

    @Test
    @Promise("Hedging: off by default, and only for retriable methods")
    void aHedgeGoesPastANodeThatAnnouncesTheMethodAsNotRetriable() {
        a.hang("m");
        b.announce("m", 1e12, false);

        assertThat(client().call("m", List.of(), HEDGED, String.class)).isEqualTo("c:1");
        assertThat(b.calls("m")).isZero();
    }

    @Test
    @Promise("Calls 3")
    void aNodeThatIsPutBackWhileItIsAskedGetsNoHedge() throws Exception {
        a.hang("m");
        b.withdraw("m");
        c.withdraw("m");
        var client = cluster.client(a, b);
        awaitServed(client, "m", 1);
        CallOptions eager = PATIENT.withHedging(Hedging.after(Duration.ofMillis(1)));
        var call = Cluster.async(() -> client.call("m", List.of(), eager, String.class));
        await("a is asked", () -> a.calls("m") == 1);
        cluster.list(b);
        awaitServed(client, "m", 0);
        cluster.list(a, b);
        awaitServed(client, "m", 1);

        b.announce("m", 1, true);
        assertThat(call.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("b:1");
        assertThat(a.connects()).isEqualTo(2);
        assertThat(a.calls("m")).isEqualTo(1);
    }

    @Test
    @Promise("Hedging: the first success wins and the others are abandoned")
    void theFirstAttemptMayStillWin() {
        AtomicReference<CompletableFuture<List<Object>>> ofA = new AtomicReference<>();
        a.behave("m", (arguments, reply) -> ofA.set(reply));
        b.behave("m", (arguments, reply) -> {
            // on a busy machine the attempt has timed out before its thread has come that far
            await("a is asked", () -> ofA.get() != null);
            ofA.get().complete(List.of("a:1, late"));
        });
        c.hang("m");
        var client = client();

        assertThat(client.call("m", List.of(), HEDGED, String.class)).isEqualTo("a:1, late");
        assertNothingInFlight(client, a, b, c);
    }

    @Test
    @Promise("Hedging: the first success wins and the others are abandoned")
    void aFailureIsNoSuccess() {
        AtomicReference<CompletableFuture<List<Object>>> ofA = new AtomicReference<>();
        a.behave("m", (arguments, reply) -> ofA.set(reply));
        b.fail("m", 7);
        c.behave("m", (arguments, reply) -> {
            await("a is asked", () -> ofA.get() != null);
            // a fails while c is asked, which answers only then
            ofA.get().completeExceptionally(a.serverError(7));
            reply.complete(List.of("c:1"));
        });
        var client = client();

        assertThat(client.call("m", List.of(), HEDGED, String.class)).isEqualTo("c:1");
        assertNothingInFlight(client, a, b, c);
    }

    @Test
    @Promise("Calls 7")
    void withHedgingAReplyThatComesAfterItsAttemptTimedOutStillCounts() {
        AtomicReference<CompletableFuture<List<Object>>> ofA = new AtomicReference<>();
        AtomicReference<Thread> threadOfA = new AtomicReference<>();
        a.behave("m", (arguments, reply) -> {
            threadOfA.set(Thread.currentThread());
            ofA.set(reply);
        });
        b.hang("m");
        ClientObserver observer = new ClientObserver() {
            @Override
            public void attemptEnded(AttemptEnded event) {
                // both have timed out then, and the caller's thread, which this is, has not looked for a third node
                if (event.node().equals(b.instance())) {
                    await("a is asked", () -> ofA.get() != null);
                    ofA.get().complete(List.of("a:1, late"));
                    await("its reply has come", () -> !threadOfA.get().isAlive());
                }
            }
        };
        var client = cluster.client(
                options -> options.retryBudget(RetryBudget.unlimited()).observer(observer), a, b, c);
        awaitServed(client, "m", 3);

        CallOptions shortAttempts =
                PATIENT.withTimeout(Duration.ofMillis(20)).withHedging(Hedging.after(Cluster.BOUND));
        assertThat(client.call("m", List.of(), shortAttempts, String.class)).isEqualTo("a:1, late");
        assertThat(c.calls("m")).isZero();
        assertNothingInFlight(client, a, b, c);
    }

    @Test
    @Promise("Calls 3")
    void theDeadlineEndsTheAttemptsOnAllNodes() {
        a.hang("m");
        b.hang("m");
        c.hang("m");
        var client = client();

        var failure = Cluster.failureAtDeadline(
                DeadlineExceededException.class,
                3,
                deadline -> client.call("m", List.of(), HEDGED.withDeadline(deadline)));
        assertThat(failure.attempts())
                .extracting(Attempt::node)
                .containsExactlyInAnyOrder(a.instance(), b.instance(), c.instance());
        assertThat(failure.attempts())
                .allSatisfy(attempt -> assertThat(attempt.failure().kind()).isEqualTo(Kind.TIMEOUT));
        assertNothingInFlight(client, a, b, c);
    }

    @Test
    @Promise("Calls 3")
    void maxAttemptsCountsHedges() {
        AtomicReference<CompletableFuture<List<Object>>> ofA = new AtomicReference<>();
        a.behave("m", (arguments, reply) -> ofA.set(reply));
        b.hang("m");
        var client = client();
        CallOptions two =
                PATIENT.withHedging(Hedging.after(Duration.ofMillis(1))).withMaxAttempts(2);
        var call = Cluster.async(() -> client.call("m", List.of(), two, String.class));
        await("both are asked", () -> ofA.get() != null && b.calls("m") == 1);

        // long enough for another hedge to have been due
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        ofA.get().complete(List.of("a:1"));
        assertThat(call.join()).isEqualTo("a:1");
        assertThat(List.of(a.calls("m"), b.calls("m"), c.calls("m"))).containsExactly(1, 1, 0);
    }

    @Test
    @Promise("Calls 3")
    void whenAllThatWereAskedHaveFailedTheCallRetries() {
        a.fail("m", 7);
        b.loseConnectionOn("m");
        var client = client();

        CallOptions late = PATIENT.withHedging(Hedging.after(Cluster.BOUND));
        assertThat(client.call("m", List.of(), late, String.class)).isEqualTo("c:1");
        c.fail("m", 7);
        var failure = catchThrowableOfType(CallFailedException.class, () -> client.call("m", List.of(), late));
        assertThat(failure.attempts())
                .extracting(Attempt::node)
                .containsExactly(a.instance(), b.instance(), c.instance());
        assertThat(failure).hasMessageContaining("no untried node");
    }

    @Test
    @Promise("Calls 4")
    void anAttemptThatSentNothingMovesOnWhateverTheFlag() {
        a.announce("m", 1e24, false).sendNothingOf("m");
        var client = client(new RetryBudget(0, 0));

        assertThat(client.call("m", List.of(), HEDGED, String.class)).isEqualTo("b:1");
    }

    @Test
    @Promise("Calls 5")
    void aFailureThatIsNotToBeRetriedEndsTheCallAtOnce() {
        a.hang("m");
        b.fail("m", 7);
        var client = client();

        // no third attempt, which would come if the failure took longer than a hedge's delay
        CallOptions narrow = HEDGED.withRetryOn(failure -> failure.kind() != Kind.SERVER_ERROR)
                .withMaxAttempts(2);
        var failure = catchThrowableOfType(CallFailedException.class, () -> client.call("m", List.of(), narrow));
        assertThat(failure.attempts())
                .extracting(attempt -> attempt.failure().kind())
                .containsExactly(Kind.ABANDONED, Kind.SERVER_ERROR);
        assertThat(failure.getMessage())
                .contains("retryOn declines", "#1 a:1", "abandoned [another attempt has decided the call]", "#2 b:1");
        assertThat(failure.getCause()).hasMessageContaining("told to fail");
        assertThat(c.calls("m")).isZero();
        assertNothingInFlight(client, a, b);
    }

    @Test
    @Promise("Hedging: hedges and retries draw on one retry budget")
    void withoutATokenThereIsNoHedge() {
        AtomicReference<CompletableFuture<List<Object>>> ofA = new AtomicReference<>();
        a.behave("m", (arguments, reply) -> ofA.set(reply));
        var client = client(new RetryBudget(0, 0));
        var call = Cluster.async(() -> client.call("m", List.of(), HEDGED, String.class));
        await(
                "a hedge is refused",
                () -> ofA.get() != null && client.retryBudget().totalRefused() > 0);

        ofA.get().complete(List.of("a:1"));
        assertThat(call.join()).isEqualTo("a:1");
        assertThat(b.calls("m") + c.calls("m")).isZero();
    }

    @Test
    @Promise("Hedging: hedges and retries draw on one retry budget")
    void whatHedgesHaveTakenRetriesHaveNot() {
        a.hang("m");
        var client = client(new RetryBudget(1, 0));

        assertThat(client.call("m", List.of(), HEDGED, String.class)).isEqualTo("b:1");
        a.fail("m", 7);
        b.fail("m", 7);
        // two calls were made, one token was taken: one is left for this call, which would need two
        assertThatThrownBy(() -> client.call("m", List.of(), PATIENT))
                .isInstanceOf(CallFailedException.class)
                .hasMessageContaining("retry budget exhausted");
        assertThat(c.calls("m")).isZero();
    }

    @Test
    @Promise("Calls 3")
    @Promise("Calls 8")
    void everyNodeIsAskedOnceAndAnInterruptEndsAllAttemptsAndNothingLeaks() throws InterruptedException {
        a.hang("m");
        b.hang("m");
        c.hang("m");
        var client = client();
        AtomicReference<CallException> thrown = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread caller = Thread.startVirtualThread(() -> {
            thrown.set(catchThrowableOfType(CallException.class, () -> client.call("m", List.of(), HEDGED)));
            flag.set(Thread.currentThread().isInterrupted());
        });
        await("all are asked", () -> a.calls("m") + b.calls("m") + c.calls("m") == 3);
        caller.interrupt();
        assertThat(caller.join(Cluster.BOUND)).isTrue();

        assertThat(thrown.get()).isInstanceOf(CallInterruptedException.class);
        assertThat(thrown.get().attempts())
                .extracting(attempt -> attempt.failure().kind())
                .containsExactly(Kind.INTERRUPTED, Kind.INTERRUPTED, Kind.INTERRUPTED);
        assertThat(flag.get()).isTrue();
        assertNothingInFlight(client, a, b, c);
        assertThat(List.of(a.calls("m"), b.calls("m"), c.calls("m"))).containsExactly(1, 1, 1);
    }

    @Test
    @Promise("Calls 8")
    void aThreadThatIsInterruptedAlreadySendsNothing() {
        var client = client();

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> client.call("m", List.of(), HEDGED)).isInstanceOf(CallInterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(a.calls("m")).isZero();
    }

    @Test
    @Promise("Topology 6")
    void aClosingClientLetsAHedgedCallEnd() {
        AtomicReference<CompletableFuture<List<Object>>> ofB = new AtomicReference<>();
        a.hang("m");
        b.behave("m", (arguments, reply) -> ofB.set(reply));
        c.hang("m");
        var client = client();
        var call = Cluster.async(() -> client.call("m", List.of(), HEDGED, String.class));
        await("b is asked", () -> ofB.get() != null);
        var closing = Cluster.async(() -> {
            client.close();
            return true;
        });
        await("it is closing", () -> ((CoreClient) client).isClosing());
        ofB.get().complete(List.of("b:1"));

        assertThat(call.join()).isEqualTo("b:1");
        assertThat(closing.join()).isTrue();
        assertThat(a.openConnections() + b.openConnections() + c.openConnections())
                .isZero();
    }

    @Test
    @Promise("Routing 3")
    void ofANameThatNobodyAnnouncesNoLatencyIsKept() {
        var client = client();
        CallOptions atP95 = PATIENT.withHedging(Hedging.atP95());

        for (int i = 0; i < 100; i++) {
            String unknown = "unknown" + i;
            assertThatThrownBy(() -> client.call(unknown, List.of(), atP95.withFailFast(true)))
                    .isInstanceOf(NoRouteException.class);
        }
        assertThat(((CoreClient) client).observedMethods()).isZero();
        client.call("m", List.of(), atP95);
        assertThat(((CoreClient) client).observedMethods()).isEqualTo(1);
        // a method that is not served any more is forgotten when another one is called
        for (MemoryNode node : List.of(a, b, c)) {
            node.withdraw("m");
            node.announce("n", 1, true);
        }
        awaitServed(client, "n", 3);
        awaitServed(client, "m", 0);
        client.call("n", List.of(), atP95);
        assertThat(((CoreClient) client).observedMethods()).isEqualTo(1);
    }

    @Test
    void anArgumentThatCannotBeSentIsTheCallers() {
        a.behave("m", (arguments, reply) -> {
            throw new IllegalArgumentException("not to be sent");
        });
        var client = client();

        assertThatThrownBy(() -> client.call("m", List.of(), HEDGED.withHedging(Hedging.after(Cluster.BOUND))))
                .isInstanceOf(IllegalArgumentException.class);
        assertNothingInFlight(client, a);
    }

    @Test
    @Promise("Calls 3")
    void aHedgeThatTurnsOutToHaveSentNothingLeavesItsExecutionToAnother() {
        a.hang("m");
        CountDownLatch closes = new CountDownLatch(1);
        b.behave("m", (arguments, reply) -> {
            closes.await();
            reply.completeExceptionally(AttemptException.notSent("connection closed", null));
        });
        var client = client();
        CallOptions two =
                PATIENT.withHedging(Hedging.after(Duration.ofMillis(1))).withMaxAttempts(2);
        var call = Cluster.async(() -> client.call("m", List.of(), two, String.class));
        await("the hedge is under way", () -> b.calls("m") == 1);

        // long enough for another hedge to have been due
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        closes.countDown();
        assertThat(call.join()).isEqualTo("c:1");
        assertNothingInFlight(client, a, b, c);
    }
}
