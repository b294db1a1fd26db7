package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Via;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The effects of hedging, the retry budget and the timeout argument on real servers. Asserts counts, no times. */
@Timeout(600)
class CallPolicyTest {
    private static final CallOptions PATIENT = Clients.PATIENT;

    static List<Via> ways() {
        return Ways.had();
    }

    /** Three instances that announce one method, and their client. */
    private static final class Three implements AutoCloseable {
        final List<TarantoolServer> servers = new ArrayList<>();
        final DiscoveryClient client;
        final String method;

        Three(Via via, RetryBudget budget, String method, String function) {
            this.method = method;
            for (int i = 0; i < 3; i++) {
                servers.add(TarantoolServer.builder().via(via).start());
                servers.get(i).define(method, function).announce(method, 100, true);
            }
            client = Clients.patient()
                    .endpoints(servers.stream().map(TarantoolServer::endpoint).toArray(String[]::new))
                    .retryBudget(budget)
                    .connect();
            awaitServed(client, method, 3);
        }

        long executions() {
            return servers.stream().mapToLong(server -> server.calls(method)).sum();
        }

        @Override
        public void close() {
            client.close();
            servers.forEach(TarantoolServer::close);
        }
    }

    /** Calls from several threads at the same time; each thread makes one call after another. */
    private static void load(int callers, int each, Runnable call) {
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            all.add(CompletableFuture.runAsync(
                    () -> {
                        for (int n = 0; n < each; n++) {
                            call.run();
                        }
                    },
                    Thread::startVirtualThread));
        }
        all.forEach(CompletableFuture::join);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aNodeThatPausesNowAndThenIsHedgedWithFewExtraCalls(Via via) {
        try (Three set = new Three(via, RetryBudget.defaults(), "get", "function(id) return id end")) {
            DiscoveryClient client = set.client;
            set.servers.getFirst().eval("""
                    local fiber, ffi = require('fiber'), require('ffi')
                    ffi.cdef[[int usleep(unsigned int usec);]]
                    fiber.create(function()
                        for i = 1, 10 do
                            fiber.sleep(0.3)
                            ffi.C.usleep(200000)
                        end
                    end)
                    """);
            int callers = 4;
            int each = 3_000;
            CallOptions hedged = PATIENT.withHedging(Hedging.atP95());

            load(
                    callers,
                    each,
                    () -> assertThat(client.call("get", List.of(7), hedged, Integer.class))
                            .isEqualTo(7));

            int made = callers * each;
            long extra = client.retryBudget().totalExtraAttempts();
            // Five percent lie above the p95 (HedgedTail measures it), more if the machine's own pace changes. The
            // budget holds on any machine.
            assertThat(extra).isBetween(1L, made * 20L / 100 + 100);
            assertThat(set.executions()).isBetween((long) made, made + extra);
            assertThat(client.topology().nodes())
                    .allSatisfy(node -> assertThat(node.inFlight())
                            .as("in flight on %s", node.instance())
                            .isZero());
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whenAllNodesFailTheBudgetLimitsExtraCalls(Via via) {
        String function = "function() error('refused by the test') end";
        try (Three set = new Three(via, new RetryBudget(0.2, 0), "fails", function)) {
            DiscoveryClient client = set.client;
            int callers = 8;
            int each = 200;

            load(
                    callers,
                    each,
                    () -> assertThatThrownBy(() -> client.call("fails", List.of(), PATIENT))
                            .isInstanceOf(CallFailedException.class)
                            .hasMessageContaining("refused by the test"));

            int made = callers * each;
            assertThat(set.executions()).isGreaterThan(made).isLessThanOrEqualTo(made * 12L / 10);
            assertThat(client.retryBudget().totalExtraAttempts()).isEqualTo(set.executions() - made);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aLuaProcedureGetsTheTimeThatTheCallerWaits(Via via) {
        String function = "function(name, options) return name, options and options.timeout_ms end";
        try (Three set = new Three(via, RetryBudget.defaults(), "left", function)) {
            DiscoveryClient client = set.client;
            CallOptions withArgument =
                    PATIENT.withTimeout(Duration.ofSeconds(10)).withTimeoutArgument(true);

            assertThat(client.call("left", List.of("An"), withArgument).get(1, Long.class))
                    .isBetween(1L, 10_000L);
            assertThat(client.call("left", List.of("An"), PATIENT).get(1, Long.class))
                    .isNull();
        }
    }
}
