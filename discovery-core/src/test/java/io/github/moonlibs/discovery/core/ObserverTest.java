package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.async;
import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientClosedException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an observer is told. */
@Timeout(300)
class ObserverTest {
    private static final CallOptions PATIENT = CallOptions.defaults().withTimeout(Cluster.BOUND);

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1");
    private final MemoryNode b = cluster.node("b:1");
    private final Told told = new Told();

    @AfterEach
    void close() {
        cluster.close();
    }

    /** Keeps the news as lines, without times. */
    private static final class Told implements ClientObserver {
        final List<String> lines = new CopyOnWriteArrayList<>();

        List<String> of(String news) {
            return lines.stream().filter(line -> line.startsWith(news)).toList();
        }

        @Override
        public void opened(Opened event) {
            lines.add("opened");
        }

        @Override
        public void closed(Closed event) {
            lines.add("closed");
        }

        @Override
        public void callStarted(CallStarted event) {
            lines.add("call started " + event.method() + " by "
                    + Thread.currentThread().threadId());
        }

        @Override
        public void callEnded(CallEnded event) {
            assertThat(event.durationNanos()).isPositive();
            Throwable failure = event.failure();
            lines.add("call ended " + event.method() + " by "
                    + Thread.currentThread().threadId() + ": answered by "
                    + event.answeredBy() + ", " + event.retries() + " retries, " + event.hedges() + " hedges, "
                    + (failure == null ? "ok" : failure.getClass().getSimpleName()));
        }

        @Override
        public void attemptEnded(AttemptEnded event) {
            assertThat(event.durationNanos()).isNotNegative();
            lines.add("attempt " + event.method() + " on " + event.node() + ": "
                    + (event.failureKind() == null ? "ok" : event.failureKind()));
        }

        @Override
        public void stateChanged(StateChanged event) {
            lines.add("state " + event.node() + " " + event.from() + " to " + event.to() + ": " + event.reason());
        }

        @Override
        public void connected(Connected event) {
            lines.add("connected " + event.node() + " " + event.connects());
        }

        @Override
        public void ejectionChanged(EjectionChanged event) {
            Ejection ejection = event.ejection();
            lines.add("ejection " + event.node() + " " + (ejection == null ? "over" : ejection.reason()));
        }

        @Override
        public void discoveryEnded(DiscoveryEnded event) {
            lines.add("discovery " + event.node() + " " + (event.failure() == null ? "ok" : event.failure()));
        }

        @Override
        public void routingChanged(RoutingChanged event) {
            lines.add("routing");
        }

        @Override
        public void topologyChanged(TopologyChanged event) {
            lines.add("topology +" + event.added() + " -" + event.removed());
        }

        @Override
        public void topologyFailed(TopologyFailed event) {
            lines.add("topology failed: " + event.message());
        }
    }

    private DiscoveryClient client(MemoryNode... members) {
        for (MemoryNode member : members) {
            member.announce("m", 1, true);
        }
        DiscoveryClient client = cluster.client(
                options -> options.observer(told)
                        .outliers(OutlierPolicy.builder()
                                .baseEjection(Duration.ofMinutes(1))
                                .build()),
                members);
        awaitServed(client, "m", members.length);
        return client;
    }

    @Test
    void aCallsEndSaysWhoAnsweredAndIsToldOnTheCallersThread() {
        client(a).call("m", List.of());

        long here = Thread.currentThread().threadId();
        assertThat(told.of("call"))
                .containsExactly(
                        "call started m by " + here,
                        "call ended m by " + here + ": answered by a:1, 0 retries, 0 hedges, ok");
        assertThat(told.of("attempt")).containsExactly("attempt m on a:1: ok");
    }

    @Test
    void aRetryIsAnAttemptOfEachNodeAndOneCall() {
        a.fail("m", 42);
        b.fail("m", 42);
        DiscoveryClient client = client(a, b);
        assertThatThrownBy(() -> client.call("m", List.of(), PATIENT.withMaxAttempts(2)))
                .isInstanceOf(CallException.class);

        assertThat(told.of("attempt"))
                .containsExactlyInAnyOrder("attempt m on a:1: server error", "attempt m on b:1: server error");
        assertThat(told.of("call ended"))
                .singleElement()
                .asString()
                .endsWith("answered by null, 1 retries, 0 hedges, CallFailedException");
    }

