package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.support.TaskScopes;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.Transport.Connection;
import io.github.moonlibs.discovery.spi.Transport.PushingConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What procedures push before they return. */
@Timeout(300)
class PushedValuesTest {
    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1").announce("m", 1e12, true);
    private final MemoryNode b = cluster.node("b:1").announce("m", 1, true);
    private final Map<Endpoint, List<Object>> pushes = new ConcurrentHashMap<>();
    private final List<String> got = new ArrayList<>();
    private final CallOptions listening = PATIENT.withPushListener(
            pushed -> got.add(pushed.node() + " " + pushed.value().get(0)));
    private @Nullable DiscoveryClient client;

    @AfterEach
    void close() {
        requireNonNull(client).close();
        cluster.close();
    }

    private DiscoveryClient client(MemoryNode... nodes) {
        var options = DiscoveryClient.builder()
                .source(sink -> {
                    sink.publish(Arrays.stream(nodes).map(MemoryNode::instance).toList());
                    new CountDownLatch(1).await();
                })
                .drainTimeout(Cluster.BOUND)
                .callOptions(PATIENT)
                .build();
        Transport transport = (endpoint, any, listener) -> new Pushing(
                cluster.transport().connect(endpoint, any, listener), pushes.getOrDefault(endpoint, List.of()));
        var opened = new CoreClient(
                options,
                requireNonNull(options.source()),
                transport,
                Strategies.of(new WeightedRandom()),
                TaskScopes.best(),
                ThreadLocalRandom::current);
        client = opened;
        awaitServed(opened, "m", nodes.length);
        return opened;
    }

    @Test
    @Promise("Calls 10")
    void theListenerGetsWhatIsPushedInOrderOnTheCallersThread() {
        pushes.put(a.endpoint(), List.of("one", "two"));
        List<Thread> threads = new ArrayList<>();
        DiscoveryClient opened = client(a);

        for (Hedging each : List.of(Hedging.none(), Hedging.late())) {
            CallOptions options = PATIENT.withHedging(each).withPushListener(pushed -> {
                threads.add(Thread.currentThread());
                got.add(pushed.node() + " " + pushed.value().get(0));
            });
            got.add(String.valueOf(opened.call("m", List.of(), options, String.class)));
        }
        assertThat(got).containsExactly("a:1 one", "a:1 two", "a:1", "a:1 one", "a:1 two", "a:1");
        assertThat(threads).containsOnly(Thread.currentThread());
        assertThat(opened.call("m", List.of(), String.class))
                .as("without a listener")
                .isEqualTo("a:1");
    }

    @Test
    @Promise("Calls 10: by node")
    void theValuesOfAttemptsThatOverlapOrFollowEachOtherAreToldApartByTheirNodes() {
        pushes.put(a.endpoint(), List.of("from a"));
        pushes.put(b.endpoint(), List.of("from b"));
        a.hang("m");
        DiscoveryClient opened = client(a, b);

        CallOptions hedged = listening.withHedging(Hedging.after(Duration.ofMillis(50)));
        assertThat(opened.call("m", List.of(), hedged, String.class)).isEqualTo("b:1");
        assertThat(got).containsExactly("a:1 from a", "b:1 from b");

        got.clear();
        a.fail("m", 32);
        CallOptions oneByOne = listening.withHedging(Hedging.none());
        assertThat(opened.call("m", List.of(), oneByOne, String.class)).isEqualTo("b:1");
        assertThat(got).containsExactly("a:1 from a", "b:1 from b");
    }

    @Test
    @Promise("Calls 10: by node")
    void callsToAllNodesHaveTheirValuesToo() {
        pushes.put(a.endpoint(), List.of("from a"));
        pushes.put(b.endpoint(), List.of("from b"));
        DiscoveryClient opened = client(a, b);

        assertThat(opened.callAll("m", List.of(), listening)).allMatch(reply -> reply.failure() == null);
        assertThat(got).containsExactlyInAnyOrder("a:1 from a", "b:1 from b");
    }

    @Test
    void manyCallsDropWhatIsPushed() {
        pushes.put(a.endpoint(), List.of("from a"));
        DiscoveryClient opened = client(a);

        assertThat(opened.callMany("m", List.of(List.of(), List.of()), listening))
                .allMatch(outcome -> outcome.failure() == null);
        assertThat(got).isEmpty();
    }

