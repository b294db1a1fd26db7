package io.github.moonlibs.discovery.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TarantoolServerTest {
    static Stream<Via> ways() {
        return Arrays.stream(Via.values()).filter(TarantoolServer::isAvailable);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void announcesAndServesWhatTheTestSets(Via via) throws Exception {
        try (TarantoolServer server = TarantoolServer.builder()
                .via(via)
                .script("testkit.define('users.get', function(id) return 'user ' .. id end)")
                .start()) {
            try (RawClient client = RawClient.to(server.endpoint())) {
                assertThat(client.call(1, "api.discovery").values())
                        .isEqualTo(List.of(Map.of("is_master", true, "methods", Map.of())));
                server.announce("users.get", 0.5, true)
                        .announce("echo", 7, false)
                        .readOnly(true);
                assertThat(client.call(2, "api.discovery").values())
                        .isEqualTo(List.of(Map.of(
                                "is_master",
                                false,
                                "methods",
                                Map.of(
                                        "users.get", Map.of("weight", 0.5, "retriable", true),
                                        "echo", Map.of("weight", 7L, "retriable", false)))));
                assertThat(client.call(3, "users.get", 5).values()).isEqualTo(List.of("user 5"));
                assertThat(client.call(4, "echo", 1, "x").values()).isEqualTo(List.of(1L, "x"));
                server.define("deep.down.below", "function() return 'here' end").withdraw("echo");
                assertThat(client.call(5, "deep.down.below").values()).isEqualTo(List.of("here"));
            }
            assertThat(server.calls("users.get")).isEqualTo(1);
            assertThat(server.calls("never")).isZero();
            assertThat(server.eval("return testkit.methods.echo, ...", 1.5)).isEqualTo(Arrays.asList(null, 1.5));
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void restartsOnItsPortWithItsData(Via via) throws Exception {
        try (TarantoolServer server = TarantoolServer.builder().via(via).start()) {
            server.eval("box.schema.space.create('kept'):create_index('pk') box.space.kept:insert({1, 'one'})");
            int port = server.port();
            server.kill();
            assertThat(server.isRunning()).isFalse();
            assertThatThrownBy(() -> RawClient.to(server.endpoint())).isInstanceOf(IOException.class);
            server.restart();
            assertThat(server.port()).isEqualTo(port);
            assertThat(server.eval("return box.space.kept:get(1)")).isEqualTo(List.of(List.of(1L, "one")));
            server.terminate().restart();
            assertThat(server.isRunning()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void doesNotAnswerWhileFrozen(Via via) throws Exception {
        try (TarantoolServer server =
                        TarantoolServer.builder().via(via).readOnly().start();
                RawClient client = RawClient.to(server.endpoint())) {
            assertThat(server.eval("return box.info.ro")).isEqualTo(List.of(true));
            server.freeze();
            client.call(1, "api.discovery").socket.setSoTimeout(50);
            assertThatThrownBy(client::read).isInstanceOf(SocketTimeoutException.class);
            client.socket.setSoTimeout(60_000);
            server.thaw();
            assertThat(client.read().sync()).isEqualTo(1);
            server.freeze().kill();
            assertThat(server.isRunning()).isFalse();
            assertThat(server.restart().eval("return box.info.ro")).isEqualTo(List.of(true));
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void failsWithTheEndOfTheLogWhenItDoesNotStart(Via via) {
        TarantoolServer.Builder broken = TarantoolServer.builder().via(via).script("error('no such luck')");
        assertThatThrownBy(broken::start).hasMessageContaining("no such luck");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void leavesNothingBehindAfterClose(Via via) {
        TarantoolServer server = TarantoolServer.builder().via(via).start();
        server.freeze();
        server.close();
        server.close();
        assertThatThrownBy(() -> new IprotoClient(server.host(), server.port(), Duration.ofSeconds(1)))
                .isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void reportsTheErrorOfLua(Via via) {
        try (TarantoolServer server = TarantoolServer.builder().via(via).start()) {
            assertThatThrownBy(() -> server.eval("error('wrong turn')"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("wrong turn");
        }
    }
}
