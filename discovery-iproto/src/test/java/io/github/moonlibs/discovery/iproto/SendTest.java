package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.Transport.Connection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that their sender does not wait for: by this transport's own way, and by the SPI's for all others. */
@Timeout(60)
class SendTest {
    private final Owner owner = new Owner();

    static Stream<Named<UnaryOperator<Connection>>> ways() {
        return Stream.of(Named.of("own", UnaryOperator.identity()), Named.of("default", WithoutSend::new));
    }

    /** The same connection, as a transport has it that does not override send. */
    private record WithoutSend(Connection connection) implements Connection {
        @Override
        public Result call(String procedure, List<?> arguments, long timeoutNanos) throws InterruptedException {
            return connection.call(procedure, arguments, timeoutNanos);
        }

        @Override
        public Result eval(String expression, List<?> arguments, long timeoutNanos) throws InterruptedException {
            return connection.eval(expression, arguments, timeoutNanos);
        }

        @Override
        public void ping(long timeoutNanos) throws InterruptedException {
            connection.ping(timeoutNanos);
        }

        @Override
        public String server() {
            return connection.server();
        }

        @Override
        public String localAddress() {
            return connection.localAddress();
        }

        @Override
        public long lateReplies() {
            return connection.lateReplies();
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    private static void awaitDone(PendingReply reply) {
        while (!reply.isDone()) {
            LockSupport.park();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void oneThreadWaitsForSeveral(UnaryOperator<Connection> way) throws Exception {
        CountDownLatch secondIsRead = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    FakeServer.Asked first = peer.next();
                    peer.reply(peer.next(), "second");
                    secondIsRead.await();
                    peer.reply(first, "first");
                    peer.awaitEnd();
                });
                Connection connection = way.apply(owner.connect(server.endpoint()))) {
            PendingReply first = connection.send("f", List.of(1), Owner.SECONDS);
            PendingReply second = connection.send("f", List.of(2), Owner.SECONDS);
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

    @ParameterizedTest
    @MethodSource("ways")
    void theReplyToOneThatWasAbandonedIsDroppedAndCounted(UnaryOperator<Connection> way) throws Exception {
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
                Connection connection = way.apply(owner.connect(server.endpoint()))) {
            PendingReply reply = connection.send("f", List.of(), Owner.SECONDS);
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            reply.abandon();
            reply.abandon();
            abandoned.countDown();
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("in time");
            assertThat(connection.lateReplies()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void toAskForAReplyThatIsNotThereIsToGiveItUp(UnaryOperator<Connection> way) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    peer.next();
                    asked.countDown();
                    peer.awaitEnd();
                });
                Connection connection = way.apply(owner.connect(server.endpoint()))) {
            PendingReply reply = connection.send("f", List.of(), Owner.SECONDS);
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

            AttemptException failure = catchThrowableOfType(AttemptException.class, reply::result);
            assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(failure.sent()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void anErrorAndTheConnectionsEndAreOutcomes(UnaryOperator<Connection> way) throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    peer.fail(peer.next(), 33, "no such procedure");
                    peer.next();
                });
                Connection connection = way.apply(owner.connect(server.endpoint()))) {
            PendingReply refused = connection.send("f", List.of(), Owner.SECONDS);
            awaitDone(refused);
            assertThat(catchThrowableOfType(AttemptException.class, refused::result))
                    .hasMessageContaining("error 33");
            PendingReply lost = connection.send("f", List.of(), Owner.SECONDS);
            awaitDone(lost);
            assertThat(catchThrowableOfType(AttemptException.class, lost::result)
                            .kind())
                    .isEqualTo(Kind.LOST);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void onAConnectionThatHasEndedOrWithoutTimeNothingIsSent(UnaryOperator<Connection> way) throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            peer.awaitEnd();
        })) {
            Transport.Connection connection = way.apply(owner.connect(server.endpoint()));
            assertNothingSent(connection, 0, Kind.TIMEOUT);
            connection.close();
            assertNothingSent(connection, Owner.SECONDS, Kind.NOT_SENT);
        }
    }

    private static void assertNothingSent(Connection connection, long timeoutNanos, Kind kind) {
        AttemptException failure = catchThrowableOfType(AttemptException.class, () -> {
            PendingReply reply = connection.send("f", List.of(), timeoutNanos);
            awaitDone(reply);
            reply.result();
        });
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.sent()).isFalse();
    }
}
