package io.github.moonlibs.discovery.iproto.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.iproto.FakeServer;
import io.github.moonlibs.discovery.iproto.Owner;
import io.github.moonlibs.discovery.iproto.Threads;
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

/** A platform thread that calls alone reads for itself, and nobody can tell from what it gets. */
class LoneCallerTest {
    private static final String BY_CALLER = "read by CALLER";
    private static final String BY_LOOP = "read by LOOP";

    private final Owner owner = new Owner();
    private final AtomicReference<Transport.@Nullable Connection> connected = new AtomicReference<>();

    private boolean isRead(String by) {
        return String.valueOf(connected.get()).contains(by);
    }

    /** Calls until the thread is seen to read for itself; the server has to answer with {@link #echo}. */
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

    private static AttemptException failure(Transport.Connection connection, long timeout) {
        return catchThrowableOfType(AttemptException.class, () -> connection.call("f", List.of(), timeout));
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
            AttemptException failure = failure(connection, TimeUnit.MILLISECONDS.toNanos(50));
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
                    echo(peer);
                    FakeServer.Asked slow = peer.next();
                    Threads.await("the caller to read", () -> isRead(BY_CALLER));
                    caller.interrupt();
                    interrupted.await();
                    peer.reply(slow, "nobody waits");
                    peer.reply(peer.next(), "others go on");
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            settle(connection);
            assertThatThrownBy(() -> connection.call("f", List.of(), Owner.SECONDS))
                    .isInstanceOf(InterruptedException.class);
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
                            left.compareAndSet(false, isRead("read by NOBODY"));
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
            AttemptException failure = failure(connection, Owner.SECONDS);
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
            echo(peer);
            peer.next();
            Threads.await("the caller to read", () -> isRead(BY_CALLER));
            Objects.requireNonNull(connected.get()).close();
            peer.awaitEnd();
            ended.complete(true);
        })) {
            Transport.Connection connection = owner.connect(server.endpoint());
            settle(connection);
            AttemptException failure = failure(connection, Owner.SECONDS);
            assertThat(failure.kind()).isEqualTo(Kind.LOST);
            assertThat(failure).hasMessageContaining("closed by this side");
            assertThat(ended.get(Threads.BOUND, TimeUnit.SECONDS)).isTrue();
            Threads.awaitNone("discovery-");
        }
    }

    @Test
    void anEndWhileNobodyReadsIsNoticedBeforeTheNextCallIsSentOrByTheLoop() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            echo(peer);
        })) {
            Transport.Connection connection = owner.connect(server.endpoint());
            settle(connection);
            server.peer().awaitPlayed();
            AttemptException failure = failure(connection, Owner.SECONDS);
            // if the loop has just taken it back, it may be about to notice
            if (!isRead(BY_LOOP)) {
                assertThat(failure.kind()).isEqualTo(Kind.NOT_SENT);
                assertThat(failure.sent()).isFalse();
            }
            assertThat(owner.news()).isEqualTo("closed: closed by the server");
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
                    echo(peer);
                    FakeServer.Asked first = peer.next();
                    Threads.await("the caller to read", () -> isRead(BY_CALLER));
                    Thread.ofVirtual().start(() -> call(other));
                    FakeServer.Asked second = peer.next();
                    peer.reply(first, "first");
                    Threads.await("the loop to read for the other", () -> isRead(BY_LOOP));
                    peer.reply(second, "second");
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            settle(connection);
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("first");
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