    @Test
    @Promise("Calls 10: what the listener throws")
    void whatTheListenerThrowsIsThrownByTheCallAndNothingOfItStays() {
        pushes.put(a.endpoint(), List.of("one", "two"));
        DiscoveryClient opened = client(a, b);
        for (Hedging each : List.of(Hedging.none(), Hedging.late())) {
            CallOptions throwing = PATIENT.withHedging(each).withPushListener(pushed -> {
                got.add(String.valueOf(pushed.value().get(0)));
                throw new IllegalStateException("thrown by the listener");
            });
            assertThatThrownBy(() -> opened.call("m", List.of(), throwing))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("thrown by the listener");
        }
        assertThat(got).containsExactly("one", "one");
        assertThat(opened.snapshot().callsInFlight()).isZero();
        assertThat(Cluster.snapshot(opened, a).inFlight()).isZero();
    }

    @Test
    void aListenerMayCloseTheClient() {
        pushes.put(a.endpoint(), List.of("one"));
        DiscoveryClient opened = client(a);
        CallOptions closing = PATIENT.withPushListener(pushed -> opened.close());
        assertThat(opened.call("m", List.of(), closing, String.class)).isEqualTo("a:1");
    }

    /** Pushes before it replies. */
    private record Pushing(Connection inner, List<Object> values) implements PushingConnection {
        @Override
        public PendingReply send(String procedure, List<?> arguments, long timeoutNanos, long patienceNanos) {
            return send(procedure, arguments, timeoutNanos, patienceNanos, dropped -> {});
        }

        @Override
        public PendingReply send(
                String procedure, List<?> arguments, long timeoutNanos, long patienceNanos, Consumer<Result> onPush) {
            Pushed reply = new Pushed(new ArrayList<>(values), onPush);
            Thread caller = Thread.currentThread();
            Thread.startVirtualThread(() -> {
                try {
                    reply.result = inner.call(procedure, arguments, timeoutNanos);
                } catch (AttemptException e) {
                    reply.failure = e;
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                } finally {
                    reply.isOver = true;
                    LockSupport.unpark(caller);
                }
            });
            long start = System.nanoTime();
            for (long left = patienceNanos; !reply.isDone() && left > 0; ) {
                LockSupport.parkNanos(this, left);
                left = patienceNanos - (System.nanoTime() - start);
            }
            return reply;
        }

        @Override
        public Result call(String procedure, List<?> arguments, long timeoutNanos) throws InterruptedException {
            return inner.call(procedure, arguments, timeoutNanos);
        }

        @Override
        public Result eval(String expression, List<?> arguments, long timeoutNanos) throws InterruptedException {
            return inner.eval(expression, arguments, timeoutNanos);
        }

        @Override
        public void ping(long timeoutNanos) throws InterruptedException {
            inner.ping(timeoutNanos);
        }

        @Override
        public String server() {
            return inner.server();
        }

        @Override
        public String localAddress() {
            return inner.localAddress();
        }

        @Override
        public long lateReplies() {
            return inner.lateReplies();
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    private static final class Pushed implements PendingReply {
        private final List<Object> waiting;
        private final Consumer<Result> onPush;
        volatile boolean isOver;
        volatile @Nullable Result result;
        volatile @Nullable AttemptException failure;

        Pushed(List<Object> waiting, Consumer<Result> onPush) {
            this.waiting = waiting;
            this.onPush = onPush;
        }

        @Override
        public boolean isDone() {
            boolean over = isOver;
            while (!waiting.isEmpty()) {
                onPush.accept(new MemoryResult(Arrays.asList(waiting.removeFirst())));
            }
            return over;
        }

        @Override
        public Result result() {
            AttemptException failed = failure;
            if (failed != null) {
                throw failed;
            }
            return requireNonNull(result);
        }

        @Override
        public void abandon() {}
    }

    @Test
    @Promise("Calls 10")
    void aFailedAttemptThatAListenerThrowsIsNotTheCallsOwn() {
        pushes.put(a.endpoint(), List.of("one"));
        pushes.put(b.endpoint(), List.of("one"));
        DiscoveryClient opened = client(a, b);
        AttemptException thrown = AttemptException.notSent("another call's", null);

        for (Hedging each : List.of(Hedging.none(), Hedging.late())) {
            CallOptions options = PATIENT.withHedging(each).withPushListener(pushed -> {
                got.add(pushed.node().toString());
                throw thrown;
            });
            assertThatThrownBy(() -> opened.call("m", List.of(), options)).isSameAs(thrown);
            assertThatThrownBy(() -> opened.callAll("m", List.of(), options)).isSameAs(thrown);
        }
        assertThat(got).as("values, none of them of a retry").hasSize(4);
        assertThat(opened.snapshot().callsInFlight()).isZero();
    }
}
