package io.github.moonlibs.discovery.iproto.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.Transaction.Isolation;
import io.github.moonlibs.discovery.iproto.FakeServer;
import io.github.moonlibs.discovery.iproto.FakeServer.Asked;
import io.github.moonlibs.discovery.iproto.Owner;
import io.github.moonlibs.discovery.iproto.codec.Iproto;
import io.github.moonlibs.discovery.iproto.codec.Request;
import io.github.moonlibs.discovery.iproto.codec.values.ValueReader;
import io.github.moonlibs.discovery.spi.ServerTransaction;
import io.github.moonlibs.discovery.spi.Transport.TransactionalConnection;
import io.github.moonlibs.discovery.types.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the transactions of a connection send, and what comes of it. */
@Timeout(300)
class StreamsTest {
    private final Owner owner = new Owner();
    private final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());

    private TransactionalConnection connect(FakeServer server) throws InterruptedException {
        return (TransactionalConnection) owner.connect(server.endpoint());
    }

    /** Replies to so many requests, then waits for one more. */
    private FakeServer answering(int requests) {
        return new FakeServer(peer -> {
            peer.greet();
            for (int i = 0; i < requests; i++) {
                Asked next = peer.next();
                asked.add(next);
                peer.reply(next, "answer");
            }
            asked.add(peer.next());
        });
    }

    private List<Integer> types() {
        synchronized (asked) {
            return asked.stream().map(Asked::type).toList();
        }
    }

    @Test
    void theHeaderHasTheStreamsNumberBehindTheSync() throws Exception {
        byte[] request = Request.of(Types.plain(), 7, Iproto.BEGIN, "", List.of(1.5, 2));
        Request.number(request, 42);
        ValueReader in = new ValueReader(request, 5, request.length);
        assertThat(in.read(1)).isEqualTo(Map.of(0L, 14L, 1L, 42L, 0x0aL, 7L));
        assertThat(in.read(1)).isEqualTo(Map.of(0x56L, 1.5, 0x59L, 2L));

        byte[] without = Request.of(Types.plain(), 0, Iproto.PING, "", List.of());
        // until it has a number, what stands in its place is not defined
        Request.number(without, 0);
        assertThat(new ValueReader(without, 5, without.length).read(1)).isEqualTo(Map.of(0L, 0x40L, 1L, 0L));
    }

    @Test
    void aTransactionIsBegunCallsAndIsCommitted() throws Exception {
        try (FakeServer server = answering(3);
                TransactionalConnection connection = connect(server)) {
            long longest = TimeUnit.MILLISECONDS.toNanos(2_500);
            ServerTransaction transaction = connection.begin(Isolation.LINEARIZABLE, longest, Owner.SECONDS);
            assertThat(transaction.call("f", List.of(1), Owner.SECONDS, null).values())
                    .containsExactly("answer");
            transaction.commit(Owner.SECONDS);
            assertThat(types()).containsExactly(Iproto.BEGIN, Iproto.CALL, Iproto.COMMIT);
            assertThat(asked.getFirst().body()).isEqualTo(Map.of(0x56L, 2.5, 0x59L, 4L));
        }
    }

    @Test
    void itIsRolledBackAndWaitedForOrNot() throws Exception {
        try (FakeServer server = answering(3);
                TransactionalConnection connection = connect(server)) {
            connection.begin(Isolation.DEFAULT, 1, Owner.SECONDS).rollback(Owner.SECONDS);
            connection.begin(Isolation.DEFAULT, 1, Owner.SECONDS).abandon();
            server.peer().awaitPlayed();
            assertThat(types()).containsExactly(Iproto.BEGIN, Iproto.ROLLBACK, Iproto.BEGIN, Iproto.ROLLBACK);
        }
    }

    @Test
    void whatCouldNotBeBegunIsRolledBackAllTheSame() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    peer.fail(peer.next(), 79, "Operation is not permitted");
                    asked.add(peer.next());
                });
                TransactionalConnection connection = connect(server)) {
            assertThatThrownBy(() -> connection.begin(Isolation.DEFAULT, 1, Owner.SECONDS))
                    .isInstanceOf(ServerException.class)
                    .hasMessageContaining("error 79");
            server.peer().awaitPlayed();
            assertThat(types()).containsExactly(Iproto.ROLLBACK);
        }
    }

    @Test
    void theAnswerToARollbackThatNoneWaitsForIsNotLate() throws Exception {
        try (FakeServer server = answering(3);
                TransactionalConnection connection = connect(server)) {
            connection.begin(Isolation.DEFAULT, 1, Owner.SECONDS).abandon();
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("answer");
            assertThat(types()).containsExactly(Iproto.BEGIN, Iproto.ROLLBACK, Iproto.CALL);
            assertThat(connection.lateReplies()).isZero();
        }
    }
}
