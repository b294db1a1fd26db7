package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.async;
import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an observer is told. */
@Timeout(120)
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
        public void opened(DiscoveryClient client) {
            lines.add("opened");
        }

        @Override
        public void closed(DiscoveryClient client) {
            lines.add("closed");
        }

        @Override
        public void callStarted(String method) {
            lines.add("call started " + method + " by " + Thread.currentThread().threadId());
        }

        @Override
        public void callEnded(
                String method,
                long nanos,
                @Nullable Instance answeredBy,
                int retries,
                int hedges,
                @Nullable Throwable failure) {
            assertThat(nanos).isPositive();
            lines.add("call ended " + method + " by " + Thread.currentThread().threadId() + ": answered by "
                    + answeredBy + ", " + retries + " retries, " + hedges + " hedges, "
                    + (failure == null ? "ok" : failure.getClass().getSimpleName()));
        }

        @Override
        public void attemptEnded(String method, Instance node, long nanos, @Nullable Kind failure) {
            assertThat(nanos).isNotNegative();
            lines.add("attempt " + method + " on " + node + ": " + (failure == null ? "ok" : failure));
        }

        @Override
        public void stateChanged(Instance node, State from, State to, String reason) {
            lines.add("state " + node + " " + from + " to " + to + ": " + reason);
        }

        @Override
        public void connected(Instance node, long connects) {
            lines.add("connected " + node + " " + connects);
        }

        @Override
        public void ejectionChanged(Instance node, @Nullable Ejection ejection) {
            lines.add("ejection " + node + " " + (ejection == null ? "over" : ejection.reason()));
        }

        @Override
        public void discoveryEnded(Instance node, long nanos, @Nullable String failure) {
            lines.add("discovery " + node + " " + (failure == null ? "ok" : failure));
        }

        @Override
        public void routingChanged() {
            lines.add("routing");
        }

        @Override
        public void topologyChanged(List<Instance> added, List<Instance> removed) {
            lines.add("topology +" + added + " -" + removed);
        }

        @Override
        public void topologyFailed(String message) {
            lines.add("topology failed: " + message);
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
        await("a was drawn first", () -> {
            client.call("m", List.of(), options);
            return a.calls("m") > 0;
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
                    public void callEnded(
                            String method,
                            long nanos,
                            @Nullable Instance answeredBy,
                            int retries,
                            int hedges,
                            @Nullable Throwable failure) {
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
        b.hang("m");
        DiscoveryClient client = client(a, b);
        CallOptions brief =
                CallOptions.defaults().withTimeout(Duration.ofMillis(1)).withDeadline(Cluster.BOUND);
        await("b is ejected", () -> {
            client.call("m", List.of(), brief);
            return !told.of("ejection").isEmpty();
        });

        assertThat(told.of("ejection"))
                .containsExactly("ejection b:1 10 of its last 10 calls timed out or lost their connection");
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
            public void callStarted(String method) {
                throw new IllegalStateException("thrown by a test");
            }

            @Override
            public void attemptEnded(String method, Instance node, long nanos, @Nullable Kind failure) {
                throw new AssertionError("thrown by a test");
            }

            @Override
            public void routingChanged() {
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
            assertThat(lines.with("observer " + broken.getClass().getName() + " failed"))
                    .hasSize(1);
        }
    }
}
