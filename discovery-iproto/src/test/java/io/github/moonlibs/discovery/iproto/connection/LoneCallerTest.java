package io.github.moonlibs.discovery.iproto.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.iproto.FakeServer;
import io.github.moonlibs.discovery.iproto.Owner;
import io.github.moonlibs.discovery.iproto.Threads;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A platform thread that calls alone reads for itself, and nobody can tell from what it gets. */
@Timeout(300)
class LoneCallerTest {
    private static final String BY_NONE = "read by NONE";
    private static final String BY_CALLER = "read by CALLER";
    private static final String BY_LOOP = "read by LOOP";
    private static final String AGAIN = "call again";

    private final Owner owner = new Owner();
    private final AtomicReference<Transport.@Nullable Connection> connected = new AtomicReference<>();

    private boolean isRead(String by) {
        return String.valueOf(connected.get()).contains(by);
    }

    /**
     * Calls until the thread is seen to read for itself; the server has to answer with {@link #echo}. If the next call is long
     * in coming, the loop has taken the connection back by then.
     */
    private void settle(Transport.Connection connection) throws InterruptedException {
        connected.set(connection);
        Threads.await("the caller to read for itself", () -> {
            try {
                return connection
                        .call("settle", List.of(), Owner.SECONDS)
                        .values()
                        .contains(true);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Answers until the caller reads for itself. */
    private void echo(FakeServer.Peer peer) throws Exception {
        for (boolean settled = false; !settled; ) {
            FakeServer.Asked asked = peer.next();
            settled = isRead(BY_CALLER);
            peer.reply(asked, settled);
        }
    }

    /** Calls until the server has another answer than {@link #untilAlone} gives. */
    private Result callAlone(Transport.Connection connection) throws InterruptedException {
        connected.set(connection);
        Result result;
        do {
            result = connection.call("f", List.of(), Owner.SECONDS);
        } while (result.values().contains(AGAIN));
        return result;
    }

    /** Answers until a caller reads for itself; returns the request of that one, which reads until it has its reply. */
    private FakeServer.Asked untilAlone(FakeServer.Peer peer) throws Exception {
        FakeServer.Asked asked = peer.next();
        while (!isRead(BY_CALLER)) {
            peer.reply(asked, AGAIN);
            asked = peer.next();
        }
        return asked;
    }

    private static AttemptException failure(Transport.Connection connection) {
        return catchThrowableOfType(AttemptException.class, () -> connection.call("f", List.of(), Owner.SECONDS));
    }

    @Test
    void aRequestThatNobodyWaitsForLeavesTheLoopToReadWhatTheServerSendsNext() throws Exception {
        int requests = 5;
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    for (int i = 0; i < requests; i++) {
                        peer.reply(peer.next(), i);
                    }
                    peer.awaitEnd();
                });
                Transport.PipelinedConnection connection =
                        (Transport.PipelinedConnection) owner.connect(server.endpoint())) {
            connected.set(connection);
            for (int i = 0; i < requests; i++) {
                PendingReply reply = connection.send("f", List.of(), Owner.SECONDS, 0);
                Threads.await("a reply", reply::isDone);
                assertThat(reply.result().values()).containsExactly((long) i);
                assertThat(isRead(BY_LOOP)).isTrue();
            }
        }
    }

    @Test
    void aReplyThatDoesNotComeInTimeIsDroppedAndCounted() throws Exception {
        CountDownLatch timedOut = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    echo(peer);
                    FakeServer.Asked slow = peer.next();
                    timedOut.await();
                    peer.reply(slow, "too late");
                    peer.reply(peer.next(), "in time");
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            settle(connection);
            AttemptException failure =
                    Owner.noReply(() -> connection.call("f", List.of(), TimeUnit.MILLISECONDS.toNanos(50)));
            assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(failure).hasMessageContaining("no reply within 50 ms");
            timedOut.countDown();
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("in time");
            assertThat(connection.lateReplies()).isEqualTo(1);
        }
    }

