package io.github.moonlibs.discovery.core.call;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.core.Cluster;
import io.github.moonlibs.discovery.core.MemoryNode;
import io.github.moonlibs.discovery.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class RetryRulesTest {
    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1").announce("m", 1e12, true);
    private final MemoryNode b = cluster.node("b:1").announce("m", 1, true);

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    @Promise("Calls 3")
    @Promise("Calls 3: executions")
    void maxAttemptsCountsExecutionsAndNotAttemptsThatSentNothing() {
        a.sendNothingOf("m");
        var client = cluster.client(a, b);
        awaitServed(client, "m", 2);

        for (Hedging hedging : List.of(Hedging.none(), Hedging.after(Cluster.BOUND))) {
            CallOptions once = PATIENT.withMaxAttempts(1).withHedging(hedging);
            assertThat(client.call("m", List.of(), once, String.class)).isEqualTo("b:1");
        }
        b.fail("m", 7);
        assertThatThrownBy(() -> client.call("m", List.of(), PATIENT.withMaxAttempts(1)))
                .isInstanceOf(CallFailedException.class)
                .hasMessageContaining("maxAttempts reached")
                .hasMessageContaining("2 attempts");
    }

    @Test
    void callsThatSentNothingAddNothingToTheRetryBudget() {
        var client = cluster.client(options -> options.retryBudget(new RetryBudget(0.2, 0)), a, b);
        awaitServed(client, "m", 2);

        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> client.call("unknown", List.of(), PATIENT.withFailFast(true)))
                    .isInstanceOf(NoRouteException.class);
        }
        assertThat(client.retryBudget().calls()).isZero();
        assertThat(client.retryBudget().available()).isZero();
        for (int i = 0; i < 10; i++) {
            client.call("m", List.of(), PATIENT);
        }
        assertThat(client.retryBudget().calls()).isEqualTo(10);
        assertThat(client.retryBudget().available()).isEqualTo(2);
    }

    @Test
    void aCallThatWaitsForATokenCountsAsOneRefusal() throws InterruptedException {
        BlockingQueue<CompletableFuture<List<@Nullable Object>>> ofA = new LinkedBlockingQueue<>();
        a.behave("m", (arguments, reply) -> ofA.add(reply));
        var client = cluster.client(options -> options.retryBudget(new RetryBudget(0, 0)), a, b);
        awaitServed(client, "m", 2);
        CallOptions eager = PATIENT.withHedging(Hedging.after(Duration.ofNanos(1_000)));

        for (int i = 1; i <= 3; i++) {
            int calls = i;
            var call = Cluster.async(() -> client.call("m", List.of(), eager, String.class));
            await("a hedge is refused", () -> client.retryBudget().totalRefused() >= calls);
            // long enough for more looks for a token
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            ofA.take().complete(List.of("a:1"));
            assertThat(call.join()).isEqualTo("a:1");
            assertThat(client.retryBudget().totalRefused()).isEqualTo(calls);
        }
    }
}
