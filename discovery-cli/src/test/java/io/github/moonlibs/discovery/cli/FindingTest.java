package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.TopologySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FindingTest {
    @Test
    void theSubjectOfANodesProblemIsItsName() {
        Instance node = new Instance(Endpoint.parse("10.0.0.1:3301"), "storage-1", Map.of());
        TopologySnapshot topology = new TopologySnapshot(
                "etcd",
                List.of(new NodeSnapshot(
                        node, State.SILENT, "it says nothing", Duration.ZERO, null, null, null, 0, null, 0, 1, null)),
                Duration.ZERO,
                null);
        List<Finding> findings = Finding.all(
                topology,
                new RoutingSnapshot(1, Map.of()),
                List.of(),
                1,
                List.of("storage-1 (10.0.0.1:3301): announcement: method m left out: it is malformed"));

        assertThat(findings)
                .extracting(Finding::subject, Finding::sentence)
                .containsExactly(
                        tuple("storage-1", "storage-1 (10.0.0.1:3301) is silent: it says nothing"),
                        tuple(
                                "storage-1",
                                "storage-1 (10.0.0.1:3301): announcement: method m left out: it is malformed"));
    }
}
