package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.RetryBudgetSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.TopologySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FindingTest {
    private static final Instance NODE = new Instance(Endpoint.parse("10.0.0.1:3301"), "storage-1", Map.of());

    private static List<Finding> findings(NodeSnapshot node, String... logged) {
        ClientSnapshot known = new ClientSnapshot(
                new TopologySnapshot("etcd", List.of(node), Duration.ZERO, null),
                new RoutingSnapshot(1, Map.of()),
                new RetryBudgetSnapshot(RetryBudget.defaults(), 0, 0, 0, 0, 0),
                0,
                0);
        return Finding.all(known, List.of(), 1, Duration.ofSeconds(5), List.of(logged));
    }

    private static NodeSnapshot node(State state, String reason, @Nullable Ejection ejection) {
        return new NodeSnapshot(NODE, state, reason, Duration.ZERO, null, null, null, 0, null, 0, 1, ejection);
    }

    @Test
    void theSubjectOfANodesProblemIsItsName() {
        assertThat(findings(
                        node(State.SILENT, "it says nothing", null),
                        "storage-1 (10.0.0.1:3301): announcement: method m left out: it is malformed"))
                .extracting(Finding::subject, Finding::sentence)
                .containsExactly(
                        tuple("storage-1", "storage-1 (10.0.0.1:3301) is silent: it says nothing"),
                        tuple(
                                "storage-1",
                                "storage-1 (10.0.0.1:3301): announcement: method m left out: it is malformed"));
    }

    @Test
    void aNodeThatIsEjectedIsAProblemThoughItServes() {
        Ejection ejection = new Ejection(false, "3 of its last 4 calls timed out", Duration.ofMillis(700), 1);
        assertThat(findings(node(State.SERVING, "announced what it serves", ejection)))
                .extracting(Finding::sentence)
                .containsExactly("storage-1 (10.0.0.1:3301) is " + ejection);
    }

    @Test
    void aNodeThatIsStillConnectingHadTooLittleTime() {
        assertThat(findings(node(State.CONNECTING, "connected, asking what it serves", null)))
                .extracting(Finding::sentence)
                .containsExactly("storage-1 (10.0.0.1:3301) had not answered within 5 s (connected, asking what it"
                        + " serves); --wait gives it more");
    }

    @Test
    void theTopologysOwnReasonIsSaid() {
        TopologySnapshot empty = new TopologySnapshot(
                "file app.yaml", List.of(), null, "none of the 2 instances there is selected by cluster=mian");
        assertThat(Finding.topology(empty))
                .extracting(Finding::sentence)
                .containsExactly("file app.yaml: none of the 2 instances there is selected by cluster=mian");
    }
}