    @Test
    void aHedgeIsNoRetryAndItsLoserIsAbandoned() {
        a.hang("m");
        DiscoveryClient client = client(a, b);
        CallOptions options = PATIENT.withMaxAttempts(2).withHedging(Hedging.after(Duration.ofMillis(1)));
        // this thread reports the attempt; a itself may be asked later, by another one
        await("a was asked", () -> {
            client.call("m", List.of(), options);
            return !told.of("attempt m on a:1").isEmpty();
        });

        assertThat(told.of("call ended")).last().asString().endsWith("answered by b:1, 0 retries, 1 hedges, ok");
        assertThat(told.of("attempt m on a:1")).containsExactly("attempt m on a:1: abandoned");
    }

    @Test
    void aCallThatNobodyServesEndsWithoutAnAttempt() {
        DiscoveryClient client = client(a);
        assertThatThrownBy(() -> client.call("unknown", List.of(), PATIENT.withFailFast(true)))
                .isInstanceOf(CallException.class);

        assertThat(told.of("call ended unknown"))
                .singleElement()
                .asString()
                .endsWith("answered by null, 0 retries, 0 hedges, NoRouteException");
        assertThat(told.of("attempt unknown")).isEmpty();
    }

    @Test
    void aCallToAllIsOneCallWithAnAttemptOnEach() {
        client(a, b).callAll("m", List.of(), PATIENT);

        assertThat(told.of("call ended"))
                .singleElement()
                .asString()
                .endsWith("answered by null, 0 retries, 0 hedges, ok");
        assertThat(told.of("attempt")).containsExactlyInAnyOrder("attempt m on a:1: ok", "attempt m on b:1: ok");
    }

    @Test
    void aCallIsInFlightUntilItsEndHasBeenToldSoThatNothingIsToldAfterClosed() {
        a.announce("m", 1, true);
        AtomicReference<DiscoveryClient> opened = new AtomicReference<>();
        List<Long> inFlight = new CopyOnWriteArrayList<>();
        DiscoveryClient client = cluster.client(
                options -> options.observer(new ClientObserver() {
                    @Override
                    public void callEnded(CallEnded event) {
                        inFlight.add(requireNonNull(opened.get()).snapshot().callsInFlight());
                    }
                }),
                a);
        opened.set(client);
        awaitServed(client, "m", 1);

        client.call("m", List.of());
        assertThat(inFlight).containsExactly(1L);
        assertThat(client.snapshot().callsInFlight()).isZero();
    }

    @Test
    void aNodesLifeIsToldStepByStep() {
        DiscoveryClient client = client(a);
        a.refuseConnections(AttemptException.notSent("a:1: refused", null));
        a.cut();
        await(
                "it is refused",
                () -> !told.of("state a:1 down to down: a:1: refused").isEmpty());
        a.acceptConnections();
        awaitState(client, a, State.SERVING);
        client.close();

        assertThat(told.lines).startsWith("opened", "topology +[a:1] -[]").endsWith("closed");
        assertThat(told.of("connected")).startsWith("connected a:1 1", "connected a:1 2");
        assertThat(told.of("state"))
                .startsWith(
                        "state a:1 connecting to connecting: connected, asking what it serves",
                        "state a:1 connecting to serving: announced what it serves")
                .contains("state a:1 down to connecting: connected, asking what it serves")
                .last()
                .isEqualTo("state a:1 draining to closed: the client is closing");
        assertThat(told.of("discovery a:1 ok")).isNotEmpty();
        assertThat(told.of("routing"))
                .as("changes that come together share one")
                .isNotEmpty();
    }

    @Test
    void anEjectionIsTold() {
        b.timeOutOn("m");
        DiscoveryClient client = client(a, b);
        await("b is ejected", () -> {
            client.call("m", List.of(), PATIENT);
            return !told.of("ejection").isEmpty();
        });

        assertThat(told.of("ejection"))
                .containsExactly(
                        "ejection b:1 10 of its last 10 calls timed out, lost their connection or failed where another node answered");
    }

