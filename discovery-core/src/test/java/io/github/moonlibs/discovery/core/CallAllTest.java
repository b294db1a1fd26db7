package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallInterruptedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientClosedException;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
@NullUnmarked // a test that meets null where it should not fails, which is its job
class CallAllTest {
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
    void callAllGathersEveryNodesAnswer() {
        a.announce("m", 1, true);
        b.announce("m", 9, true).fail("m", 7);
        c.announce("m", 5, true).timeOutOn("m");
        MemoryNode zero = cluster.node("zero:1").announce("m", 0, true);
        var client = cluster.client(a, b, c, zero);
        awaitServed(client, "m", 3);

        var replies = client.callAll("m", List.of(), PATIENT);
        assertThat(replies).hasSize(3);
        for (var reply : replies) {
            switch (reply.node().name()) {
                case "a:1" -> assertThat(reply.result().as(String.class)).isEqualTo("a:1");
                case "b:1" -> assertThat(reply.failure().kind()).isEqualTo(Kind.SERVER_ERROR);
                default -> assertThat(reply.failure().kind()).isEqualTo(Kind.TIMEOUT);
            }
        }
        assertThat(zero.calls("m")).isZero();
    }

    @Test
    void callAllRunsItsCallsAtTheSameTime() {
        AtomicInteger inside = new AtomicInteger();
        for (MemoryNode node : List.of(a, b, c)) {
            node.announce("m", 1, true).behave("m", (arguments, reply) -> {
                inside.incrementAndGet();
                await("all three are called", () -> inside.get() == 3);
                reply.complete(List.of("ok"));
            });
        }
        var client = cluster.client(a, b, c);
        awaitServed(client, "m", 3);

        assertThat(client.callAll("m", List.of(), PATIENT)).allMatch(reply -> reply.failure() == null);
    }

    @Test
    void anInterruptEndsCallAll() throws InterruptedException {
        a.announce("m", 1, true).hang("m");
        var client = cluster.client(a);
        awaitServed(client, "m", 1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = Thread.startVirtualThread(() -> {
            try {
                client.callAll("m", List.of(), PATIENT);
            } catch (RuntimeException e) {
                thrown.set(e);
            }
        });
        await("the call is under way", () -> a.calls("m") == 1);
        caller.interrupt();
        assertThat(caller.join(Cluster.BOUND)).isTrue();
        assertThat(thrown.get()).isInstanceOf(CallInterruptedException.class);
        await("nothing leaks", () -> Cluster.snapshot(client, a).inFlight() == 0);
    }

    @Test
    void callAllOfAMethodThatNoNodeServesEndsWhenTheClientCloses() {
        a.announce("m", 1, true);
        var client = cluster.client(a);
        awaitServed(client, "m", 1);
        var all = Cluster.async(() ->
                catchThrowable(() -> client.callAll("other", List.of(), PATIENT.withDeadline(Duration.ofHours(1)))));
        await("it waits for a route", () -> client.snapshot().waitingCalls() == 1);

        client.close();
        assertThat(all.orTimeout(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS).join())
                .isInstanceOf(ClientClosedException.class);
    }

    @Test
    void anObserverThatWaitsTakesNoWakeUpFromCallAll() throws Exception {
        AtomicReference<CompletableFuture<List<Object>>> other = new AtomicReference<>();
        ClientObserver waiting = new ClientObserver() {
            @Override
            public void attemptEnded(AttemptEnded event) {
                var reply = other.getAndSet(null);
                if (reply != null) {
                    reply.complete(List.of());
                    for (int i = 0; i < 5; i++) {
                        LockSupport.parkNanos(20_000_000);
                    }
                }
            }
        };
        a.announce("m", 1, true);
        b.announce("m", 1, true);
        var client = cluster.client(options -> options.observer(waiting), a, b);
        awaitServed(client, "m", 2);
        for (MemoryNode late : List.of(a, b)) {
            MemoryNode early = late == a ? b : a;
            CompletableFuture<List<Object>> isHeld = new CompletableFuture<>();
            late.behave("m", (arguments, reply) -> {
                other.set(reply);
                isHeld.complete(List.of());
            });
            early.behave("m", (arguments, reply) -> {
                var unused = isHeld.thenAccept(reply::complete);
            });
            var replies = Cluster.async(() -> client.callAll(
                    "m", List.of(), PATIENT.withTimeout(Duration.ofHours(1)).withDeadline(Duration.ofHours(1))));
            assertThat(replies.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS))
                    .allMatch(reply -> reply.failure() == null);
        }
    }
}
