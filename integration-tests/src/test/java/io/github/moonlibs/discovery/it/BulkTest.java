package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.PATIENT;
import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallOutcome;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Via;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls in bulk, of which a node takes some with it when it is killed. */
@Timeout(600)
class BulkTest {
    private static final int CALLS = 30_000;

    static List<Via> ways() {
        return Ways.had();
    }

    /** Calls with their numbers as arguments, and a node that is killed when the middle one begins. */
    private static final class WithKill extends AbstractList<List<String>> {
        private final TarantoolServer victim;
        private final boolean numbered;

        WithKill(TarantoolServer victim, boolean numbered) {
            this.victim = victim;
            this.numbered = numbered;
        }

        @Override
        public List<String> get(int index) {
            if (index == CALLS / 2) {
                victim.kill();
            }
            return numbered ? List.of("call-" + index) : List.of();
        }

        @Override
        public int size() {
            return CALLS;
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void noRetriableCallFailsWhenANodeIsKilled(Via via) {
        try (Replicaset set = new Replicaset(via);
                DiscoveryClient client = set.client(options -> options.retryBudget(RetryBudget.unlimited()))) {
            awaitServed(client, "app.ping", 3);
            var outcomes = client.callMany("app.ping", new WithKill(set.other, false), PATIENT);
            assertThat(outcomes).hasSize(CALLS);
            assertThat(outcomes)
                    .allSatisfy(outcome -> assertThat(outcome.as(String.class)).isEqualTo("pong"));
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aCallThatIsNotRetriableIsExecutedAtMostOnceWhenANodeIsKilled(Via via) {
        try (Replicaset set = new Replicaset(via);
                DiscoveryClient client = set.client()) {
            set.all().forEach(server -> server.readOnly(false));
            awaitServed(client, "app.insert", 3);
            var outcomes = client.callMany("app.insert", new WithKill(set.other, true), PATIENT);
            set.other.restart();

            Map<String, Long> executions = new TreeMap<>();
            for (TarantoolServer server : set.all()) {
                for (Object row : (List<?>)
                        server.eval("return box.space.executed:select()").getFirst()) {
                    List<?> fields = (List<?>) row;
                    executions.merge((String) fields.get(0), (Long) fields.get(1), Long::sum);
                }
            }
            assertThat(executions.values()).containsOnly(1L);
            for (int i = 0; i < CALLS; i++) {
                CallOutcome outcome = outcomes.get(i);
                if (outcome.failure() == null) {
                    assertThat(outcome.as(String.class)).isEqualTo("call-" + i);
                    assertThat(executions).containsKey("call-" + i);
                }
            }
            // a call that failed was under way on the node, or about to be sent to it
            assertThat(outcomes.stream().filter(outcome -> outcome.failure() != null))
                    .hasSizeLessThan(1_024);
        }
    }
}
