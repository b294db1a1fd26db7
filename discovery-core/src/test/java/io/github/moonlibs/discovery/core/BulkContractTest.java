package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallInterruptedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.CallOutcome;
import io.github.moonlibs.discovery.ClientClosedException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DeadlineExceededException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.OverloadedException;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
@NullUnmarked // a test that meets null where it should not fails, which is its job
class BulkContractTest {
    private static final int WINDOW = 1_024;

    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1");
    private final MemoryNode b = cluster.node("b:1");
    private final Set<Object> executed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger executions = new AtomicInteger();

    /** Replies that a test holds back. */
    private final ConcurrentLinkedQueue<CompletableFuture<List<Object>>> held = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        held.forEach(reply -> reply.complete(List.of()));
        cluster.close();
    }

    private void executeOn(MemoryNode node, boolean retriable) {
        node.announce("m", 1, retriable).behave("m", (arguments, reply) -> {
            executions.incrementAndGet();
            executed.add(arguments.getFirst());
            reply.complete(List.of(arguments.getFirst()));
        });
    }

    private void loseOn(MemoryNode node, boolean retriable) {
        node.announce("m", 1, retriable).behave("m", (arguments, reply) -> {
            executions.incrementAndGet();
            executed.add(arguments.getFirst());
            reply.completeExceptionally(new AttemptException(Kind.LOST, true, "connection reset", null));
        });
    }

    private void holdOn(MemoryNode node) {
        node.announce("m", 1, true).behave("m", (arguments, reply) -> held.add(reply));
    }

    private DiscoveryClient client(UnaryOperator<ClientOptions.Builder> options) {
        var client = cluster.client(options, a, b);
        awaitServed(client, "m", 2);
        return client;
    }

    private static List<List<Integer>> numbers(int count) {
        return IntStream.range(0, count).mapToObj(List::of).toList();
    }

    private static List<?> failures(List<CallOutcome> outcomes) {
        return outcomes.stream()
                .map(CallOutcome::failure)
                .filter(Objects::nonNull)
                .toList();
    }

    private static void assertAnsweredInOrder(List<CallOutcome> outcomes, int count) {
        assertThat(outcomes).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(outcomes.get(i).as(Integer.class)).isEqualTo(i);
        }
    }

    @Test
    @Promise("Bulk: each is a call of its own")
    void callsAreRoutedByWeightAndAnsweredInOrder() {
        executeOn(a, true);
        executeOn(b, true);
        // a node that comes later than the other has its share at once
        var client = client(options -> options.slowStart(Duration.ZERO));

        assertAnsweredInOrder(client.callMany("m", numbers(3_000), PATIENT), 3_000);
        assertAnsweredInOrder(client.method("m").callMany(numbers(10), PATIENT), 10);
        assertThat(executions).hasValue(3_010);
        assertThat(a.calls("m")).isBetween(1_200, 1_800);
        assertThat(client.callMany("m", List.of())).isEmpty();
        assertThat(client.snapshot().callsInFlight()).isZero();
    }

    @Test
    @Promise("Bulk: each is a call of its own")
    void callsThatFailAreRetriedOneByOne() {
        loseOn(a, true);
        executeOn(b, true);
        var client =
                client(options -> options.retryBudget(RetryBudget.unlimited()).outliers(OutlierPolicy.off()));

        assertAnsweredInOrder(client.callMany("m", numbers(2_000), PATIENT), 2_000);
        assertThat(a.calls("m")).isPositive();
    }

    @Test
    @Promise("Bulk: each is a call of its own")
    void aNodeThatHangsIsHedgedLate() {
        a.announce("m", 1, true).hang("m");
        executeOn(b, true);
        var client = client(options -> options);

        var outcomes = client.callMany(
                "m", numbers(20), PATIENT.withTimeout(Duration.ofSeconds(4)).withDeadline(Duration.ofSeconds(4)));
        assertAnsweredInOrder(outcomes, 20);
    }

    @Test
    @Promise("Bulk: not retriable, sent once")
    void aCallOfAMethodThatIsNotRetriableIsSentOnce() {
        loseOn(a, false);
        executeOn(b, false);
        var client = client(options -> options);

        var outcomes = client.callMany("m", numbers(500), PATIENT);
        assertThat(outcomes).hasSize(500);
        assertThat(executions).hasValue(500);
        assertThat(executed).hasSize(500);
        assertThat(failures(outcomes)).hasSize(a.calls("m")).hasOnlyElementsOfType(CallFailedException.class);
    }

    @Test
    @Promise("Bulk: no call fails because another one does")
    void aCallThatFailsLeavesTheOthersAlone() {
        for (MemoryNode node : List.of(a, b)) {
            node.announce("m", 1, false).behave("m", (arguments, reply) -> {
                if (arguments.getFirst().equals(3)) {
                    reply.completeExceptionally(node.serverError(7));
                } else if (arguments.getFirst().equals(5)) {
                    throw new IllegalArgumentException("argument 1 cannot be sent");
                } else {
                    reply.complete(List.of(arguments.getFirst()));
                }
            });
        }
        var client = client(options -> options);

        var outcomes = client.callMany("m", numbers(8), PATIENT);
        assertThat(failures(outcomes)).hasSize(2);
        assertThat(outcomes.get(3).failure()).isInstanceOf(CallFailedException.class);
        assertThatThrownBy(outcomes.get(5)::orThrow).hasMessage("argument 1 cannot be sent");
        assertThat(outcomes.get(7).as(Integer.class)).isEqualTo(7);
        assertThat(client.snapshot().callsInFlight()).isZero();
    }

    @Test
    @Promise("Bulk: no call fails because another one does")
    void aCallThatWaitsForAnotherNodeHoldsUpNone() {
        a.announceEntry("m", Map.of("weight", 1, "retriable", false, "not_executed", List.of(7L)))
                .behave("m", (arguments, reply) -> {
                    if (arguments.getFirst().equals(0)) {
                        reply.completeExceptionally(a.serverError(7));
                    } else {
                        executed.add(arguments.getFirst());
                        reply.complete(List.of(arguments.getFirst()));
                    }
                });
        var client = cluster.client(options -> options, a, b);
        awaitServed(client, "m", 1);
        int count = 2 * WINDOW;

        var outcomes = Cluster.async(() -> client.callMany("m", numbers(count), PATIENT));
        await("all others are executed", () -> executed.size() == count - 1);
        assertThat(outcomes).isNotDone();
        executeOn(b, false);
        assertAnsweredInOrder(outcomes.join(), count);
    }

    @Test
    @Promise("Bulk: one deadline for all")
    void theDeadlineEndsWhatIsOpenAndWhatHasNotBegun() {
        a.announce("m", 1, false).hang("m");
        executeOn(b, false);
        // so that none waits for a place, and those that hang fill the window
        var client = client(options -> options.maxInFlightPerNode(10 * WINDOW));

        var outcomes = client.callMany("m", numbers(10_000), PATIENT.withDeadline(Duration.ofMillis(300)));
        assertThat(outcomes).hasSize(10_000).doesNotContainNull();
        assertThat(failures(outcomes)).isNotEmpty().hasOnlyElementsOfType(DeadlineExceededException.class);
        int answered = 10_000 - failures(outcomes).size();
        // what was executed when the deadline came, but not answered yet, was in the window
        assertThat(executions.get()).isBetween(answered, answered + WINDOW);
        await("nothing leaks", () -> Cluster.snapshot(client, a).inFlight() == 0);
    }

    @Test
    @Promise("Bulk: one deadline for all")
    void callsWithoutARouteEndByTheDeadline() {
        a.announce("other", 1, true);
        var client = cluster.client(a);
        awaitServed(client, "other", 1);

        var outcomes = client.callMany("m", numbers(5_000), PATIENT.withDeadline(Duration.ofMillis(100)));
        assertThat(failures(outcomes)).hasSize(5_000);
        assertThat(outcomes.getFirst().failure()).isInstanceOf(NoRouteException.class);
        assertThat(client.snapshot().waitingCalls()).isZero();
    }

    @Test
    @Promise("Bulk: a window")
    void argumentsAreTakenWhenTheirCallsBegin() {
        holdOn(a);
        holdOn(b);
        var client = client(options -> options.maxInFlightPerNode(10 * WINDOW));
        AtomicInteger taken = new AtomicInteger();
        List<List<Integer>> onDemand = new AbstractList<>() {
            @Override
            public List<Integer> get(int index) {
                taken.incrementAndGet();
                return List.of(index);
            }

            @Override
            public int size() {
                return 2 * WINDOW;
            }
        };
        var calls = Cluster.async(() -> client.callMany("m", onDemand, PATIENT));

        await("the window is full", () -> held.size() == WINDOW);
        assertThat(taken).hasValue(WINDOW);
        held.remove().complete(List.of());
        await("another one begins", () -> held.size() == WINDOW);
        assertThat(taken).hasValue(WINDOW + 1);
        await("all have begun", () -> {
            held.removeIf(reply -> reply.complete(List.of()));
            return calls.isDone();
        });
        assertThat(failures(calls.join())).isEmpty();
    }

    @Test
    @Promise("Bulk: a window")
    void aCallThatWaitsForAPlaceIsNotOvertaken() {
        holdOn(a);
        holdOn(b);
        var client = client(options -> options.maxInFlightPerNode(2));
        var many = Cluster.async(() -> client.callMany("m", numbers(100), PATIENT));
        await("all places are taken", () -> held.size() == 4);
        var single = new FutureTask<>(() -> client.call("m", List.of("single"), PATIENT));
        Thread caller = Thread.ofPlatform().daemon().start(single);
        // it is counted as one that waits before it queues
        Cluster.awaitParked(caller);

        held.remove().complete(List.of());
        await("it has the place", () -> client.snapshot().waitingCalls() == 0);
        await("all end", () -> {
            held.removeIf(reply -> reply.complete(List.of()));
            return many.isDone() && single.isDone();
        });
        assertThat(failures(many.join())).isEmpty();
    }

    @Test
    @Promise("Bulk: `failFast`")
    void failFastWaitsForPlacesOfItsOwnAlone() {
        executeOn(a, true);
        executeOn(b, true);
        var client = client(options -> options.maxInFlightPerNode(2));
        CallOptions failFast = PATIENT.withFailFast(true);

        assertAnsweredInOrder(client.callMany("m", numbers(200), failFast), 200);
        assertThat(failures(client.callMany("other", numbers(3), failFast)))
                .hasSize(3)
                .hasOnlyElementsOfType(NoRouteException.class);
        holdOn(a);
        holdOn(b);
        var others = Cluster.async(() -> client.callMany("m", numbers(4), PATIENT));
        await("others have all places", () -> held.size() == 4);
        assertThat(failures(client.callMany("m", numbers(3), failFast)))
                .hasSize(3)
                .hasOnlyElementsOfType(OverloadedException.class);
        held.forEach(reply -> reply.complete(List.of()));
        assertThat(failures(others.join())).isEmpty();
    }

    @Test
    @Promise("Bulk: an interrupt ends all calls that are not over")
    void anInterruptEndsAllThatIsOpen() throws InterruptedException {
        executeOn(a, true);
        holdOn(b);
        var client = client(options -> options);
        AtomicBoolean flag = new AtomicBoolean();
        CompletableFuture<List<CallOutcome>> outcomes = new CompletableFuture<>();
        Thread caller = Thread.startVirtualThread(() -> {
            var made = client.callMany("m", numbers(100), PATIENT);
            flag.set(Thread.currentThread().isInterrupted());
            outcomes.complete(made);
        });
        await("one node has answered, the other has not", () -> executions.get() + held.size() == 100);
        await("the answers are settled", () -> Cluster.snapshot(client, a).inFlight() == 0);
        caller.interrupt();
        assertThat(caller.join(Cluster.BOUND)).isTrue();

        assertThat(flag).isTrue();
        assertThat(failures(outcomes.join()))
                .hasSize(held.size())
                .hasOnlyElementsOfType(CallInterruptedException.class);
        await("nothing leaks", () -> Cluster.snapshot(client, b).inFlight() == 0);
        assertThat(client.snapshot().callsInFlight()).isZero();
    }

    @Test
    @Promise("Bulk: an interrupt ends all calls that are not over")
    void anInterruptIsSeenWhileAListIsSlow() {
        executeOn(a, true);
        executeOn(b, true);
        var client = client(options -> options);
        AtomicInteger taken = new AtomicInteger();
        List<List<Integer>> slow = new AbstractList<>() {
            @Override
            public List<Integer> get(int index) {
                taken.incrementAndGet();
                Thread.currentThread().interrupt();
                long start = System.nanoTime();
                while (System.nanoTime() - start < 2_000_000) {
                    Thread.onSpinWait();
                }
                return List.of(index);
            }

            @Override
            public int size() {
                return 100;
            }
        };

        var outcomes = client.callMany("m", slow, PATIENT);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(taken).hasValue(1);
        assertThat(failures(outcomes)).hasSize(100).hasOnlyElementsOfType(CallInterruptedException.class);
    }

    @Test
    @Promise("Bulk: a client that closes")
    void aClientThatClosesLetsEndWhatHasBegun() {
        holdOn(a);
        holdOn(b);
        var client = client(options -> options.maxInFlightPerNode(2));
        var outcomes = Cluster.async(() -> client.callMany("m", numbers(100), PATIENT));
        await("all places are taken", () -> held.size() == 4);
        var closing = Cluster.async(() -> {
            client.close();
            return true;
        });
        await("it closes", () -> ((CoreClient) client).isClosing());
        await("what has begun ends", () -> {
            held.removeIf(reply -> reply.complete(List.of()));
            return outcomes.isDone();
        });
        assertThat(closing.orTimeout(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)
                        .join())
                .isTrue();

        // the fifth may have begun, and waited for a place
        assertThat(failures(outcomes.join())).hasSizeBetween(95, 96).hasOnlyElementsOfType(ClientClosedException.class);
        assertThat(failures(client.callMany("m", numbers(2), PATIENT)))
                .hasSize(2)
                .hasOnlyElementsOfType(ClientClosedException.class);
    }

    @Test
    void whatTheListThrowsEndsAllAndLeavesNothing() {
        holdOn(a);
        holdOn(b);
        var client = client(options -> options);
        List<List<Integer>> broken = new AbstractList<>() {
            @Override
            public List<Integer> get(int index) {
                if (index == 3) {
                    throw new IllegalStateException("no more rows");
                }
                return List.of(index);
            }

            @Override
            public int size() {
                return 10;
            }
        };

        assertThatThrownBy(() -> client.callMany("m", broken, PATIENT)).hasMessage("no more rows");
        assertThat(client.snapshot().callsInFlight()).isZero();
        await("nothing leaks", () -> Cluster.snapshot(client, a).inFlight() == 0);
        await("nothing leaks", () -> Cluster.snapshot(client, b).inFlight() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Promise("Bulk: a window")
    void eachCallThatWaitsQueuesForAPlace(boolean isOfA) {
        holdOn(a);
        holdOn(b);
        Map<String, CompletableFuture<List<Object>>> others = new ConcurrentHashMap<>();
        for (MemoryNode node : List.of(a, b)) {
            String name = "of " + node.endpoint().address();
            node.announce(name, 1, false).behave(name, (arguments, reply) -> others.put(name, reply));
        }
        var client = client(options -> options.maxInFlightPerNode(1)
                .retryBudget(RetryBudget.unlimited())
                .outliers(OutlierPolicy.off()));
        var outcomes = Cluster.async(() -> client.callMany("m", numbers(2), PATIENT));
        await("each node executes one", () -> held.size() == 2);
        for (String name : List.of("of a:1", "of b:1")) {
            // others queue for the places
            Cluster.awaitParked(Thread.startVirtualThread(() -> client.call(name, List.of(), PATIENT)));
        }
        assertThat(client.snapshot().waitingCalls()).isEqualTo(2);
        executeOn(a, true);
        executeOn(b, true);
        held.forEach(
                reply -> reply.completeExceptionally(new AttemptException(Kind.LOST, true, "connection reset", null)));
        await("others have the places", () -> others.size() == 2);
        Objects.requireNonNull(others.get(isOfA ? "of a:1" : "of b:1")).complete(List.of());
        await("the call that can go there does", () -> executions.get() == 1);
        others.values().forEach(reply -> reply.complete(List.of()));

        assertAnsweredInOrder(outcomes.join(), 2);
    }

    @Test
    @Promise("Bulk: each is a call of its own")
    void aReplyThatComesAfterItsAttemptTimedOutStillCounts() {
        ConcurrentLinkedQueue<CompletableFuture<List<Object>>> ofA = new ConcurrentLinkedQueue<>();
        a.announce("m", 1e12, true).behave("m", (arguments, reply) -> ofA.add(reply));
        b.announce("m", 1, true).behave("m", (arguments, reply) -> {
            executions.incrementAndGet();
            held.add(reply);
        });
        var client =
                client(options -> options.retryBudget(RetryBudget.unlimited()).outliers(OutlierPolicy.off()));
        CallOptions hedged = PATIENT.withTimeout(Cluster.LONG_ENOUGH).withHedging(Hedging.after(Cluster.BOUND));
        var late = Cluster.async(() -> client.callMany("m", numbers(10), hedged));
        await(
                "their attempts have timed out, and others are under way",
                () -> executions.get() == 10 && ofA.size() == 10);
        ofA.forEach(reply -> reply.complete(List.of("late")));
        assertThat(late.join())
                .allSatisfy(outcome -> assertThat(outcome.as(String.class)).isEqualTo("late"));
        await("nothing leaks", () -> Cluster.snapshot(client, b).inFlight() == 0);
        assertThat(Cluster.snapshot(client, a).inFlight()).isZero();
        assertThat(client.snapshot().callsInFlight()).isZero();

        ofA.clear();
        CallOptions alone = hedged.withHedging(Hedging.none());
        var dropped = Cluster.async(() -> client.callMany("m", numbers(1), alone));
        await(
                "its attempt has timed out, and another one is under way",
                () -> executions.get() == 11 && ofA.size() == 1);
        ofA.forEach(reply -> reply.complete(List.of("late")));
        held.forEach(reply -> reply.complete(List.of("in time")));
        assertThat(dropped.join().getFirst().as(String.class)).isEqualTo("in time");
    }

    @Test
    @Promise("Bulk: an interrupt ends all calls that are not over")
    void anInterruptAheadOfItLetsNothingBeSent() {
        executeOn(a, true);
        executeOn(b, true);
        var client = client(options -> options);
        Thread.currentThread().interrupt();
        var outcomes = client.callMany("m", numbers(100), PATIENT);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failures(outcomes)).hasSize(100).hasOnlyElementsOfType(CallInterruptedException.class);
        assertThat(executions).hasValue(0);
    }

    @Test
    @Promise("Bulk: a window")
    void aCallThatComesUponANodeThatDrainsWhileItWaitsHoldsUpNone() {
        executeOn(a, true);
        CompletableFuture<Boolean> isRefused = new CompletableFuture<>();
        CompletableFuture<Boolean> isAsked = new CompletableFuture<>();
        CompletableFuture<Boolean> isShutDown = new CompletableFuture<>();
        ClientObserver observer = new ClientObserver() {
            @Override
            public void stateChanged(StateChanged event) {
                if (event.to() == State.SERVING && event.node().equals(a.instance())) {
                    // so that its thread does not withdraw its routes at once
                    isRefused
                            .orTimeout(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)
                            .join();
                }
            }

            @Override
            public void attemptEnded(AttemptEnded event) {
                isRefused.complete(event.failureKind() == Kind.NOT_SENT);
            }
        };
        MemoryNode.Behaviour sound = a.behaviour(MemoryNode.DISCOVERY);
        a.behave(MemoryNode.DISCOVERY, (arguments, reply) -> {
            isAsked.complete(true);
            isShutDown.join();
            sound.answer(arguments, reply);
        });
        var client = cluster.client(options -> options.observer(observer), a, b);
        var many = Cluster.async(() -> client.callMany("m", numbers(3), PATIENT));
        await("it waits for a route", () -> client.snapshot().waitingCalls() == 1);
        assertThat(isAsked.join()).isTrue();
        a.announceShutdown();
        isShutDown.complete(true);
        assertThat(isRefused.join()).isTrue();
        executeOn(b, true);

        assertAnsweredInOrder(
                many.orTimeout(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS).join(), 3);
    }
}
