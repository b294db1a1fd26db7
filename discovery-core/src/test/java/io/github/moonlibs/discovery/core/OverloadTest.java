package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallInterruptedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientClosedException;
import io.github.moonlibs.discovery.DeadlineExceededException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.NodeReply;
import io.github.moonlibs.discovery.OverloadedException;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bound on what is under way on a node. */
@Timeout(300)
class OverloadTest {
    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);

    /** Far longer than a test takes: what waits until the deadline fails. */
    private static final CallOptions FOREVER =
            CallOptions.defaults().withTimeout(Duration.ofHours(1)).withDeadline(Duration.ofHours(1));

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1");
    private final MemoryNode b = cluster.node("b:1");
    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void close() {
        cluster.close();
    }

    private DiscoveryClient client(int bound, MemoryNode... nodes) {
        var client = cluster.client(options -> options.maxInFlightPerNode(bound), nodes);
        awaitServed(client, "m", nodes.length);
        return client;
    }

    private MemoryNode busy(MemoryNode node, double weight) {
        return node.announce("m", weight, true).behave("m", (arguments, reply) -> {
            over.await();
            reply.complete(List.of(node.endpoint().address()));
        });
    }

    private static List<CompletableFuture<String>> calls(int count, DiscoveryClient client) {
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(Cluster.async(() -> client.call("m", List.of(), PATIENT, String.class)));
        }
        return calls;
    }

    @Test
    void aNodeAtItsBoundIsPassedOverForAnother() {
        busy(a, 1e12);
        b.announce("m", 1, true);
        var client = client(2, a, b);

        List<CompletableFuture<String>> two = calls(2, client);
        await("a is at its bound", () -> a.calls("m") == 2);
        for (int i = 0; i < 10; i++) {
            assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("b:1");
        }
        over.countDown();
        two.forEach(CompletableFuture::join);
        assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("a:1");
    }

    @Test
    @Promise("Topology 10")
    void whenAllAreAtTheirBoundACallWaitsForAPlace() {
        busy(a, 1);
        busy(b, 1);
        var client = client(3, a, b);

        List<CompletableFuture<String>> six = calls(6, client);
        await("both are at their bound", () -> a.calls("m") + b.calls("m") == 6);
        List<CompletableFuture<String>> ten = calls(10, client);
        await("ten calls wait", () -> client.snapshot().waitingCalls() == 10);
        assertThat(a.calls("m") + b.calls("m")).isEqualTo(6);
        over.countDown();
        six.forEach(CompletableFuture::join);
        ten.forEach(CompletableFuture::join);
        assertThat(a.calls("m") + b.calls("m")).isEqualTo(16);
        assertThat(client.snapshot().waitingCalls()).isZero();
        assertThat(Cluster.snapshot(client, a).inFlight()).isZero();
        assertThat(Cluster.snapshot(client, b).inFlight()).isZero();
    }

    @Test
    @Promise("Topology 10")
    void aCallThatFindsNoPlaceSaysWhichBoundAtOnceIfItIsToFailFastOrAtItsDeadline() {
        busy(a, 1);
        busy(b, 1);
        var client = client(3, a, b);

        List<CompletableFuture<String>> six = calls(6, client);
        await("both are at their bound", () -> a.calls("m") + b.calls("m") == 6);
        assertThatThrownBy(() -> client.call("m", List.of(), PATIENT.withFailFast(true)))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("failFast, and maxInFlightPerNode: 3 calls are under way already on each node")
                .hasMessageContaining("no attempt was made");
        CallOptions soon = PATIENT.withDeadline(Cluster.LONG_ENOUGH);
        for (CallOptions each : List.of(soon, soon.withHedging(Hedging.after(Cluster.BOUND)))) {
            assertThatThrownBy(() -> client.call("m", List.of(), each))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining("maxInFlightPerNode: 3 calls")
                    .hasMessageContaining("none ended before the deadline");
        }
        over.countDown();
        six.forEach(CompletableFuture::join);
        assertThat(client.call("m", List.of(), PATIENT, String.class)).isNotNull();
    }

    @Test
    void anInterruptEndsTheWaitForAPlace() throws InterruptedException {
        busy(a, 1);
        var client = client(1, a);
        List<CompletableFuture<String>> one = calls(1, client);
        await("a is at its bound", () -> a.calls("m") == 1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller =
                Thread.startVirtualThread(() -> thrown.set(catchThrowable(() -> client.call("m", List.of(), PATIENT))));
        await("it waits", () -> client.snapshot().waitingCalls() == 1);

        caller.interrupt();
        assertThat(caller.join(Cluster.BOUND)).isTrue();
        assertThat(thrown.get()).isInstanceOf(CallInterruptedException.class);
        over.countDown();
        one.forEach(CompletableFuture::join);
        assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("a:1");
        assertThat(Cluster.snapshot(client, a).inFlight()).isZero();
    }

    @Test
    void aCallThatWaitsForAPlaceGoesToANodeThatJoinsMeanwhile() {
        busy(a, 1);
        b.announce("other", 1, true);
        var client = cluster.client(options -> options.maxInFlightPerNode(1), a, b);
        awaitServed(client, "m", 1);
        List<CompletableFuture<String>> one = calls(1, client);
        await("a is at its bound", () -> a.calls("m") == 1);
        List<CompletableFuture<String>> two = calls(1, client);
        await("it waits", () -> client.snapshot().waitingCalls() == 1);

        b.announce("m", 1, true);
        assertThat(two.getFirst().join()).isEqualTo("b:1");
        over.countDown();
        one.forEach(CompletableFuture::join);
    }

    @Test
    void noNodeEverHasMoreThanItsBound() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        a.announce("m", 1, true).behave("m", (arguments, reply) -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            LockSupport.parkNanos(20_000);
            inside.decrementAndGet();
            reply.complete(List.of("a:1"));
        });
        var client = client(3, a);

        List<CompletableFuture<?>> callers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            CallOptions options = i % 2 == 0 ? PATIENT : PATIENT.withHedging(Hedging.after(Cluster.BOUND));
            callers.add(Cluster.async(() -> {
                for (int call = 0; call < 200; call++) {
                    client.call("m", List.of(), options);
                }
                return true;
            }));
        }
        callers.forEach(CompletableFuture::join);
        assertThat(a.calls("m")).isEqualTo(16 * 200);
        assertThat(most.get()).isBetween(1, 3);
        assertThat(Cluster.snapshot(client, a).inFlight()).isZero();
    }

    @Test
    void aRetryWaitsForAPlaceAndEndsAsAFailedCallIfThereIsNone() {
        a.announce("m", 1e12, true).fail("m", 7);
        busy(b, 1);
        b.announce("n", 1, true).behave("n", (arguments, reply) -> {
            over.await();
            reply.complete(List.of("ok"));
        });
        var client = client(1, a, b);
        var one = Cluster.async(() -> client.call("n", List.of(), PATIENT));
        await("b is at its bound", () -> b.calls("n") == 1);

        var failure = Cluster.failureAtDeadline(
                CallFailedException.class, 1, deadline -> client.call("m", List.of(), PATIENT.withDeadline(deadline)));
        assertThat(failure)
                .hasMessageContaining("maxInFlightPerNode: 1 calls are under way already")
                .hasMessageContaining("1 attempt");
        assertThatThrownBy(() -> client.call("m", List.of(), PATIENT.withFailFast(true)))
                .isInstanceOf(CallFailedException.class)
                .hasMessageContaining("failFast, and maxInFlightPerNode");
        List<CompletableFuture<String>> waiting = calls(1, client);
        await("it waits", () -> client.snapshot().waitingCalls() == 1);
        over.countDown();
        assertThat(waiting.getFirst().join()).isEqualTo("b:1");
        one.join();
    }

    @Test
    void aHedgeIsNotMadeOnANodeAtItsBound() {
        busy(a, 1e12);
        busy(b, 1);
        var client = client(1, a, b);
        List<CompletableFuture<String>> two = calls(1, client);
        await("a is at its bound", () -> a.calls("m") == 1);
        CallOptions hedged = PATIENT.withHedging(Hedging.after(Duration.ofMillis(1)));

        var failure = Cluster.failureAtDeadline(
                DeadlineExceededException.class,
                1,
                deadline -> client.call("m", List.of(), hedged.withDeadline(deadline)));
        assertThat(failure).hasMessageContaining("1 attempt: #1 b:1");
        assertThat(a.calls("m")).isEqualTo(1);
        over.countDown();
        two.forEach(CompletableFuture::join);
    }

    @Test
    void callAllWaitsForAPlaceOnEachNodeAndSaysWhichHadNone() {
        busy(a, 1e12);
        b.announce("m", 1, true);
        var client = client(1, a, b);
        List<CompletableFuture<String>> one = calls(1, client);
        await("a is at its bound", () -> a.calls("m") == 1);

        for (CallOptions each : List.of(PATIENT.withFailFast(true), PATIENT.withDeadline(Cluster.LONG_ENOUGH))) {
            List<NodeReply> replies = client.callAll("m", List.of(), each);
            assertThat(replies).filteredOn(reply -> reply.failure() == null).hasSize(1);
            assertThat(replies)
                    .extracting(NodeReply::failure)
                    .filteredOn(failure -> failure != null)
                    .singleElement()
                    .satisfies(failure -> assertThat(failure)
                            .hasMessageContaining("maxInFlightPerNode: 1 calls")
                            .extracting(AttemptException::sent)
                            .isEqualTo(false));
        }
        var all = Cluster.async(() -> client.callAll("m", List.of(), PATIENT));
        await("b is asked again", () -> b.calls("m") == 3);
        over.countDown();
        assertThat(all.join()).allMatch(reply -> reply.failure() == null);
        one.forEach(CompletableFuture::join);
        assertThat(Cluster.snapshot(client, a).inFlight()).isZero();
    }

    @Test
    void aListOfArgumentsThatThrowsTakesNoPlace() {
        a.announce("m", 1, true);
        var client = client(1, a);
        List<Object> broken = new AbstractList<>() {
            @Override
            public Object get(int index) {
                throw new IllegalStateException("thrown by a test");
            }

            @Override
            public int size() {
                return 1;
            }
        };
        CallOptions options = PATIENT.withTimeoutArgument(true);

        assertThatThrownBy(() -> client.call("m", broken, options)).hasMessage("thrown by a test");
        assertThatThrownBy(() -> client.call("m", broken, options.withHedging(Hedging.after(Cluster.BOUND))))
                .hasMessage("thrown by a test");
        assertThatThrownBy(() -> client.callAll("m", broken, options)).hasMessage("thrown by a test");
        assertThat(Cluster.snapshot(client, a).inFlight()).isZero();
        assertThat(client.call("m", List.of(), options, String.class)).isEqualTo("a:1");
    }

    @Test
    void aBoundThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> DiscoveryClient.builder().maxInFlightPerNode(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxInFlightPerNode: expected at least 1, got 0");
    }

    /** Takes the only place on the node. */
    private CompletableFuture<?> fill(DiscoveryClient client, MemoryNode node) {
        CompletableFuture<?> one = Cluster.async(() -> client.call("filler", List.of(), PATIENT));
        await("it is at its bound", () -> node.calls("filler") == 1);
        return one;
    }

    private MemoryNode fillable(MemoryNode node) {
        return node.announce("filler", 1, true).behave("filler", (arguments, reply) -> {
            over.await();
            reply.complete(List.of("ok"));
        });
    }

    private static <T> T soon(CompletableFuture<T> call) {
        return call.orTimeout(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static void awaitOneWaits(DiscoveryClient client) {
        await("it waits", () -> client.snapshot().waitingCalls() == 1);
    }

    @Test
    void aCallThatWaitsForAPlaceTakesTheLateReplyOfItsEarlierAttempt() {
        CountDownLatch late = new CountDownLatch(1);
        a.announce("m", 1e12, true).behave("m", (arguments, reply) -> {
            late.await();
            reply.complete(List.of("a:1"));
        });
        fillable(b.announce("m", 1, true));
        var client = client(1, a, b);
        var filler = fill(client, b);
        var call = Cluster.async(
                () -> client.call("m", List.of(), FOREVER.withTimeout(Duration.ofMillis(20)), String.class));
        awaitOneWaits(client);

        late.countDown();
        assertThat(soon(call)).isEqualTo("a:1");
        over.countDown();
        soon(filler);
        assertThat(b.calls("m")).isZero();
        assertThat(Cluster.snapshot(client, a).inFlight()).isZero();
        assertThat(Cluster.snapshot(client, b).inFlight()).isZero();
    }

    @Test
    void aRetryThatWaitsForAPlaceFailsWhenTheLastNodeThatCouldTakeItStopsServing() {
        a.announce("m", 1e12, true).fail("m", 7);
        fillable(b.announce("m", 1, true));
        var client = client(1, a, b);
        var filler = fill(client, b);
        var call = Cluster.async(() -> catchThrowable(() -> client.call("m", List.of(), FOREVER)));
        awaitOneWaits(client);

        a.withdraw("m");
        awaitServed(client, "m", 1);
        b.withdraw("m");
        assertThat(soon(call))
                .isInstanceOf(CallFailedException.class)
                .hasMessageContaining("no untried node serves it now");
        over.countDown();
        soon(filler);
    }

    @Test
    void callAllDoesNotWaitForAPlaceOnANodeThatIsRemoved() {
        fillable(a.announce("m", 1, true));
        b.announce("m", 1, true);
        var client = client(1, a, b);
        var filler = fill(client, a);
        var all = Cluster.async(() -> client.callAll("m", List.of(), FOREVER));
        await("the other one is asked", () -> b.calls("m") == 1);

        cluster.list(b);
        assertThat(soon(all))
                .filteredOn(reply -> reply.failure() != null)
                .singleElement()
                .satisfies(reply -> assertThat(reply.failure()).hasMessageContaining("draining"));
        over.countDown();
        soon(filler);
    }

    @Test
    void callsThatStillWaitForAPlaceWhenTheDrainTimeoutIsOverEnd() {
        fillable(a.announce("m", 1, true));
        var client = cluster.client(options -> options.maxInFlightPerNode(1).drainTimeout(Cluster.LONG_ENOUGH), a);
        awaitServed(client, "m", 1);
        awaitServed(client, "filler", 1);
        var filler = Cluster.async(() -> catchThrowable(() -> client.call("filler", List.of(), PATIENT)));
        await("it is at its bound", () -> a.calls("filler") == 1);
        var call = Cluster.async(() -> catchThrowable(() -> client.call("m", List.of(), FOREVER)));
        var all = Cluster.async(() -> client.callAll("m", List.of(), FOREVER));
        await("all three have begun", () -> client.snapshot().callsInFlight() == 3);
        awaitOneWaits(client);

        client.close();
        assertThat(soon(call)).isInstanceOf(ClientClosedException.class);
        assertThat(soon(all)).hasSize(1).allMatch(reply -> reply.failure() != null);
        over.countDown();
        soon(filler);
    }

    @Test
    void aCallHoldsNoPlaceOnANodeThatDoesNotServeItsMethodAnyMore() {
        CompletableFuture<List<Object>> first = new CompletableFuture<>();
        a.announce("other", 1, true).announce("m", 1, true).behave("m", (arguments, reply) -> {
            reply.complete(first.join());
        });
        var client = client(1, a);
        var executed = Cluster.async(() -> client.call("m", List.of(), FOREVER));
        await("the only place is taken", () -> a.calls("m") == 1);
        var waiting = Cluster.async(() -> client.call("m", List.of(), FOREVER));
        await("it waits for the place", () -> client.snapshot().waitingCalls() == 1);
        a.withdraw("m");
        awaitServed(client, "m", 0);
        first.complete(List.of());

        assertThat(executed.join().values()).isEmpty();
        assertThat(client.call("other", List.of(), PATIENT, String.class)).isEqualTo("a:1");
        a.announce("m", 1, true).behave("m", (arguments, reply) -> reply.complete(List.of()));
        assertThat(waiting.join().values()).isEmpty();
    }
}
