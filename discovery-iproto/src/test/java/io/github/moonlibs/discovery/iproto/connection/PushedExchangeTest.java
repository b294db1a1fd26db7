package io.github.moonlibs.discovery.iproto.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.iproto.FakeServer;
import io.github.moonlibs.discovery.iproto.FakeServer.Asked;
import io.github.moonlibs.discovery.iproto.FakeServer.Peer;
import io.github.moonlibs.discovery.iproto.Owner;
import io.github.moonlibs.discovery.iproto.Threads;
import io.github.moonlibs.discovery.iproto.codec.Iproto;
import io.github.moonlibs.discovery.iproto.codec.values.ValueWriter;
import io.github.moonlibs.discovery.iproto.codec.values.Values;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport.PushingConnection;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a procedure pushes before it returns. */
@Timeout(300)
class PushedExchangeTest {
    private final Owner owner = new Owner();
    private final List<Object> got = new ArrayList<>();

    private void take(Result value) {
        got.add(value.values());
    }

    private PushingConnection connect(FakeServer server) throws InterruptedException {
        return (PushingConnection) owner.connect(server.endpoint());
    }

    private static void push(Peer peer, Asked asked, Object value) throws IOException {
        peer.send(FakeServer.packet(Iproto.CHUNK, asked.sync(), Values.packed(out -> {
            out.packMapHeader(1).packInt(Iproto.DATA);
            ValueWriter.writeArguments(Types.plain(), out, List.of(value));
        })));
    }

    private static Result call(PushingConnection connection, Consumer<Result> onPush) throws InterruptedException {
        return connection
                .send("f", List.of(), Owner.SECONDS, Owner.SECONDS, onPush)
                .result();
    }

    private static Object answer(PushingConnection connection, String procedure) {
        try {
            return connection.call(procedure, List.of(), Owner.SECONDS).values().getFirst();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(Threads.BOUND, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsPushedComesInOrderBeforeTheResultOnTheCallersThreadOfEitherKind() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    for (int i = 0; i < 2; i++) {
                        Asked asked = peer.next();
                        push(peer, asked, "one");
                        push(peer, asked, List.of(2));
                        peer.reply(asked, "end");
                    }
                    peer.awaitEnd();
                });
                PushingConnection connection = connect(server)) {
            Runnable calls = () -> {
                Thread caller = Thread.currentThread();
                try {
                    got.add(call(connection, value -> {
                                assertThat(Thread.currentThread()).isEqualTo(caller);
                                take(value);
                            })
                            .values());
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            };
            calls.run();
            assertThat(got).containsExactly(List.of("one"), List.of(List.of(2L)), List.of("end"));
            got.clear();
            CompletableFuture.runAsync(calls, Thread::startVirtualThread).get(Threads.BOUND, TimeUnit.SECONDS);
            assertThat(got).containsExactly(List.of("one"), List.of(List.of(2L)), List.of("end"));
            assertThat(connection.lateReplies()).isZero();
        }
    }

