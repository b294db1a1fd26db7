package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.iproto.codec.Capture;
import io.github.moonlibs.discovery.iproto.codec.Greeting;
import io.github.moonlibs.discovery.iproto.codec.Iproto;
import io.github.moonlibs.discovery.iproto.codec.Request;
import io.github.moonlibs.discovery.iproto.codec.values.ValueReader;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a connection comes to be, or does not. */
class ConnectTest {
    private final Owner owner = new Owner();

    private AttemptException failure(Endpoint endpoint, UnaryOperator<ClientOptions.Builder> options) {
        return catchThrowableOfType(AttemptException.class, () -> owner.connect(endpoint, options));
    }

    /** Serves as a real server was seen to, whatever numbers this client gives its requests. */
    private static FakeServer replaying(String version, Capture auth) {
        Capture id = Capture.read(version + "-id.txt");
        return new FakeServer(peer -> {
            peer.send(auth.greeting().bytes());
            peer.send(numbered(id.packets().getFirst(), peer.next().sync()));
            FakeServer.Asked asked = peer.next();
            assertThat(asked.type()).isEqualTo(Iproto.AUTH);
            peer.send(numbered(auth.packets().getFirst(), asked.sync()));
            if (version.equals("3.3")) {
                Capture shutdown = Capture.read("3.3-shutdown-a-acked-inflight-client-closes.txt");
                assertThat(peer.next().body()).isEqualTo(Map.of(0x57L, "box.shutdown"));
                peer.send(shutdown.packets().get(1).bytes());
                // the test's call and the acknowledgement come in either order
                FakeServer.Asked one = peer.next();
                FakeServer.Asked other = peer.next();
                boolean callFirst = one.type() == Iproto.CALL;
                FakeServer.Asked call = callFirst ? one : other;
                FakeServer.Asked acknowledgement = callFirst ? other : one;
                assertThat(acknowledgement.body()).isEqualTo(Map.of(0x57L, "box.shutdown"));
                peer.send(shutdown.packets().get(2).bytes());
                peer.send(numbered(shutdown.packets().get(3), call.sync()));
            }
            peer.awaitEnd();
        });
    }

    /** Replies have the sync in eight bytes, at the same place in every version. */
    private static byte[] numbered(Capture.Line reply, long sync) {
        return ByteBuffer.wrap(reply.bytes()).putLong(14, sync).array();
    }

    @Test
    void logsInToTarantool26() throws Exception {
        try (FakeServer server = replaying("2.6", Capture.read("2.6-auth.txt"));
                Transport.Connection connection =
                        owner.connect(server.endpoint().withCredentials("test", "secret"))) {
            assertThat(connection.server()).isEqualTo("Tarantool 2.6.0");
            assertThat(connection.protocol()).isNull();
            assertThat(connection.localAddress()).startsWith("127.0.0.1:");
        }
        assertThat(owner.news()).isEqualTo("closed: closed by this side");
    }

    @Test
    void asManyThreadsReadAsTheOptionsSay() throws Exception {
        Threads.awaitNone("discovery-io");
        UnaryOperator<ClientOptions.Builder> two = options -> options.ioThreads(2);
        try (FakeNode node = FakeNode.start()) {
            Endpoint endpoint = Endpoint.parse(node.endpoint());
            try (Transport.Connection first = owner.connect(endpoint, two);
                    Transport.Connection second = owner.connect(endpoint, two);
                    Transport.Connection third = owner.connect(endpoint, two)) {
                for (Transport.Connection connection : List.of(first, second, third)) {
                    connection.ping(Owner.SECONDS);
                }
                assertThat(Threads.named("discovery-io"))
                        // each has its guard
                        .hasSize(4)
                        .contains("discovery-io", "discovery-io-2");
            }
        }
        Threads.awaitNone("discovery-io");
    }