    @Test
    void anInterruptEndsTheCallAloneAndTheConnectionStays() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread caller = Thread.currentThread();
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    FakeServer.Asked slow = untilAlone(peer);
                    caller.interrupt();
                    interrupted.await();
                    peer.reply(slow, "nobody waits");
                    peer.reply(peer.next(), "others go on");
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            assertThatThrownBy(() -> callAlone(connection)).isInstanceOf(InterruptedException.class);
            interrupted.countDown();
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("others go on");
            assertThat(connection.lateReplies()).isEqualTo(1);
        }
    }

    @Test
    void theLoopReadsOnWhileTheReplyIsAwaited() throws Exception {
        AtomicBoolean left = new AtomicBoolean();
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    FakeServer.Asked asked = peer.next();
                    for (int late = 1; late <= 2; late++) {
                        peer.reply(new FakeServer.Asked(0, late, ""), "nobody waits");
                        int replies = late;
                        Threads.await("a late reply to be read", () -> {
                            left.compareAndSet(false, isRead(BY_NONE));
                            return Objects.requireNonNull(connected.get()).lateReplies() == replies;
                        });
                    }
                    peer.reply(asked, "in time");
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            connected.set(connection);
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("in time");
            assertThat(left).isFalse();
        }
    }

    @Test
    void theServersEndFailsTheCallAtOnce() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            echo(peer);
            peer.next();
        })) {
            Transport.Connection connection = owner.connect(server.endpoint());
            settle(connection);
            AttemptException failure = failure(connection);
            assertThat(failure.kind()).isEqualTo(Kind.LOST);
            assertThat(failure).hasMessageContaining("closed by the server");
            assertThat(owner.news()).isEqualTo("closed: closed by the server");
            Threads.awaitNone("discovery-");
        }
    }

    @Test
    void closingWakesItAndLeavesNothingOpen() throws Exception {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            untilAlone(peer);
            Objects.requireNonNull(connected.get()).close();
            peer.awaitEnd();
            ended.complete(true);
        })) {
            Transport.Connection connection = owner.connect(server.endpoint());
            AttemptException failure = catchThrowableOfType(AttemptException.class, () -> callAlone(connection));
            assertThat(failure.kind()).isEqualTo(Kind.LOST);
            assertThat(failure).hasMessageContaining("closed by this side");
            assertThat(ended.get(Threads.BOUND, TimeUnit.SECONDS)).isTrue();
            Threads.awaitNone("discovery-");
        }
    }

    @Test
    void anEndWhileNobodyReadsIsNoticedBeforeTheNextCallIsSentOrByTheLoop() throws Exception {
        // again where the loop has taken the connection back, and the call came before it looked
        Threads.await("a call to notice the end before it is sent", () -> {
            try {
                return isSparedByTheEnd();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Whether a call after the server's end was not even sent; otherwise it was lost. */
    private boolean isSparedByTheEnd() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            echo(peer);
        })) {
            Transport.Connection connection = owner.connect(server.endpoint());
            settle(connection);
            server.peer().awaitPlayed();
            AttemptException failure = failure(connection);
            assertThat(owner.news()).isEqualTo("closed: closed by the server");
            assertThat(failure.kind()).isIn(Kind.NOT_SENT, Kind.LOST);
            assertThat(failure.sent()).isEqualTo(failure.kind() == Kind.LOST);
            return !failure.sent();
        }
    }

    @Test
    void theLoopLooksAfterAConnectionThatNobodyUses() throws Exception {
        CountDownLatch quiet = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            echo(peer);
            quiet.await();
        })) {
            Transport.Connection connection = owner.connect(server.endpoint());
            settle(connection);
            Threads.await("the loop to take it back", () -> isRead(BY_LOOP));
            quiet.countDown();
            assertThat(owner.news()).isEqualTo("closed: closed by the server");
            connection.close();
        }
    }

    @Test
    void othersThatComeMeanwhileAreServedToo() throws Exception {
        CompletableFuture<Object> other = new CompletableFuture<>();
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    FakeServer.Asked first = untilAlone(peer);
                    Thread.ofVirtual().start(() -> call(other));
                    FakeServer.Asked second = peer.next();
                    peer.reply(first, "first");
                    Threads.await("the loop to read for the other", () -> isRead(BY_LOOP));
                    peer.reply(second, "second");
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            assertThat(callAlone(connection).values()).containsExactly("first");
            assertThat(other.get(Threads.BOUND, TimeUnit.SECONDS)).isEqualTo(List.of("second"));
        }
    }

    private void call(CompletableFuture<Object> result) {
        try {
            result.complete(Objects.requireNonNull(connected.get())
                    .call("g", List.of(), Owner.SECONDS)
                    .values());
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }
}
