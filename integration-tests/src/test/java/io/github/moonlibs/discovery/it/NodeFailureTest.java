package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static io.github.moonlibs.discovery.testkit.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Via;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes are killed, frozen and restarted one at a time under two hundred callers. */
@Timeout(600)
class NodeFailureTest {
    private static final int CALLERS = 200;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    /** How long after its deadline a call may end on a busy machine. It is not a bound on speed. */
    private static final Duration SCHEDULING_NOISE = Duration.ofSeconds(1);

    private static ClientOptions.Builder soonSilent(ClientOptions.Builder options) {
        return options.discoveryTimeout(TIMEOUT).reconnectDelay(Duration.ofMillis(50));
    }

    static List<Via> ways() {
        return Ways.had();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void noRetriableCallFailsWhileNodesDieAndReturnOneAfterAnother(Via via) {
        assertNoCallFails(via, TarantoolServer::kill, TarantoolServer::restart);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void noRetriableCallFailsWhileNodesFreezeOneAfterAnother(Via via) {
        assertNoCallFails(via, TarantoolServer::freeze, TarantoolServer::thaw);
    }

    private static void assertNoCallFails(Via via, Consumer<TarantoolServer> hurt, Consumer<TarantoolServer> heal) {
        try (Replicaset set = new Replicaset(via);
                DiscoveryClient client = set.client(NodeFailureTest::soonSilent)) {
            awaitServed(client, "app.ping", 3);
            try (Load load = new Load(client, CALLERS, "app.ping", List::of, TIMEOUT, DEADLINE)) {
                for (TarantoolServer victim : set.all()) {
                    until(
                            () -> "all callers may retry, and once more: " + client.retryBudget(),
                            () -> client.retryBudget().available() >= 2 * CALLERS);
                    hurt.accept(victim);
                    awaitServed(client, "app.ping", 2);
                    load.awaitMore(CALLERS);
                    heal.accept(victim);
                    awaitServed(client, "app.ping", 3);
                }
                load.end();
                assertThat(load.failures).isEmpty();
                assertThat(load.longestOverrunNanos.get()).isLessThan(SCHEDULING_NOISE.toNanos());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aCallThatIsNotRetriableIsExecutedAtMostOnce(Via via) {
        AtomicLong ids = new AtomicLong();
        try (Replicaset set = new Replicaset(via);
                DiscoveryClient client = set.client(NodeFailureTest::soonSilent)) {
            set.all().forEach(server -> server.readOnly(false));
            awaitServed(client, "app.insert", 3);
            long failed;
            try (Load load = new Load(
                    client, CALLERS, "app.insert", () -> List.of("call-" + ids.incrementAndGet()), TIMEOUT, DEADLINE)) {
                load.awaitMore(CALLERS);
                set.master.kill();
                load.awaitMore(5 * CALLERS);
                set.master.restart();
                set.replica.freeze();
                load.awaitMore(5 * CALLERS);
                set.replica.thaw();
                awaitServed(client, "app.insert", 3);
                load.awaitMore(CALLERS);
                load.end();
                failed = load.failures.size();
                assertThat(load.longestOverrunNanos.get()).isLessThan(SCHEDULING_NOISE.toNanos());
            }

            Map<String, Long> executions = new TreeMap<>();
            for (TarantoolServer server : set.all()) {
                for (Object row : (List<?>)
                        server.eval("return box.space.executed:select()").getFirst()) {
                    List<?> fields = (List<?>) row;
                    executions.merge((String) fields.get(0), (Long) fields.get(1), Long::sum);
                }
            }
            assertThat(executions)
                    .allSatisfy((id, times) -> assertThat(times).as(id).isEqualTo(1));
            // a failed call may have been executed; one that succeeded has been
            assertThat((long) executions.size()).isBetween(ids.get() - failed, ids.get());
        }
    }
}