    @Test
    void hearsOfTheShutdownOfTarantool33AndCallsInFlightAreAnswered() throws Exception {
        try (FakeServer server = replaying("3.3", Capture.read("3.3-auth.txt"));
                Transport.Connection connection =
                        owner.connect(server.endpoint(), options -> options.credentials("test", "secret"))) {
            assertThat(connection.server()).isEqualTo("Tarantool 3.3.0");
            assertThat(connection.protocol())
                    .isEqualTo(new ServerProtocol(10, List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12), "chap-sha1"));
            assertThat(connection.call("slow", List.of(1.0), Owner.SECONDS).values())
                    .containsExactly("slow done", 1L);
            assertThat(owner.news()).isEqualTo("shutdown announced");
            assertThat(connection.lateReplies()).isZero();
            owner.assertNoNews();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2.6, 47, Incorrect password supplied for user 'test'",
        "3.3, 47, User not found or supplied credentials are invalid"
    })
    void wrongCredentialsAreReportedAsTheServerSaysItAndTheConnectionCloses(String version, int code, String message)
            throws Exception {
        try (FakeServer server = replaying(version, Capture.read(version + "-auth-fresh-fail.txt"))) {
            AttemptException failure = failure(server.endpoint().withCredentials("test", "wrong"), o -> o);
            assertThat(failure).isInstanceOf(ServerException.class).hasMessageStartingWith("test@127.0.0.1:");
            assertThat(((ServerException) failure).error().code()).isEqualTo(code);
            assertThat(((ServerException) failure).error().message()).isEqualTo(message);
            if (version.equals("2.6")) {
                server.peer().awaitPlayed();
            }
        }
        owner.assertNoNews();
    }

    @Test
    void anEndpointsOwnUserWinsAndAMissingPasswordIsAnEmptyOne() throws Exception {
        CompletableFuture<FakeServer.Asked> auth = new CompletableFuture<>();
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            auth.complete(peer.next());
            peer.fail(auth.get(), 45, "no");
            peer.awaitEnd();
        })) {
            AttemptException failure =
                    failure(server.endpoint().withCredentials("own", null), o -> o.credentials("other", "x"));
            byte[] request = Request.auth(
                    "own",
                    Greeting.parse(FakeServer.GREETING.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
                            .scramble(""));
            assertThat(auth.get().body())
                    .usingRecursiveComparison()
                    .isEqualTo(new ValueReader(request, 18, request.length).read(1));
            assertThat(failure).hasMessageContaining("error 45 \"no\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2p1\r\n",
                "HTTP/1.1 400 Bad Request\r\n\r\n",
                "Tarantool 2.6.0 (Lua console)                                  \ntype 'help' for interactive help                               \n",
                "Tarantool 2.6.0 (Binary) 013e3756-7051-4c0a-bf15-a168618c12fc  \n!!                                                             \n",
                "Tarantul"
            })
    void anythingButATarantoolGreetingIsNamedAtOnce(String sent) throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
            peer.send(sent);
            peer.awaitEnd();
        })) {
            assertThat(failure(server.endpoint(), options -> options))
                    .hasMessageStartingWith(
                            server.endpoint() + ": expected a Tarantool greeting (binary protocol), got \"")
                    .hasMessageContaining(sent.substring(0, 8))
                    .returns(false, AttemptException::sent)
                    .returns(AttemptException.Kind.NOT_SENT, AttemptException::kind);
            server.peer().awaitPlayed();
        }
        owner.assertNoNews();
    }

    @Test
    void aServerThatClosesBeforeItHasGreetedIsNamed() throws Exception {
        try (FakeServer server = new FakeServer(peer -> peer.send("Tarantool 2.6"))) {
            assertThat(failure(server.endpoint(), options -> options))
                    .hasMessageEndingWith("got \"Tarantool 2.6\", then the end");
        }
        try (FakeServer server = new FakeServer(peer -> {})) {
            assertThat(failure(server.endpoint(), options -> options))
                    .hasMessageEndingWith("got nothing, then the end");
        }
    }

    /** The connect timeout ends this step. Another try has more time while the machine is too busy to get so far. */
    private void assertTimesOut(Endpoint endpoint, String step) {
        long seconds = 1;
        AttemptException failure = failureWithin(seconds, endpoint);
        while (!String.valueOf(failure.getMessage()).endsWith(step) && seconds < Threads.BOUND) {
            seconds *= 2;
            failure = failureWithin(seconds, endpoint);
        }
        assertThat(failure).hasMessage(endpoint + ": not connected within " + seconds * 1_000 + " ms, while " + step);
    }

    private AttemptException failureWithin(long seconds, Endpoint endpoint) {
        return failure(endpoint, options -> options.connectTimeout(Duration.ofSeconds(seconds)));
    }

    @Test
    void aServerThatSaysNothingCostsNoMoreThanTheConnectTimeout() throws Exception {
        try (FakeServer server = new FakeServer(FakeServer.Peer::awaitEnd)) {
            assertTimesOut(server.endpoint(), "waiting for a Tarantool greeting");
            server.peer().awaitPlayed();
            Threads.awaitNone("discovery-");
        }
        owner.assertNoNews();
    }

    @Test
    void aServerThatTricklesCostsNoMoreThanTheConnectTimeout() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
            for (char letter : FakeServer.GREETING.toCharArray()) {
                peer.send(String.valueOf(letter));
                TimeUnit.MILLISECONDS.sleep(100); // is what this server does
            }
        })) {
            assertThat(failureWithin(3, server.endpoint())).hasMessageContaining("not connected within 3000 ms");
            Threads.awaitNone("discovery-");
        }
    }

    @Test
    void aServerThatIsSilentAboutTheLoginIsNamedWithThatStep() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            peer.awaitEnd();
            closed.countDown();
        })) {
            assertTimesOut(server.endpoint().withCredentials("ann", "x"), "logging in as ann");
            assertThat(closed.await(Threads.BOUND, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void garbageInTheLoginIsNamed() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
            peer.send(FakeServer.GREETING);
            peer.next();
            peer.send(FakeServer.packet(0, 77, new byte[] {(byte) 0x80}));
            peer.awaitEnd();
        })) {
            assertThat(failure(server.endpoint(), options -> options))
                    .hasMessageEndingWith("expected the reply to request 1, got one to 77 of type 0x0");
        }
    }

    @Test
    void aRefusedConnectionIsNamedWithItsAddress() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertThat(failure(Endpoint.parse("localhost:" + port), options -> options))
                .hasMessageStartingWith("localhost:" + port + ": cannot connect (")
                .hasMessageContaining("127.0.0.1: Connection refused");
        assertThat(failure(Endpoint.parse("unix/:/nowhere/socket"), options -> options))
                .hasMessage("unix/:/nowhere/socket: cannot connect (No such file or directory)");
    }

    @Test
    void aNameThatDoesNotExistIsNamed() {
        assertThat(failure(Endpoint.parse("no-such-host.invalid:3301"), options -> options))
                .hasMessage("no-such-host.invalid:3301: no-such-host.invalid: no such host");
    }

    @Test
    void aNameIsResolvedAndEveryOfItsAddressesIsTried() throws Exception {
        try (FakeServer server = new FakeServer(peer -> {
                    peer.greet();
                    peer.awaitEnd();
                });
                Transport.Connection connection = owner.connect(
                        Endpoint.parse("localhost:" + server.endpoint().port()))) {
            assertThat(connection.server()).isEqualTo("Tarantool 2.6.0");
        }
    }

    @Test
    void anInterruptEndsConnectingAndLeavesNothingOpen() throws Exception {
        for (boolean virtual : new boolean[] {true, false}) {
            try (FakeServer server = new FakeServer(FakeServer.Peer::awaitEnd)) {
                CompletableFuture<Throwable> thrown = new CompletableFuture<>();
                Runnable connecting = () -> {
                    try {
                        owner.connect(server.endpoint()).close();
                    } catch (Throwable e) {
                        thrown.complete(e);
                    }
                };
                Thread thread = virtual
                        ? Thread.ofVirtual().start(connecting)
                        : Thread.ofPlatform().start(connecting);
                server.peer();
                thread.interrupt();
                assertThat(thrown.get(Threads.BOUND, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
                server.peer().awaitPlayed();
                Threads.awaitNone("discovery-");
            }
        }
        owner.assertNoNews();
    }

    @Test
    void aThreadThatIsInterruptedAlreadyDoesNotConnect() throws Exception {
        try (FakeServer server = new FakeServer(FakeServer.Peer::awaitEnd)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> owner.connect(server.endpoint())).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
            Threads.awaitNone("discovery-");
        }
    }
}
