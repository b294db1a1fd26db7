package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static io.github.moonlibs.discovery.testkit.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each mistake gives one clear exception or log line, and the other nodes still work. */
@Timeout(600)
class BadInputTest {
    @Test
    void anUnknownSchemeIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> DiscoveryClient.connect("consul://10.0.0.1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("topology: no plug-in has the scheme \"consul\"; found .*static.*");
    }

    @Test
    void wrongOptionsAreRefusedWithWhatWasExpected() {
        assertThatThrownBy(() -> DiscoveryClient.builder().connect())
                .hasMessage("topology: expected a URI such as static:10.0.0.1:3301,10.0.0.2:3301, got nothing");
        assertThatThrownBy(() ->
                        DiscoveryClient.builder().endpoints("10.0.0.1:99999").connect())
                .hasMessageContaining("static topology, 1 of 1: endpoint: expected host:port")
                .hasMessageContaining("got a port that is no number from 1 to 65535");
        assertThatThrownBy(() -> DiscoveryClient.builder().discoveryInterval(Duration.ZERO))
                .hasMessage("discoveryInterval: expected a time above zero and under a century, got PT0S");
        assertThatThrownBy(() -> CallOptions.defaults().withMaxAttempts(0))
                .hasMessage("maxAttempts: expected at least 1, got 0");
        assertThatThrownBy(() -> DiscoveryClient.builder()
                        .topology("static:a:1")
                        .strategy("fastest")
                        .connect())
                .hasMessageStartingWith("strategy: no plug-in has the name \"fastest\"; found ");
    }

    @Test
    void aWrongPasswordIsOneLineThatNamesTheEndpointAndOtherNodesServe() {
        try (TarantoolServer right = TarantoolServer.start().announce("m", 1, true);
                TarantoolServer wrong = TarantoolServer.start()) {
            assertOneLineAndTheOtherServes(
                    right.endpoint(),
                    "testkit:guess@" + wrong.endpoint(),
                    "WARNING " + wrong.endpoint() + " is down: login refused: ",
                    "error 47");
        }
    }

    @Test
    void aPortOfAnotherProtocolIsOneLineThatNamesIt() throws IOException {
        try (TarantoolServer right = TarantoolServer.start().announce("m", 1, true);
                ServerSocket http = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread server = Thread.startVirtualThread(() -> answerLikeHttp(http));
            assertOneLineAndTheOtherServes(
                    right.endpoint(),
                    "127.0.0.1:" + http.getLocalPort(),
                    "WARNING 127.0.0.1:" + http.getLocalPort() + " is down: ",
                    "expected a Tarantool greeting");
            assertThat(server.isAlive()).isTrue();
        }
    }

    private static void answerLikeHttp(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.getOutputStream()
                        .write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
            } catch (IOException closed) {
                return;
            }
        }
    }

    @Test
    void aServerThatSendsGarbageAfterItsGreetingIsOneLineThatNamesIt() {
        try (FakeNode right = FakeNode.start().announce("m", 1, true);
                FakeNode wrong =
                        FakeNode.start().on("api.discovery", call -> call.raw(new byte[] {(byte) 0xc1, 1, 2, 3}))) {
            assertOneLineAndTheOtherServes(
                    right.endpoint(), wrong.endpoint(), "WARNING " + wrong.endpoint() + " is down: ", "expected");
        }
    }

    private static void assertOneLineAndTheOtherServes(String good, String bad, String start, String expected) {
        try (Logs logs = new Logs();
                DiscoveryClient client = Clients.patient()
                        .endpoints(good, bad)
                        .reconnectDelay(Duration.ofMillis(10))
                        .connect()) {
            awaitServed(client, "m", 1);
            until(
                    () -> "a line that starts with " + start,
                    () -> !logs.containing(start).isEmpty());
            assertThat(client.call("m", List.of("ok"), String.class)).isEqualTo("ok");
            assertThat(logs.containing(start).getFirst()).contains(expected).doesNotContain("\n", "guess");
        }
    }
}
