package io.github.moonlibs.discovery.iproto.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.iproto.FakeServer;
import io.github.moonlibs.discovery.iproto.IprotoTransport;
import io.github.moonlibs.discovery.iproto.Owner;
import io.github.moonlibs.discovery.iproto.Threads;
import io.github.moonlibs.discovery.iproto.codec.Iproto;
import io.github.moonlibs.discovery.iproto.codec.values.ValueWriter;
import io.github.moonlibs.discovery.iproto.codec.values.Values;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.types.Types;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a connection does with servers of all manners. */
class IprotoConnectionTest {
    private static final long BRIEF = TimeUnit.MILLISECONDS.toNanos(50);

    private final Owner owner = new Owner();

    private static AttemptException failure(Transport.Connection connection, long timeout) {
        return catchThrowableOfType(AttemptException.class, () -> connection.call("f", List.of(), timeout));
    }

    private static void assertFailure(AttemptException failure, Kind kind, boolean sent, String message) {
        assertThat(failure).hasMessageContaining(message);
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.sent()).isEqualTo(sent);
    }

    @Test
    void repliesFindTheirCallsInWhateverOrderTheyCome() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    FakeServer.Asked first = peer.next();
                    FakeServer.Asked second = peer.next();
                    peer.reply(second, second.body());
                    peer.reply(first, first.body());
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            CompletableFuture<Object> other = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                try {
                    other.complete(
                            connection.call("a", List.of(), Owner.SECONDS).values());
                } catch (Throwable e) {
                    other.completeExceptionally(e);
                }
            });
            assertThat(connection.call("b", List.of(), Owner.SECONDS).values().toString())
                    .contains("=b");
            assertThat(other.get(Threads.BOUND, TimeUnit.SECONDS).toString()).contains("=a");
        }
    }

    @Test
    void aReplyMayComeInPiecesAndSeveralInOne() throws Exception {
        String large = "x".repeat(100_000);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    FakeServer.Asked asked = peer.next();
                    byte[] chunk = FakeServer.packet(
                            Iproto.CHUNK, asked.sync(), HexFormat.of().parseHex("8130dd00000000"));
                    byte[] reply = FakeServer.packet(0, asked.sync(), Values.packed(out -> {
                        out.packMapHeader(1).packInt(Iproto.DATA);
                        ValueWriter.writeArguments(Types.plain(), out, List.of(large, "end"));
                    }));
                    for (int i = 0; i < 20; i++) {
                        peer.send(new byte[] {reply[i]});
                    }
                    peer.send(java.util.Arrays.copyOfRange(reply, 20, reply.length));
                    FakeServer.Asked next = peer.next();
                    peer.send(chunk);
                    peer.reply(next, "second");
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly(large, "end");
            assertThat(connection.eval("f", List.of(), Owner.SECONDS).values()).containsExactly("second");
            assertThat(connection.lateReplies()).isZero();
        }
    }

    @Test
    void anErrorOfAnOldServerHasCodeAndMessage() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    peer.fail(peer.next(), 33, "Procedure 'f' is not defined");
                    peer.fail(peer.next(), 20, "no ping");
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            AttemptException failure = failure(connection, Owner.SECONDS);
            assertFailure(failure, Kind.SERVER_ERROR, true, "error 33 \"Procedure 'f' is not defined\"");
            assertThat(failure).hasMessageStartingWith(server.endpoint().toString());
            assertThatThrownBy(() -> connection.ping(Owner.SECONDS)).isInstanceOf(ServerException.class);
        }
    }

    @Test
    void aLateReplyIsDroppedAndCounted() throws Exception {
        CountDownLatch timedOut = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    FakeServer.Asked slow = peer.next();
                    timedOut.await();
                    peer.reply(slow, "too late");
                    peer.reply(peer.next(), "in time");
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            assertFailure(
                    Owner.noReply(() -> connection.call("f", List.of(), BRIEF)),
                    Kind.TIMEOUT,
                    true,
                    ": no reply within 50 ms");
            timedOut.countDown();
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("in time");
            assertThat(connection.lateReplies()).isEqualTo(1);
        }
    }

    @Test
    void noTimeMeansNoRequest() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    peer.reply(peer.next(), "the first that came");
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            assertFailure(failure(connection, 0), Kind.TIMEOUT, false, "no time to send the request");
            assertFailure(failure(connection, -1), Kind.TIMEOUT, false, "no time to send the request");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> connection.call("f", List.of(Thread.currentThread()), 0))
                    .withMessageStartingWith("argument 0: cannot send Thread");
            assertThat(connection.call("g", List.of(), Owner.SECONDS).values()).containsExactly("the first that came");
        }
    }

    @Test
    void aServerThatDoesNotReadHoldsNoCallerAndWhatWasNotSentIsKnown() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            over.await();
        })) {
            Transport.Connection connection = owner.connect(server.endpoint());
            // more than both sockets hold, and less than may be queued
            byte[] huge = new byte[16 << 20];
            AttemptException stalled =
                    Owner.noReply(() -> connection.call("f", List.of(huge), TimeUnit.SECONDS.toNanos(1)));
            assertFailure(stalled, Kind.TIMEOUT, true, "no reply within 1000 ms");
            assertFailure(failure(connection, BRIEF), Kind.TIMEOUT, false, "not even sent within 50 ms");
            CompletableFuture<AttemptException> queued = inBackground(connection);
            Threads.await("the call to wait", () -> !Threads.named("caller").isEmpty());
            connection.close();
            assertFailure(queued.get(Threads.BOUND, TimeUnit.SECONDS), Kind.NOT_SENT, false, "closed by this side");
            assertThat(owner.news()).isEqualTo("closed: closed by this side");
            Threads.awaitNone("discovery-");
            over.countDown();
        }
    }

    private static CompletableFuture<AttemptException> inBackground(Transport.Connection connection) {
        CompletableFuture<AttemptException> failure = new CompletableFuture<>();
        Thread.ofVirtual().name("caller").start(() -> failure.complete(failure(connection, Owner.SECONDS)));
        return failure;
    }

    @Test
    void closingFailsCallsInFlightAndThoseThatComeAfterAreNotSent() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            peer.next();
            arrived.countDown();
            peer.awaitEnd();
        })) {
            Transport.Connection connection = owner.connect(server.endpoint());
            CompletableFuture<AttemptException> inFlight = inBackground(connection);
            assertThat(arrived.await(Threads.BOUND, TimeUnit.SECONDS)).isTrue();
            connection.close();
            connection.close();
            assertFailure(
                    inFlight.get(Threads.BOUND, TimeUnit.SECONDS),
                    Kind.LOST,
                    true,
                    "while the reply was awaited: closed by this side");
            assertFailure(
                    failure(connection, Owner.SECONDS),
                    Kind.NOT_SENT,
                    false,
                    "before the request was sent: closed by this side");
            assertThat(owner.news()).isEqualTo("closed: closed by this side");
            Threads.awaitNone("discovery-");
            owner.assertNoNews();
        }
    }

    @Test
    void aServerThatClosesIsReportedOnceAndNoThreadIsLeft() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            peer.next();
        })) {
            Transport.Connection connection = owner.connect(server.endpoint());
            assertFailure(
                    failure(connection, Owner.SECONDS),
                    Kind.LOST,
                    true,
                    "while the reply was awaited: closed by the server");
            assertThat(owner.news()).isEqualTo("closed: closed by the server");
            connection.close();
            Threads.awaitNone("discovery-");
            owner.assertNoNews();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "48545450 | closed by the server", // a packet of 72 bytes that never comes whole
                "a3616263 | expected a packet's length, an unsigned number of msgpack, got 0xa3",
                "cfffffffffffffffff | option maxReplySize), got one of 18446744073709551615",
                "00 | expected a packet's header, got nothing",
                "03c1c1c1 | expected a packet's header, got 0xc1c1c1",
                "05dfffffffff | expected a packet's header, got 0xdfffffffff",
                "0482a10000 | expected a packet's header, got 0x82a10000",
                "06820040a10180 | expected a packet's header, got 0x820040a10180",
            })
    void garbageEndsTheConnectionWithWhatWasExpected(String hex, String reason) throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            peer.next();
            peer.send(HexFormat.of().parseHex(hex));
            if (hex.equals("48545450")) {
                return;
            }
            peer.awaitEnd();
        })) {
            Transport.Connection connection = owner.connect(server.endpoint(), options -> options.maxReplySize(1_024));
            AttemptException failure = failure(connection, Owner.SECONDS);
            assertFailure(failure, Kind.LOST, true, reason);
            assertThat(failure).hasMessageStartingWith(server.endpoint() + ": ");
            assertThat(owner.news()).startsWith("closed: ").contains(reason);
            Threads.awaitNone("discovery-");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "80 | expected a body with the returned values, got 0x80",
                "8130ddffffffff | expected a body with the returned values, got 0x8130ddffffffff",
                "81309201 | expected a body with the returned values, got 0x81309201",
                "8130a0 | expected a body with the returned values, got 0x8130a0",
                "'' | expected a body with the returned values, got nothing",
            })
    void aBodyThatCannotBeReadFailsItsCallAlone(String hex, String reason) throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    peer.send(FakeServer.packet(
                            0, peer.next().sync(), HexFormat.of().parseHex(hex)));
                    peer.reply(peer.next(), "others go on");
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            assertFailure(failure(connection, Owner.SECONDS), Kind.UNREADABLE, true, reason);
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("others go on");
            owner.assertNoNews();
        }
    }

    @Test
    void anErrorThatCannotBeReadAndAPacketOfNoKnownTypeFailTheirCallAlone() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    for (int type : new int[] {Iproto.TYPE_ERROR + 1, 0x7f}) {
                        peer.send(FakeServer.packet(type, peer.next().sync(), new byte[] {(byte) 0x80}));
                    }
                    peer.reply(peer.next(), "others go on");
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> connection.ping(Owner.SECONDS)).hasMessageContaining(": expected a");
            }
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("others go on");
            owner.assertNoNews();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1_025, 5_000, 300_000, 3_000_000})
    void aReplyThatIsTooLargeFailsItsCallAlone(int size) throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    FakeServer.Asked first = peer.next();
                    byte[] packet = FakeServer.packet(0, first.sync(), new byte[size]);
                    // the length and the header may come byte by byte
                    for (int i = 0; i < 40; i++) {
                        peer.send(new byte[] {packet[i]});
                    }
                    peer.send(java.util.Arrays.copyOfRange(packet, 40, packet.length));
                    peer.reply(peer.next(), "others go on");
                    peer.awaitEnd();
                });
                Transport.Connection connection =
                        owner.connect(server.endpoint(), options -> options.maxReplySize(1_024))) {
            assertFailure(
                    failure(connection, Owner.SECONDS),
                    Kind.UNREADABLE,
                    true,
                    "expected a reply of at most 1024 bytes (option maxReplySize), got one of ");
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("others go on");
            owner.assertNoNews();
        }
    }

    @Test
    void anErrorOfManyCausesIsTruncated() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    FakeServer.Asked asked = peer.next();
                    peer.send(FakeServer.packet(Iproto.TYPE_ERROR + 1, asked.sync(), Values.packed(out -> {
                        out.packMapHeader(1)
                                .packInt(Iproto.ERROR)
                                .packMapHeader(1)
                                .packInt(0);
                        out.packArrayHeader(5_000);
                        for (int i = 0; i < 5_000; i++) {
                            out.packMapHeader(1).packInt(3).packString("cause " + i);
                        }
                    })));
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            AttemptException failure = failure(connection, Owner.SECONDS);
            assertFailure(failure, Kind.SERVER_ERROR, true, "cause 0");
            owner.assertNoNews();
        }
    }

    @Test
    void ofAnErrorWhoseDetailsCannotBeReadTheMessageIsKept() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    FakeServer.Asked asked = peer.next();
                    peer.send(FakeServer.packet(
                            Iproto.TYPE_ERROR + 7,
                            asked.sync(),
                            Values.packed(out -> out.packMapHeader(2)
                                    .packInt(Iproto.ERROR_24)
                                    .packString("what the server said")
                                    .packInt(Iproto.ERROR)
                                    .packString("no map"))));
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            AttemptException failure = failure(connection, Owner.SECONDS);
            assertFailure(failure, Kind.SERVER_ERROR, true, "error 7 \"what the server said\"");
        }
    }

    @Test
    void callsForWhichThereIsNoRoomWaitUntilTheirDeadlineAndAreNotSent() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            over.await();
        })) {
            Transport.Connection connection = owner.connect(server.endpoint());
            byte[] huge = new byte[32 << 20];
            CompletableFuture<AttemptException> first = new CompletableFuture<>();
            for (int i = 0; i < 5; i++) {
                // each is as large as all that may be queued, or half of it
                Thread.ofVirtual()
                        .start(() -> first.complete(catchThrowableOfType(
                                AttemptException.class, () -> connection.call("f", List.of(huge), Owner.SECONDS))));
            }
            AttemptException failure = catchThrowableOfType(
                    AttemptException.class, () -> connection.call("f", List.of(huge), TimeUnit.SECONDS.toNanos(2)));
            assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
            connection.close();
            assertThat(first.get(Threads.BOUND, TimeUnit.SECONDS).kind()).isIn(Kind.LOST, Kind.NOT_SENT);
            over.countDown();
            Threads.awaitNone("discovery-");
        }
    }

    @Test
    void anInterruptEndsTheCallAloneAndTheConnectionStays() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    FakeServer.Asked slow = peer.next();
                    arrived.countDown();
                    interrupted.await();
                    peer.reply(slow, "nobody waits");
                    peer.reply(peer.next(), "others go on");
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(server.endpoint())) {
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread caller = Thread.startVirtualThread(() -> {
                try {
                    connection.call("f", List.of(), Owner.SECONDS);
                } catch (Throwable e) {
                    thrown.complete(e);
                }
            });
            assertThat(arrived.await(Threads.BOUND, TimeUnit.SECONDS)).isTrue();
            caller.interrupt();
            assertThat(thrown.get(Threads.BOUND, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
            interrupted.countDown();
            assertThat(connection.call("f", List.of(), Owner.SECONDS).values()).containsExactly("others go on");
            assertThat(connection.lateReplies()).isEqualTo(1);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> connection.call("f", List.of(), Owner.SECONDS))
                    .isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    void aListenerThatThrowsDoesNoHarm() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(FakeServer.Peer::greet)) {
            Transport.Listener failing = new Transport.Listener() {
                @Override
                public void closed(String reason) {
                    told.countDown();
                    throw new IllegalStateException("expected in the log");
                }

                @Override
                public void shutdownAnnounced() {}
            };
            new IprotoTransport()
                    .connect(
                            server.endpoint(),
                            io.github.moonlibs.discovery.DiscoveryClient.builder()
                                    .endpoints("127.0.0.1:1")
                                    .connectTimeout(Duration.ofSeconds(Threads.BOUND))
                                    .build(),
                            failing);
            assertThat(told.await(Threads.BOUND, TimeUnit.SECONDS)).isTrue();
            Threads.awaitNone("discovery-");
        }
    }
}
