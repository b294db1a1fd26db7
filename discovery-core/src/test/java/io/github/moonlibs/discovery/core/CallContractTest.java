package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.Attempt;
import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallInterruptedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.DeadlineExceededException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.ServerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
@NullUnmarked // a test that meets null where it should not fails, which is its job
class CallContractTest {
    private static final CallOptions DEFAULTS = CallOptions.defaults();
    private static final CallOptions PATIENT =
            DEFAULTS.withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1");
    private final MemoryNode b = cluster.node("b:1");
    private final MemoryNode c = cluster.node("c:1");

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    @Promise("Calls 1")
    @Promise("Original: without deadline and attempts a hung node consumes everything")
    void theDefaultDeadlineIsTimeoutTimesMaxAttempts() {
        Duration timeout = Duration.ofMillis(40);

        assertDeadline(DEFAULTS, Duration.ofSeconds(1));
        assertDeadline(DEFAULTS.withTimeout(timeout), timeout);
        assertDeadline(DEFAULTS.withTimeout(timeout).withMaxAttempts(3), timeout.multipliedBy(3));
        assertDeadline(
                DEFAULTS.withTimeout(timeout).withMaxAttempts(3).withDeadline(Duration.ofDays(1)), Duration.ofDays(1));
        assertDeadline(
                DEFAULTS.withTimeout(Duration.ofDays(36_000)).withMaxAttempts(Integer.MAX_VALUE),
                Duration.ofDays(36_525));
    }

    private static void assertDeadline(CallOptions options, Duration expected) {
        Deadline earliest = Deadline.after(expected);
        Deadline actual = options.deadlineFromNow();
        Deadline latest = Deadline.after(expected);
        assertThat(actual).isBetween(earliest, latest);
    }

    @Test
    @Promise("Calls 1")
    void maxAttemptsAloneLetsAHungNodeBeLeftForAnother() {
        a.announce("m", 1e9, true).hang("m");
        b.announce("m", 1, true);
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);

