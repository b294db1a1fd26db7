package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Via;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * More slow calls at once than a server takes: at 768 requests under way, its {@code net_msg_max}, Tarantool stops reading,
 * and the announcement is late.
 */
@Timeout(300)
class SlowCallsTest {
    private static final int CALLS = 1_000;

    /** The whole of a minute, since a busy machine may take long for a thousand calls. */
    private static final CallOptions OPTIONS = CallOptions.defaults().withTimeout(Duration.ofMinutes(1));

    static List<Via> ways() {
        return Ways.had();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aThousandSlowCallsOfOneServerAreAnsweredByDefault(Via via) throws InterruptedException {
        try (TarantoolServer server = server(via);
                DiscoveryClient client = DiscoveryClient.connect("static:" + server.endpoint())) {
            assertAllAnswered(client, server);
        }
    }

    /** The server is silent for longer than the client waits: another connection is made, and no call is lost with the first. */
    @ParameterizedTest
    @MethodSource("ways")
    void soTheyAreWhenTheClientHoldsNoneBack(Via via) throws InterruptedException {
        try (TarantoolServer server = server(via);
                DiscoveryClient client = DiscoveryClient.builder()
                        .endpoints(server.endpoint())
                        .maxInFlightPerNode(2 * CALLS)
                        .connect()) {
            assertAllAnswered(client, server);
        }
    }

    private static TarantoolServer server(Via via) {
        return TarantoolServer.builder()
                .via(via)
                .start()
                .define("slow", "function(id) require('fiber').sleep(1.6) return id end")
                .announce("slow", 1, false);
    }

    private static void assertAllAnswered(DiscoveryClient client, TarantoolServer server) throws InterruptedException {
        awaitServed(client, "slow", 1);
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLS; i++) {
                int id = i;
                callers.execute(() -> {
                    try {
                        assertThat(client.call("slow", List.of(id), OPTIONS, Integer.class))
                                .isEqualTo(id);
                    } catch (CallException | AssertionError failure) {
                        failures.add(String.valueOf(failure.getMessage()));
                    }
                });
            }
        }
        assertThat(failures).isEmpty();
        assertThat(server.calls("slow")).isEqualTo(CALLS);
    }
}
