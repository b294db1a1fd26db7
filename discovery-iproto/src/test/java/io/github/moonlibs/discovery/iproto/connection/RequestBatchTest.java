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
import io.github.moonlibs.discovery.spi.Transport.Batch;
import io.github.moonlibs.discovery.spi.Transport.BatchingConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that a thread gathers before they are sent. */
@Timeout(300)
@NullUnmarked // a test that meets null where it should not fails, which is its job
class RequestBatchTest {
    private final Owner owner = new Owner();

    /** A permit for each outcome. */
    private final Semaphore outcomes = new Semaphore(0);

    private BatchingConnection connect(FakeServer server) throws InterruptedException {
        return (BatchingConnection) owner.connect(server.endpoint());
    }

    private @Nullable PendingReply add(Batch batch, Object argument, long timeoutNanos) {
        return batch.add("f", List.of(argument), System.nanoTime(), timeoutNanos, outcomes::release);
    }

    private void awaitOutcomes(int count) throws InterruptedException {
        assertThat(outcomes.tryAcquire(count, Threads.BOUND, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void requestsAreSentInOrderAndEachHasItsOutcome() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    for (int i = 0; i < 3; i++) {
                        peer.reply(peer.next(), "reply " + i);
                    }
                    peer.awaitEnd();
                });
                BatchingConnection connection = connect(server)) {
            Batch batch = connection.batch();
            List<PendingReply> replies = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                replies.add(add(batch, i, Owner.SECONDS));
            }
            batch.send();
            awaitOutcomes(3);
            for (int i = 0; i < 3; i++) {
                assertThat(replies.get(i).isDone()).isTrue();
                assertThat(replies.get(i).result().values()).containsExactly("reply " + i);
            }
            // nothing is sent twice
            batch.send();
            assertThat(outcomes.availablePermits()).isZero();
        }
    }

    @Test
    void anotherCallDoesNotWaitForWhatIsGathered() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    peer.reply(peer.next(), "other");
                    peer.reply(peer.next(), "gathered");
                    peer.awaitEnd();
                });
                BatchingConnection connection = connect(server)) {
            Batch batch = connection.batch();
            PendingReply gathered = add(batch, 1, Owner.SECONDS);
            assertThat(connection.call("f", List.of(2), Owner.SECONDS).values()).containsExactly("other");
            batch.send();
            awaitOutcomes(1);
            assertThat(gathered.result().values()).containsExactly("gathered");
        }
    }

    @Test
    void ofAConnectionThatHasEndedNothingIsSent() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            peer.awaitEnd();
        })) {
            BatchingConnection connection = connect(server);
            Batch batch = connection.batch();
            PendingReply before = add(batch, 1, Owner.SECONDS);
            connection.close();
            PendingReply after = add(batch, 2, Owner.SECONDS);
            batch.send();
            awaitOutcomes(2);
            for (PendingReply reply : List.of(before, after)) {
                AttemptException failure = catchThrowableOfType(AttemptException.class, reply::result);
                assertThat(failure.kind()).isEqualTo(Kind.NOT_SENT);
            }
        }
    }

    @Test
    void theTimeOfOneIsOverWhetherItWasSentOrNot() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    peer.next();
                    peer.awaitEnd();
                });
                BatchingConnection connection = connect(server)) {
            Batch batch = connection.batch();
            PendingReply sent = add(batch, 1, TimeUnit.MILLISECONDS.toNanos(20));
            batch.send();
            PendingReply kept = add(batch, 2, TimeUnit.MILLISECONDS.toNanos(20));
            awaitOutcomes(2);
            AttemptException late = catchThrowableOfType(AttemptException.class, sent::result);
            assertThat(late.kind()).isEqualTo(Kind.TIMEOUT);
            AttemptException unsent = catchThrowableOfType(AttemptException.class, kept::result);
            assertThat(unsent.kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(unsent.sent()).isFalse();
            assertThatThrownBy(() -> add(batch, 3, 0)).hasMessageContaining("no time to send the request");
        }
    }

    @Test
    void thereIsRoomForSomeBytesOnly() throws Exception {
        String large = "x".repeat(1 << 20);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    peer.awaitEnd();
                });
                BatchingConnection connection = connect(server)) {
            Batch batch = connection.batch();
            List<PendingReply> added = new ArrayList<>();
            PendingReply last = add(batch, large, Owner.SECONDS);
            for (; last != null && added.size() < 100; last = add(batch, large, Owner.SECONDS)) {
                added.add(last);
            }
            assertThat(last).isNull();
            added.removeFirst().abandon();
            assertThat(add(batch, large, Owner.SECONDS)).isNotNull();
        }
    }
}