        // without hedges an answer that is there counts, however late the thread that waits for it looks
        CallOptions two = DEFAULTS.withTimeout(Duration.ofMillis(50))
                .withMaxAttempts(2)
                .withDeadline(Cluster.BOUND)
                .withHedging(Hedging.none());
        assertThat(client.call("m", List.of(), two, String.class)).isEqualTo("b:1");
        assertThat(a.calls("m")).isEqualTo(1);
    }

    @Test
    @Promise("Calls 2")
    void anAttemptGetsTheTimeoutOrWhatIsLeft() {
        a.announce("m", 1, true).hang("m");
        var client = cluster.client(a);
        awaitServed(client, "m", 1);

        Duration timeout = Cluster.LONG_ENOUGH;
        var byTimeout = catchThrowableOfType(
                CallFailedException.class, () -> client.call("m", List.of(), PATIENT.withTimeout(timeout)));
        assertThat(byTimeout.attempts().getFirst().duration()).isBetween(timeout, Cluster.BOUND.dividedBy(2));
        var byDeadline = catchThrowableOfType(
                DeadlineExceededException.class, () -> client.call("m", List.of(), PATIENT.withDeadline(timeout)));
        assertThat(byDeadline.attempts().getFirst().duration()).isLessThan(Cluster.BOUND.dividedBy(2));
    }

    @Test
    @Promise("Calls 3")
    void everyNodeIsTriedOnceAndInTheEndTheCallFails() {
        for (MemoryNode node : List.of(a, b, c)) {
            node.announce("m", 1, true).fail("m", 7);
        }
        var client = cluster.client(a, b, c);
        awaitServed(client, "m", 3);

        var failure = catchThrowableOfType(CallFailedException.class, () -> client.call("m", List.of(), PATIENT));
        assertThat(failure.attempts())
                .extracting(Attempt::node)
                .containsExactlyInAnyOrder(a.instance(), b.instance(), c.instance());
        assertThat(List.of(a.calls("m"), b.calls("m"), c.calls("m"))).containsOnly(1);
        assertThat(failure).hasMessageContaining("no untried node serves it now");
    }

    @Test
    @Promise("Calls 3")
    void maxAttemptsEndsTheRetries() {
        for (MemoryNode node : List.of(a, b, c)) {
            node.announce("m", 1, true).fail("m", 7);
        }
        var client = cluster.client(a, b, c);
        awaitServed(client, "m", 3);

        var failure = catchThrowableOfType(
                CallFailedException.class, () -> client.call("m", List.of(), PATIENT.withMaxAttempts(2)));
        assertThat(failure.attempts()).hasSize(2);
        assertThat(failure).hasMessageContaining("maxAttempts reached");
    }

    @Test
    @Promise("Calls 3")
    @Promise("Original: one vanished candidate ends the retries; a node at weight 0 can be retried")
    void aCandidateThatVanishesDuringTheCallEndsNothingAndWeightZeroIsNotRetried() {
        a.announce("m", 1e24, true);
        b.announce("m", 1e12, true);
        c.announce("m", 1, true);
        MemoryNode zero = cluster.node("zero:1").announce("m", 0, true);
        var client = cluster.client(a, b, c, zero);
        awaitServed(client, "m", 3);
        a.behave("m", (arguments, reply) -> {
            // b vanishes after the call has begun, and before its next attempt
            b.withdraw("m");
            awaitServed(client, "m", 2);
            reply.completeExceptionally(a.serverError(7));
        });

        assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("c:1");
        assertThat(b.calls("m")).isZero();
        assertThat(zero.calls("m")).isZero();
    }

    @Test
    @Promise("Calls 3")
    void theNextNodeIsPickedByWeightAmongTheUntried() {
        a.announce("m", 1e12, true).fail("m", 7);
        b.announce("m", 3, true);
        c.announce("m", 1, true);
        var client = cluster.client(
                options -> options.retryBudget(RetryBudget.unlimited()).slowStart(Duration.ZERO), a, b, c);
        awaitServed(client, "m", 3);

        int calls = 4_000;
        for (int i = 0; i < calls; i++) {
            client.call("m", List.of(), PATIENT);
        }
        double standardError = Math.sqrt(0.25 * 0.75 / calls);
        assertThat((double) c.calls("m") / calls).isBetween(0.25 - 6.5 * standardError, 0.25 + 6.5 * standardError);
        assertThat(b.calls("m") + c.calls("m")).isEqualTo(calls);
    }

    @Test
    @Promise("Calls 4")
    void aMethodThatIsNotRetriableIsSentAtMostOnce() {
        a.announce("m", 1, false).loseConnectionOn("m");
        b.announce("m", 1, false).loseConnectionOn("m");
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);

        assertThatThrownBy(() -> client.call("m", List.of(), PATIENT))
                .isInstanceOf(CallFailedException.class)
                .hasMessageContaining("not retriable");
        assertThat(a.calls("m") + b.calls("m")).isEqualTo(1);
    }

    @Test
    @Promise("Calls 4")
    void theFlagOfTheNodeThatFailedCounts() {
        a.announce("m", 1e12, false).fail("m", 7);
        b.announce("m", 1, true);
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);

        assertThatThrownBy(() -> client.call("m", List.of(), PATIENT)).isInstanceOf(CallFailedException.class);
        assertThat(b.calls("m")).isZero();
    }

    @Test
    @Promise("Calls 4")
    void anAttemptThatSentNothingMovesOnWhateverTheFlag() {
        a.announce("m", 1e12, false).sendNothingOf("m");
        b.announce("m", 1, false);
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);

        assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("b:1");
        assertThat(a.calls("m")).as("it counts as tried").isEqualTo(1);
    }

    @Test
    @Promise("Calls 4")
    void aCallOfWhichNothingWasSentGoesOnWaitingForAnotherNode() {
        a.announce("m", 1, false).sendNothingOf("m");
        var client = cluster.client(a, b);
        awaitServed(client, "m", 1);
        Thread.startVirtualThread(() -> {
            await("it waits", () -> ((CoreClient) client).waitedForNames() == 1);
            b.announce("m", 1, false);
        });

        assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("b:1");
        b.withdraw("m");
        awaitServed(client, "m", 1);
        var failure = Cluster.failureAtDeadline(
                NoRouteException.class, 1, deadline -> client.call("m", List.of(), PATIENT.withDeadline(deadline)));
        assertThat(failure.attempts()).hasSize(1);
    }

    @Test
    @Promise("Calls 5")
    void applicationErrorsAreRetriedUnlessThePredicateSaysOtherwise() {
        a.announce("m", 1e12, true).fail("m", 32);
        b.announce("m", 1, true);
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);

        assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("b:1");
        CallOptions onlyTransport = PATIENT.withRetryOn(failure -> failure.kind() != Kind.SERVER_ERROR);
        assertThatThrownBy(() -> client.call("m", List.of(), onlyTransport))
                .isInstanceOf(CallFailedException.class)
                .hasMessageContaining("retryOn declines")
                .hasCauseInstanceOf(ServerException.class);
        a.loseConnectionOn("m");
        assertThat(client.call("m", List.of(), onlyTransport, String.class)).isEqualTo("b:1");
    }

    @Test
    @Promise("Calls 6")
    void aPauseBetweenAttemptsNeverGoesPastTheDeadline() {
        List<MemoryNode> nodes = new ArrayList<>();
        for (int i = 1; i <= 12; i++) {
            nodes.add(cluster.node("n" + i + ":1").announce("m", 1, true).fail("m", 7));
        }
        var client = cluster.client(nodes.toArray(MemoryNode[]::new));
        awaitServed(client, "m", 12);

        // twelve attempts with growing pauses would take some 300 ms
        Deadline deadline = Deadline.after(Duration.ofMillis(5));
        assertThatThrownBy(() -> client.call("m", List.of(), DEFAULTS.withDeadline(deadline)))
                .isInstanceOf(DeadlineExceededException.class);
        var all = catchThrowableOfType(CallFailedException.class, () -> client.call("m", List.of(), PATIENT));
        assertThat(all.attempts()).hasSize(12);
        assertThat(all.attempts()).extracting(Attempt::start).isSorted();
    }

    @Test
    @Promise("Calls 7")
    void aCallEndsAtItsDeadlineWhateverTheNodeDoes() {
        a.announce("m", 1, true).hang("m");
        var client = cluster.client(a);
        awaitServed(client, "m", 1);

        Deadline deadline = Deadline.after(Duration.ofMillis(20));
        assertThatThrownBy(() -> client.call("m", List.of(), PATIENT.withDeadline(deadline)))
                .isInstanceOf(DeadlineExceededException.class);
        assertThat(deadline.isReached()).isTrue();
    }

    @Test
    @Promise("Calls 7")
    void aCallWhoseDeadlineHasPassedAsksNobodyAndIsNobodysFailure() {
        a.announce("m", 1, true);
        var client = cluster.client(a);
        awaitServed(client, "m", 1);
        CallOptions late = DEFAULTS.withDeadline(Deadline.after(Duration.ZERO));

        for (int i = 0; i < OutlierPolicy.defaults().minimumCalls(); i++) {
            for (CallOptions options : List.of(late, late.withHedging(Hedging.after(Cluster.BOUND)))) {
                assertThatThrownBy(() -> client.call("m", List.of(), options))
                        .isInstanceOf(DeadlineExceededException.class)
                        .hasMessageContaining("no attempt was made");
            }
            assertThat(client.callAll("m", List.of(), late))
                    .singleElement()
                    .satisfies(reply -> assertThat(reply.failure().kind()).isEqualTo(Kind.TIMEOUT));
        }
        assertThat(a.calls("m")).isZero();
        assertThat(Cluster.snapshot(client, a).ejection()).isNull();
        assertThat(Cluster.snapshot(client, a).latency()).isNull();
    }

    @Test
    @Promise("Calls 8")
    void anInterruptEndsACallInFlight() throws InterruptedException {
        a.announce("m", 1, true).hang("m");
        var client = cluster.client(a);
        awaitServed(client, "m", 1);

        assertInterrupted(client, "m", () -> a.calls("m") == 1);
        assertThat(a.calls("m")).isEqualTo(1);
        await("nothing leaks", () -> Cluster.snapshot(client, a).inFlight() == 0);
    }

    @Test
    @Promise("Calls 8")
    void anInterruptEndsACallThatWaitsForItsRoute() throws InterruptedException {
        var client = cluster.client(a);

        assertInterrupted(client, "unknown", () -> ((CoreClient) client).waitedForNames() == 1);
        assertThat(((CoreClient) client).waitedForNames()).isZero();
    }

    private static void assertInterrupted(DiscoveryClient client, String method, BooleanSupplier underWay)
            throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicBoolean flag = new AtomicBoolean();
        Thread caller = Thread.startVirtualThread(() -> {
            try {
                client.call(method, List.of(), PATIENT);
            } catch (RuntimeException e) {
                thrown.set(e);
                flag.set(Thread.currentThread().isInterrupted());
            }
        });
        await("the call is under way", underWay);
        caller.interrupt();
        assertThat(caller.join(Cluster.BOUND)).isTrue();
        assertThat(thrown.get()).isInstanceOf(CallInterruptedException.class);
        assertThat(flag).isTrue();
    }

    @Test
    @Promise("Calls 9")
    void ofANestedDeadlineAndTheCallsOwnTheNearerWins() throws Exception {
        a.announce("m", 1, true).hang("m");
        var client = cluster.client(a);
        awaitServed(client, "m", 1);

        Deadline near = Deadline.after(Duration.ofMillis(20));
        near.run(() -> assertThatThrownBy(() -> client.call("m", List.of(), PATIENT))
                .isInstanceOf(DeadlineExceededException.class));
        assertThat(near.isReached()).isTrue();
        assertThat(Deadline.current()).isNull();
        Deadline far = Deadline.after(Cluster.BOUND);
        Deadline ofCall = Deadline.after(Duration.ofMillis(20));
        assertThat(far.<Deadline>call(() -> PATIENT.withDeadline(ofCall).deadlineFromNow()))
                .isEqualTo(ofCall);
        near.run(() -> far.run(() -> assertThat(Deadline.current()).isEqualTo(near)));
    }

    @Test
    void theProcedureIsToldHowLongItsReplyIsWaitedForIfTheOptionsSaySo() {
        Queue<List<?>> seen = new ConcurrentLinkedQueue<>();
        a.announce("m", 1, true).behave("m", (arguments, reply) -> {
            seen.add(arguments);
            reply.complete(List.of("ok"));
        });
        var client = cluster.client(a);
        awaitServed(client, "m", 1);
        List<Object> own = Arrays.asList("An", null);
        CallOptions told = PATIENT.withTimeout(Duration.ofSeconds(5)).withTimeoutArgument(true);

        client.call("m", own, PATIENT);
        client.call("m", own, told);
        client.call("m", own, told.withHedging(Hedging.after(Cluster.BOUND)));
        client.callAll("m", own, told);
        assertThat(seen.poll()).isEqualTo(own);
        assertThat(seen).hasSize(3).allSatisfy(arguments -> {
            assertThat(arguments.subList(0, 2)).isEqualTo(own);
            Map<?, ?> options = (Map<?, ?>) arguments.get(2);
            assertThat(options).hasSize(1);
            assertThat((long) options.get("timeout_ms")).isBetween(1L, 5_000L);
        });
        assertThat(own).as("what was passed in is not changed").hasSize(2);
    }

    @Test
    @Promise("Original: options passed in are changed")
    void optionsAreNeverChanged() {
        a.announce("m", 1, true);
        var client = cluster.client(a);
        awaitServed(client, "m", 1);
        CallOptions options = PATIENT.withMaxAttempts(3);
        String before = options.toString();

        client.call("m", List.of(), options);
        assertThat(options.withMaxAttempts(9)).isNotSameAs(options);
        assertThat(options.withFailFast(true).failFast()).isTrue();
        assertThat(options).hasToString(before);
        assertThat(options.failFast()).isFalse();
    }

    @Test
    @Promise("Original: deadlines move with the wall clock")
    void deadlinesAreOnTheMonotonicClock() {
        long before = System.nanoTime();
        Deadline deadline = Deadline.after(Duration.ofSeconds(10));
        long left = deadline.remainingNanos();
        long after = System.nanoTime();

        // between two readings of the monotonic clock nothing but their difference can have passed
        assertThat(left).isBetween(10_000_000_000L - (after - before), 10_000_000_000L);
    }

    @Test
    @Promise("Failures: no route 0x100")
    @Promise("Failures: deadline exceeded 0x101")
    @Promise("Failures: call failed 0x102")
    void codesAreTheOriginals() {
        a.announce("hangs", 1, true).hang("hangs").announce("fails", 1, true).fail("fails", 7);
        var client = cluster.client(a);
        awaitServed(client, "fails", 1);

        CallOptions soon = PATIENT.withDeadline(Duration.ofMillis(10));
        assertThat(catchThrowableOfType(NoRouteException.class, () -> client.call("x", List.of(), soon))
                        .code())
                .isEqualTo(0x100);
        assertThat(catchThrowableOfType(DeadlineExceededException.class, () -> client.call("hangs", List.of(), soon))
                        .code())
                .isEqualTo(0x101);
        assertThat(catchThrowableOfType(CallFailedException.class, () -> client.call("fails", List.of(), PATIENT))
                        .code())
                .isEqualTo(0x102);
    }

    @Test
    @Promise("Failures: each carries method and attempts, and says all of it in one line")
    void aMessageSaysWhatWasTriedWhereForHowLongAndWithWhatOutcome() {
        a.announce("m", 1e12, true).fail("m", 7);
        b.announce("m", 1, true).hang("m");
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);

        // without hedges a's failure, which is there at once, is seen before the deadline
        CallOptions unhedged = PATIENT.withHedging(Hedging.none());
        var failure = Cluster.failureAtDeadline(
                DeadlineExceededException.class,
                2,
                deadline -> client.call("m", List.of(), unhedged.withDeadline(deadline)));
        assertThat(failure.method()).isEqualTo("m");
        assertThat(failure.attempts()).extracting(Attempt::node).containsExactly(a.instance(), b.instance());
        assertThat(failure.attempts())
                .extracting(attempt -> attempt.failure().kind())
                .containsExactly(Kind.SERVER_ERROR, Kind.TIMEOUT);
        assertThat(failure.getMessage())
                .matches("m: deadline exceeded after \\d+(\\.\\d)? ms, 2 attempts: "
                        + "#1 a:1 \\+\\S+ ms error 7 \\(ClientError\\) \"told to fail\" after \\S+ ms; "
                        + "#2 b:1 \\+\\S+ ms timeout after \\S+ ms")
                .doesNotContain("\n");
        assertThat(failure).hasCauseInstanceOf(AttemptException.class);
    }

    @Test
    void whatIsMissingOrEmptyIsNamed() {
        a.announce("m", 1, true);
        var client = cluster.client(a);
        awaitServed(client, "m", 1);
        List<ThrowingCallable> nameless = List.of(
                () -> client.call("", List.of()),
                () -> client.callAll("", List.of()),
                () -> client.callMany("", List.of(List.of())),
                () -> client.begin(""),
                () -> client.method(""),
                () -> client.awaitMethod("", 1, Cluster.BOUND),
                () -> client.watch("key", "", news -> {}));
        assertThat(nameless)
                .allSatisfy(each -> assertThatThrownBy(each)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("method: expected a name, got an empty string"));
        List<ThrowingCallable> none = List.of(
                () -> client.call(null, List.of(), PATIENT),
                () -> client.call("m", (List<?>) null, PATIENT),
                () -> client.call("m", List.of(), (CallOptions) null),
                () -> client.callAll("m", null, PATIENT),
                () -> client.callMany("m", null, PATIENT),
                () -> client.begin("m", null),
                () -> client.method(null),
                () -> client.awaitMethod(null, 1, Cluster.BOUND),
                () -> client.awaitMethod("m", 1, null),
                () -> client.watch(null, news -> {}),
                () -> client.watch("key", null));
        assertThat(none)
                .allSatisfy(each -> assertThatThrownBy(each)
                        .isInstanceOf(NullPointerException.class)
                        .hasMessageMatching("[a-zA-Z]+: expected a value, got null"));
        assertThat(client.snapshot().callsInFlight()).isZero();
    }
}