    @Test
    void aTopologyThatChangesOrFailsIsTold() {
        client(a);
        cluster.list(b);
        await("b has come", () -> told.lines.contains("topology +[b:1] -[a:1]"));
        cluster.list();
        await(
                "an empty one",
                () -> !told.of("topology failed: the topology is empty").isEmpty());
    }

    @Test
    void anObserverThatThrowsHarmsNobodyAndIsLoggedOnce() {
        ClientObserver broken = new ClientObserver() {
            @Override
            public void callStarted(CallStarted event) {
                throw new IllegalStateException("thrown by a test");
            }

            @Override
            public void attemptEnded(AttemptEnded event) {
                throw new AssertionError("thrown by a test");
            }

            @Override
            public void routingChanged(RoutingChanged event) {
                throw new IllegalStateException("thrown by a test");
            }
        };
        try (LogLines lines = new LogLines()) {
            a.announce("m", 1, true);
            DiscoveryClient client =
                    cluster.client(options -> options.observer(broken).observer(told), a);
            awaitServed(client, "m", 1);
            CompletableFuture<String> answer = async(() -> client.call("m", List.of(), String.class));

            assertThat(answer.join()).isEqualTo("a:1");
            assertThat(told.of("call ended")).hasSize(1);
            String failed = "observer " + broken.getClass().getName() + " failed";
            // the thread that sees it fail first logs it, maybe a moment later
            await("it is logged", () -> !lines.with(failed).isEmpty());
            client.close();
            assertThat(lines.with(failed)).hasSize(1);
        }
    }

    @Test
    void anInterruptThatAnObserverLeavesBehindCostsNoNodeItsConnection() {
        ClientObserver careless = new ClientObserver() {
            @Override
            public void connected(Connected event) {
                Thread.currentThread().interrupt();
            }

            @Override
            public void stateChanged(StateChanged event) {
                Thread.currentThread().interrupt();
            }

            @Override
            public void discoveryEnded(DiscoveryEnded event) {
                Thread.currentThread().interrupt();
            }
        };
        MemoryNode.Behaviour announces = a.announce("m", 1, true).behaviour(MemoryNode.DISCOVERY);
        a.behave(MemoryNode.DISCOVERY, (arguments, reply) -> {
            // as a transport does that waits for a reply
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            announces.answer(arguments, reply);
        });
        var client = cluster.client(options -> options.observer(careless), a);

        awaitServed(client, "m", 1);
        await("it is asked again and again", () -> a.calls(MemoryNode.DISCOVERY) > 10);
        assertThat(a.connects()).isEqualTo(1);
        assertThat(Cluster.snapshot(client, a).state()).isEqualTo(NodeSnapshot.State.SERVING);
    }

    @Test
    void anInterruptThatAnObserverLeavesBehindMakesNoFailingSourceBeAskedWithoutAPause() {
        AtomicInteger failures = new AtomicInteger();
        ClientObserver careless = new ClientObserver() {
            @Override
            public void topologyFailed(TopologyFailed event) {
                Thread.currentThread().interrupt();
            }
        };
        long start = System.nanoTime();
        cluster.client(
                options -> options.observer(careless).source(sink -> {
                    failures.incrementAndGet();
                    throw new IllegalStateException("thrown by a test");
                }),
                new WeightedRandom());

        await("it has failed three times", () -> failures.get() >= 3);
        // two pauses at least, of 100 and 200 ms, each jittered by a tenth
        assertThat(System.nanoTime() - start)
                .isGreaterThan(Duration.ofMillis(250).toNanos());
    }

    @Test
    void aClientMayBeClosedByTheObserverThatHearsOfItsOpening() {
        AtomicReference<DiscoveryClient> opened = new AtomicReference<>();
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        ClientObserver hasty = new ClientObserver() {
            @Override
            public void opened(Opened event) {
                opened.set(event.client());
                event.client().close();
            }

            @Override
            public void closed(Closed event) {
                closed.complete(event.client().equals(opened.get()));
            }
        };
        var client = cluster.client(options -> options.observer(hasty), a);

        assertThat(closed.orTimeout(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS).join())
                .isTrue();
        assertThatThrownBy(() -> client.call("m", List.of())).isInstanceOf(ClientClosedException.class);
    }
}
