package io.github.moonlibs.discovery.iproto.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.iproto.FakeServer;
import io.github.moonlibs.discovery.iproto.Owner;
import io.github.moonlibs.discovery.iproto.Threads;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport.PipelinedConnection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests whose sender does not wait for the reply, or not for long. */
@Timeout(300)
class PendingExchangeTest {
    private final Owner owner = new Owner();

    private PipelinedConnection connect(FakeServer server) throws InterruptedException {
        return (PipelinedConnection) owner.connect(server.endpoint());
    }

    private static void awaitDone(PendingReply reply) {
        while (!reply.isDone()) {
            LockSupport.park();
        }
    }

    @Test
    void oneThreadWaitsForSeveral() throws Exception {
        CountDownLatch secondIsRead = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    FakeServer.Asked first = peer.next();
                    peer.reply(peer.next(), "second");
                    secondIsRead.await();
                    peer.reply(first, "first");
                    peer.awaitEnd();
                });
                PipelinedConnection connection = connect(server)) {
            PendingReply first = connection.send("f", List.of(1), Owner.SECONDS, 0);
            PendingReply second = connection.send("f", List.of(2), Owner.SECONDS, 0);
            // which of the two the server gets first is not said
            while (!first.isDone() && !second.isDone()) {
                LockSupport.park();
            }
            PendingReply quick = first.isDone() ? first : second;
            PendingReply slow = first.isDone() ? second : first;
            assertThat(slow.isDone()).isFalse();
            assertThat(quick.result().values()).containsExactly("second");
            secondIsRead.countDown();
            awaitDone(slow);
            assertThat(slow.result().values()).containsExactly("first");
        }
    }

    @Test
    void theReplyToOneThatWasAbandonedIsDroppedAndCounted() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch abandoned = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    FakeServer.Asked slow = peer.next();
                    asked.countDown();
                    abandoned.await();
                    peer.reply(slow, "too late");
                    peer.reply(peer.next(), "in time");
                    peer.awaitEnd();
                });
                PipelinedConnection connection = connect(server)) {
            PendingReply reply = connection.send("f", List.of(), Owner.SECONDS, 0);
            assertThat(asked.await(Threads.BOUND, TimeUnit.SECONDS)).isTrue();
            reply.abandon();
            reply.abandon();
            abandoned.countDown();
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("in time");
            assertThat(connection.lateReplies()).isEqualTo(1);
        }
    }

    @Test
    void toAskForAReplyThatIsNotThereIsToGiveItUp() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    peer.next();
                    asked.countDown();
                    peer.awaitEnd();
                });
                PipelinedConnection connection = connect(server)) {
            PendingReply reply = connection.send("f", List.of(), Owner.SECONDS, 0);
            assertThat(asked.await(Threads.BOUND, TimeUnit.SECONDS)).isTrue();

            AttemptException failure = catchThrowableOfType(AttemptException.class, reply::result);
            assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(failure.sent()).isTrue();
        }
    }

    @Test
    void anErrorAndTheConnectionsEndAreOutcomes() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    peer.fail(peer.next(), 33, "no such procedure");
                    peer.next();
                });
                PipelinedConnection connection = connect(server)) {
            PendingReply refused = connection.send("f", List.of(), Owner.SECONDS, 0);
            awaitDone(refused);
            assertThat(catchThrowableOfType(AttemptException.class, refused::result))
                    .hasMessageContaining("error 33");
            PendingReply lost = connection.send("f", List.of(), Owner.SECONDS, 0);
            awaitDone(lost);
            assertThat(catchThrowableOfType(AttemptException.class, lost::result)
                            .kind())
                    .isEqualTo(Kind.LOST);
        }
    }

    @Test
    void onAConnectionThatHasEndedOrWithoutTimeNothingIsSent() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            peer.awaitEnd();
        })) {
            PipelinedConnection connection = connect(server);
            assertNothingSent(connection, 0, Kind.TIMEOUT);
            connection.close();
            assertNothingSent(connection, Owner.SECONDS, Kind.NOT_SENT);
        }
    }

    @Test
    void aPatientSenderHasTheReplyWhenItReturnsAndAnImpatientOneHasItLater() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    peer.reply(peer.next(), "at once");
                    FakeServer.Asked slow = peer.next();
                    goOn.await();
                    peer.reply(slow, "later");
                    peer.awaitEnd();
                });
                PipelinedConnection connection = connect(server)) {
            PendingReply first = connection.send("f", List.of(), Owner.SECONDS, Owner.SECONDS);
            assertThat(first.isDone()).isTrue();
            assertThat(first.result().values()).containsExactly("at once");

            PendingReply second = connection.send("f", List.of(), Owner.SECONDS, 1_000_000);
            assertThat(second.isDone()).isFalse();
            goOn.countDown();
            awaitDone(second);
            assertThat(second.result().values()).containsExactly("later");
        }
    }

    @Test
    void anInterruptEndsTheWaitAndGivesTheRequestUp() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    peer.next();
                    peer.awaitEnd();
                });
                PipelinedConnection connection = connect(server)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> connection.send("f", List.of(), Owner.SECONDS, Owner.SECONDS))
                    .isInstanceOf(InterruptedException.class);
        }
    }

    private static void assertNothingSent(PipelinedConnection connection, long timeoutNanos, Kind kind) {
        AttemptException failure = catchThrowableOfType(AttemptException.class, () -> {
            PendingReply reply = connection.send("f", List.of(), timeoutNanos, 0);
            awaitDone(reply);
            reply.result();
        });
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.sent()).isFalse();
    }
}
