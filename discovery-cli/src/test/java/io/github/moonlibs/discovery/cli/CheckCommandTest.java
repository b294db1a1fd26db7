package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CheckCommandTest extends OnServers {
    @Test
    void aHealthyReplicasetIsOk() {
        Run run = run("check", servers().well()).exits(0);
        assertThat(run.out())
                .matches(
                        "ok: 2 instances up, 5 methods served, each by 1 or more\n    2 × Tarantool \\d+\\.\\d+\\.\\d+.*\n");
    }

    @Test
    void problemsOfAReplicasetAreReportedInSentences() {
        Run run = run("check", servers().all(), "--min", "2").exits(1);
        assertThat(run.err()).isEmpty();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).startsWith(servers().killed.endpoint() + " is down: ");
        assertThat(lines.get(1)).startsWith(servers().locked.endpoint() + " is down: login refused: ");
        assertThat(lines.get(2))
                .isEqualTo(
                        "users.fail is served by 1 node (" + servers().writable.endpoint() + "), expected 2 or more");
        assertThat(lines.get(3)).startsWith("users.insert is served by 1 node (");
        assertThat(run.out()).doesNotContain("guess");
    }

    @Test
    void aStoppedInstanceIsReportedWithWhatItFailedToDo() {
        try (TarantoolServer stopped = TarantoolServer.start().freeze()) {
            // it gets all of the time that an instance may take
            Run run = Run.of("check", "--endpoints", stopped.endpoint(), "--wait", "10s")
                    .exits(1);
            assertThat(run.out()).startsWith(stopped.endpoint() + " is down: ").contains("greeting");
        }
    }

    @Test
    void jsonHasTheFindingsAndEveryNode() {
        Map<?, ?> document = run("check", servers().all(), "--json").exits(1).document();
        assertThat(document.get("command")).isEqualTo("check");
        assertThat(document.get("ok")).isEqualTo(false);
        assertThat(Run.each(document, "findings", "kind")).containsExactly("node", "node");
        assertThat(Run.each(document, "nodes", "state")).containsExactly("serving", "serving", "down", "down");
        Map<?, ?> readOnly = Run.objects(document, "nodes").get(1);
        assertThat(readOnly.get("master")).isEqualTo(false);
        assertThat(readOnly.get("delivery")).isEqualTo("asked");
        assertThat(((Map<?, ?>) Objects.requireNonNull(readOnly.get("methods"))).get("users.get"))
                .hasToString("{weight=100.0, share=0.5, retriable=true, tier=0}");
    }

    @Test
    void aMethodThatNoNodeAnnouncesIsReported() {
        try (FakeNode node = FakeNode.start().announce("m", 0, true)) {
            Run run = run("check", node.endpoint(), "--method", "m,n").exits(1);
            assertThat(run.out())
                    .isEqualTo(
                            "m is served by no node, expected 1 or more\nn is served by no node, expected 1 or more\n");
        }
    }

    @Test
    void anInstanceThatIsListedTwiceIsReported() {
        try (FakeNode node = FakeNode.start().announce("m", 1, true)) {
            Run run = run("check", node.endpoint() + "," + node.endpoint()).exits(1);
            assertThat(run.out())
                    .isEqualTo("static topology of 2: " + node.endpoint() + " is listed twice; the first counts\n");
        }
    }

    @Test
    void aReplicasetThatAnnouncesNothingIsNotOk() {
        try (FakeNode node = FakeNode.start()) {
            Run run = run("check", node.endpoint()).exits(1);
            assertThat(run.out()).isEqualTo("static topology of 1: no instance announces a method\n");
        }
    }

    @Test
    void anInstanceWithoutDiscoveryProcedureIsSilent() {
        try (FakeNode node = FakeNode.start().announce("m", 1, true)) {
            Run run = run("check", node.endpoint(), "--discovery-procedure", "app.list")
                    .exits(1);
            assertThat(run.out()).startsWith(node.endpoint() + " is silent: app.list failed: ");
        }
    }

    @Test
    void aMalformedAnnouncementIsAFinding() {
        try (FakeNode node = FakeNode.start().announce("m", 1, true).announce("n", -1, true)) {
            Run run = run("check", node.endpoint()).exits(1);
            assertThat(run.out())
                    .isEqualTo(node.endpoint() + ": announcement: method n left out: expected a finite number of at"
                            + " least 0 as its weight, got -1\n");
        }
    }

    @Test
    void noNameOfAMethodForgesALineOrMovesTheCursor() {
        String evil = "m\nok: forged line\u001b[2J\u0007\u009b\u202e";
        try (FakeNode node = FakeNode.start().announce(evil, 0, true).announce(evil + "2", -1, true)) {
            for (String[] command : List.of(
                    new String[] {"check", "--endpoints", node.endpoint(), "--wait", "1m"},
                    new String[] {"check", "--endpoints", node.endpoint(), "--wait", "1m", "--json"},
                    new String[] {"watch", "--endpoints", node.endpoint(), "--wait", "1m", "--once"},
                    new String[] {"call", "--endpoints", node.endpoint(), "--wait", "1m", "--deadline", "1ms", evil})) {
                Run run = Run.of(command);
                assertThat((run.out() + run.err()).lines())
                        .isNotEmpty()
                        .noneMatch(line -> line.startsWith("ok:"))
                        .allMatch(line ->
                                line.codePoints().noneMatch(c -> c < ' ' || (c > '~' && c < 0xa0) || c == 0x202e));
            }
        }
    }

    @Test
    void aTopologyThatCannotBeReadIsAFinding() {
        Run run = Run.of("check", "--topology", "etcd://127.0.0.1:1/none", "--wait", "1m")
                .exits(1);
        assertThat(run.out()).startsWith("etcd://127.0.0.1:1/none/: ");
    }
}