    @Test
    void aPushWakesASenderThatDoesNotWait() throws Exception {
        CountDownLatch isPushed = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    Asked asked = peer.next();
                    push(peer, asked, "progress");
                    isPushed.await();
                    peer.reply(asked, "end");
                    peer.awaitEnd();
                });
                PushingConnection connection = connect(server)) {
            PendingReply reply = connection.send("f", List.of(), Owner.SECONDS, 0, this::take);
            while (got.isEmpty()) {
                assertThat(reply.isDone()).isFalse();
                LockSupport.park();
            }
            isPushed.countDown();
            while (!reply.isDone()) {
                LockSupport.park();
            }
            assertThat(reply.result().values()).containsExactly("end");
            assertThat(got).containsExactly(List.of("progress"));
        }
    }

    @Test
    void aSlowListenerHoldsUpItsOwnCallAlone() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<List<?>> slow = new CompletableFuture<>();
        CountDownLatch isSlow = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    Asked asked = peer.next();
                    push(peer, asked, 1);
                    push(peer, asked, 2);
                    peer.reply(asked, "slow");
                    peer.reply(peer.next(), "quick");
                    peer.awaitEnd();
                });
                PushingConnection connection = connect(server)) {
            Thread.startVirtualThread(() -> {
                try {
                    slow.complete(call(connection, value -> {
                                isSlow.countDown();
                                await(goOn);
                                take(value);
                            })
                            .values());
                } catch (Throwable e) {
                    slow.completeExceptionally(e);
                }
            });
            await(isSlow);
            assertThat(connection.call("g", List.of(), Owner.SECONDS).values()).containsExactly("quick");
            assertThat(slow).isNotDone();
            goOn.countDown();
            assertThat(slow.get(Threads.BOUND, TimeUnit.SECONDS)).isEqualTo(List.of("slow"));
            assertThat(got).containsExactly(List.of(1L), List.of(2L));
        }
    }

    @Test
    void aListenerMayCallOverTheSameConnectionWhileItsOwnReplyComes() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    Asked outer = peer.next();
                    push(peer, outer, "ask back");
                    Asked inner = peer.next();
                    peer.reply(outer, "outer");
                    peer.reply(inner, "inner");
                    peer.awaitEnd();
                });
                PushingConnection connection = connect(server)) {
            Result outer = call(connection, value -> got.add(answer(connection, "g")));
            assertThat(outer.values()).containsExactly("outer");
            assertThat(got).containsExactly("inner");
        }
    }

    @Test
    void whatAListenerThrowsEndsTheRequestWhoseReplyIsDropped() throws Exception {
        CountDownLatch thrown = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    Asked asked = peer.next();
                    push(peer, asked, 1);
                    thrown.await();
                    push(peer, asked, 2);
                    peer.reply(asked, "end");
                    peer.reply(peer.next(), "next");
                    peer.awaitEnd();
                });
                PushingConnection connection = connect(server)) {
            assertThatThrownBy(() -> call(connection, value -> {
                        take(value);
                        throw new IllegalStateException("thrown by a listener");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("thrown by a listener");
            thrown.countDown();
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("next");
            assertThat(got).containsExactly(List.of(1L));
            assertThat(connection.lateReplies()).isEqualTo(1);
        }
    }

    @Test
    void aPushedValueThatCannotBeReadFailsItsOwnCallAlone() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    Asked asked = peer.next();
                    peer.send(FakeServer.packet(
                            Iproto.CHUNK, asked.sync(), HexFormat.of().parseHex("8130dd000000")));
                    peer.reply(peer.next(), "next");
                    peer.awaitEnd();
                });
                PushingConnection connection = connect(server)) {
            AttemptException failure = catchThrowableOfType(AttemptException.class, () -> call(connection, this::take));
            assertThat(failure.kind()).isEqualTo(Kind.UNREADABLE);
            assertThat(failure).hasMessageContaining("expected a body with the returned values");
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("next");
        }
    }

    @Test
    void whatWaitsForASlowListenerIsBounded() throws Exception {
        int max = 10_000;
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    Asked asked = peer.next();
                    push(peer, asked, "first");
                    Asked fromListener = peer.next();
                    for (int i = 0; i < 20; i++) {
                        push(peer, asked, "x".repeat(1_000));
                    }
                    peer.reply(fromListener, "all is pushed");
                    peer.reply(peer.next(), "next");
                    peer.awaitEnd();
                });
                PushingConnection connection =
                        (PushingConnection) owner.connect(server.endpoint(), options -> options.maxReplySize(max))) {
            AttemptException failure = catchThrowableOfType(
                    AttemptException.class,
                    () -> call(connection, value -> {
                        take(value);
                        got.add(answer(connection, "g"));
                    }));
            assertThat(failure.kind()).isEqualTo(Kind.UNREADABLE);
            assertThat(failure)
                    .hasMessageContaining("expected at most 10000 bytes (option maxReplySize) of pushed values");
            assertThat(got).containsExactly(List.of("first"), "all is pushed");
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("next");
        }
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        CountDownLatch isPushed = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    push(peer, peer.next(), 1);
                    peer.awaitEnd();
                });
                PushingConnection connection = connect(server)) {
            CompletableFuture<Throwable> end = new CompletableFuture<>();
            Thread caller = Thread.startVirtualThread(() -> {
                try {
                    end.complete(new AssertionError(call(connection, value -> isPushed.countDown())));
                } catch (Throwable e) {
                    end.complete(e);
                }
            });
            await(isPushed);
            caller.interrupt();
            assertThat(end.get(Threads.BOUND, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void whetherThereIsAReplyIsDecidedBeforeTheLastValuesAreHandedOver() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    Asked outer = peer.next();
                    Asked push = peer.next();
                    push(peer, outer, "in time");
                    peer.reply(push, "pushed");
                    Asked fromListener = peer.next();
                    push(peer, outer, "too late");
                    peer.reply(outer, "too late");
                    peer.reply(fromListener, "from the listener");
                    peer.awaitEnd();
                });
                PushingConnection connection = connect(server)) {
            PendingReply reply = connection.send("f", List.of(), Owner.SECONDS, 0, value -> {
                take(value);
                got.add(answer(connection, "g"));
            });
            assertThat(answer(connection, "push")).isEqualTo("pushed");
            AttemptException failure = catchThrowableOfType(AttemptException.class, reply::result);
            assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(got).containsExactly(List.of("in time"), "from the listener");
            assertThat(connection.lateReplies()).isEqualTo(1);
        }
    }

    @Test
    void whatAListenerThrowsWithTheReplyThereLeavesNoCallerCountedIn() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    Asked asked = peer.next();
                    Asked push = peer.next();
                    push(peer, asked, 1);
                    peer.reply(asked, "end");
                    peer.reply(push, "pushed");
                    while (true) {
                        peer.reply(peer.next(), "alone");
                    }
                });
                PushingConnection connection = connect(server)) {
            PendingReply reply = connection.send("f", List.of(), Owner.SECONDS, 0, value -> {
                throw new IllegalStateException("thrown by a listener");
            });
            assertThat(answer(connection, "push")).isEqualTo("pushed");
            assertThatThrownBy(reply::result).hasMessage("thrown by a listener");
            Threads.await("a caller that is alone reads for itself", () -> {
                assertThat(answer(connection, "h")).isEqualTo("alone");
                return connection.toString().contains("read by NONE");
            });
        }
    }
}
