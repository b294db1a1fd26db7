package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.RetryBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a failing replicaset gets. */
@Timeout(300)
class RetryBudgetTest {
    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);

    private final Cluster cluster = new Cluster();
    private final List<MemoryNode> nodes = List.of(cluster.node("a:1"), cluster.node("b:1"), cluster.node("c:1"));

    @AfterEach
    void close() {
        cluster.close();
    }

    private DiscoveryClient client(RetryBudget budget) {
        return cluster.client(options -> options.retryBudget(budget), nodes.toArray(MemoryNode[]::new));
    }

    private int sent() {
        return nodes.stream().mapToInt(node -> node.calls("m")).sum();
    }

    @Test
    void whenAllNodesFailNoMoreIsSentThanTheBudgetAllows() {
        nodes.forEach(node -> node.announce("m", 1, true).fail("m", 7));
        var client = client(new RetryBudget(0.2, 0));
        awaitServed(client, "m", 3);

        int callers = 8;
        int each = 250;
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            all.add(Cluster.async(() -> {
                for (int call = 0; call < each; call++) {
                    assertThatThrownBy(() -> client.call("m", List.of(), PATIENT))
                            .isInstanceOf(CallFailedException.class);
                }
                return each;
            }));
        }
        all.forEach(CompletableFuture::join);

        int made = callers * each;
        assertThat(sent()).isGreaterThan(made).isLessThanOrEqualTo(made * 12 / 10);
        var left = client.retryBudget();
        assertThat(left.totalExtraAttempts()).isEqualTo(sent() - made);
        assertThat(left.totalRefused()).isPositive();
    }

    @Test
    void anExhaustedBudgetEndsACallAndTheMessageSaysSo() {
        nodes.forEach(node -> node.announce("m", 1, true).fail("m", 7));
        var client = client(new RetryBudget(0, 0));
        awaitServed(client, "m", 3);

        assertThatThrownBy(() -> client.call("m", List.of(), PATIENT))
                .isInstanceOf(CallFailedException.class)
                .hasMessageContaining("retry budget exhausted")
                .hasMessageContaining("1 attempt");
        assertThat(sent()).isEqualTo(1);
    }

    @Test
    void anAttemptThatFollowsOnesThatSentNothingIsFree() {
        nodes.get(0).announce("m", 1e24, true).sendNothingOf("m");
        nodes.get(1).announce("m", 1e12, true).sendNothingOf("m");
        nodes.get(2).announce("m", 1, true);
        var client = client(new RetryBudget(0, 0));
        awaitServed(client, "m", 3);

        assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("c:1");
        assertThat(client.retryBudget().totalExtraAttempts()).isZero();
    }

    @Test
    void aTokenThatWasTakenForAnAttemptThatSentNothingPaysForTheNext() {
        nodes.get(0).announce("m", 1e24, true).fail("m", 7);
        nodes.get(1).announce("m", 1e12, true).sendNothingOf("m");
        nodes.get(2).announce("m", 1, true);
        var client = client(new RetryBudget(1, 0));
        awaitServed(client, "m", 3);

        assertThat(client.call("m", List.of(), PATIENT, String.class)).isEqualTo("c:1");
        assertThat(client.retryBudget().totalExtraAttempts()).isEqualTo(1);
    }

    @Test
    void aCallThatEndsForWantOfNodesTakesNothing() {
        nodes.getFirst().announce("m", 1, true).fail("m", 7);
        var client = client(RetryBudget.defaults());
        awaitServed(client, "m", 1);

        assertThatThrownBy(() -> client.call("m", List.of(), PATIENT)).hasMessageContaining("no untried node");
        assertThat(client.retryBudget().totalExtraAttempts()).isZero();
        assertThat(client.retryBudget().calls()).isEqualTo(1);
    }

    @Test
    void callsThatWaitForARouteAreNotCalls() {
        nodes.getFirst().announce("m", 1, true);
        var client = client(RetryBudget.defaults());
        awaitServed(client, "m", 1);
        List<CompletableFuture<Throwable>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(Cluster.async(() -> catchThrowable(() -> client.call("other", List.of(), PATIENT))));
        }
        await("they wait", () -> client.snapshot().waitingCalls() == 20);

        assertThat(client.retryBudget().calls()).isZero();
        client.call("m", List.of(), PATIENT);
        assertThat(client.retryBudget().calls()).isEqualTo(1);
        client.close();
        waiting.forEach(CompletableFuture::join);
        assertThat(client.retryBudget().calls()).isEqualTo(1);
    }
}
