package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static io.github.moonlibs.discovery.testkit.Waiting.until;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Via;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real Tarantool that is listed by its name and by its address, beside another one. */
@Timeout(300)
class SameInstanceTest {
    static List<Via> ways() {
        return Ways.had();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void anInstanceThatIsListedByNameAndByAddressGetsOneShare(Via via) {
        try (TarantoolServer twice = server(via, "twice");
                TarantoolServer once = server(via, "once")) {
            String byName = "localhost:" + twice.port();
            String byAddress = "127.0.0.1:" + twice.port();
            try (Logs logs = new Logs();
                    DiscoveryClient client = Clients.patient()
                            .endpoints(byName, byAddress, once.endpoint())
                            .connect()) {
                until(
                        "all are connected",
                        () -> client.topology().nodes().stream().allMatch(node -> node.state() == State.SERVING));
                awaitServed(client, "who", 2);
                assertThat(client.callAll("who", List.of()))
                        .extracting(reply -> requireNonNull(reply.result()).as(String.class))
                        .containsExactlyInAnyOrder("twice", "once");
                assertThat(client.routing().routes("who"))
                        .allSatisfy(route -> assertThat(route.share()).isEqualTo(0.5));

                twice.kill();
                awaitServed(client, "who", 1);
                twice.restart();
                until(
                        "both are back",
                        () -> client.topology().nodes().stream().allMatch(node -> node.state() == State.SERVING));
                awaitServed(client, "who", 2);
                assertThat(client.topology().nodes().stream().filter(node -> node.twin() != null))
                        .extracting(NodeSnapshot::instance)
                        .hasSize(1);
                assertThat(logs.containing(byName).stream().filter(line -> line.contains(byAddress)))
                        .hasSize(1);
            }
        }
    }

    /** Who logs in counts, not where the name stands. */
    @Test
    void theSameUserIsTheSameWhereverItIsNamed() {
        try (FakeNode node = FakeNode.start("127.0.0.1")
                        .announce("m", 1, true)
                        .answer("m", any -> List.of("once"))
                        .requireLogin("app", "secret");
                DiscoveryClient client = Clients.patient()
                        .credentials("app", "secret")
                        .endpoints("app:secret@127.0.0.1:" + node.port(), "localhost:" + node.port())
                        .connect()) {
            until(
                    () -> "both are connected: " + client.topology(),
                    () -> client.topology().nodes().stream().allMatch(each -> each.state() == State.SERVING));
            awaitServed(client, "m", 1);
            assertThat(client.callAll("m", List.of())).hasSize(1);
        }
    }

    private static TarantoolServer server(Via via, String name) {
        return TarantoolServer.builder()
                .via(via)
                .host("127.0.0.1")
                .script("testkit.define('who', function() return '" + name + "' end) testkit.announce('who', 1, true)")
                .start();
    }
}
