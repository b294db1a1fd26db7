package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExplainCommandTest extends OnServers {
    @Test
    void everyNodeHasALineThatSaysWhyItServesTheMethodOrNot() {
        Run run = run("explain", servers().all(), "users.insert").exits(0);
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).isEqualTo("users.insert is served by 1 of 4 nodes");
        assertThat(lines.get(1))
                .isEqualTo("  " + servers().writable.endpoint()
                        + " serves users.insert with weight 100, 100 % of its first attempts");
        assertThat(lines.get(2))
                .isEqualTo("  " + servers().readOnly.endpoint()
                        + " announces users.insert with weight 0, which means never");
        assertThat(lines.get(3)).startsWith("  " + servers().killed.endpoint() + " gets no calls at all: it is down (");
        assertThat(lines.get(4))
                .startsWith("  " + servers().locked.endpoint() + " gets no calls at all: it is down (login refused: ");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void aMethodThatNoNodeServesIsAProblemAndTheNearestNamesAreGiven() {
        Run run = run("explain", servers().well(), "users.gett").exits(1);
        assertThat(run.out())
                .startsWith("users.gett is served by 0 of 2 nodes\n")
                .contains("does not announce users.gett");
        run.saysInOneLine("no node announces users.gett; did you mean users.get?");
    }

    @Test
    void aMethodThatIsAnnouncedWronglyIsNoMisspeltOne() {
        try (FakeNode node =
                FakeNode.start().announce("users.gets", 1, true).announceEntry("users.get", Map.of("weight", "much"))) {
            Run run = Run.of("explain", "--endpoints", node.endpoint(), "users.get")
                    .exits(1);
            assertThat(run.out()).contains(" announces users.get, but not rightly: expected a finite number");
            assertThat(run.err()).isEmpty();
        }
    }

    @Test
    void jsonHasWeightShareAndReasonOfEveryNode() {
        Map<?, ?> document =
                run("explain", servers().all(), "--json", "users.get").exits(0).document();
        assertThat(document.get("command")).isEqualTo("explain");
        assertThat(document.get("ok")).isEqualTo(true);
        assertThat(document.get("method")).isEqualTo("users.get");
        assertThat(document.get("served")).isEqualTo(2);
        assertThat(Run.each(document, "nodes", "serves")).containsExactly(true, true, false, false);
        assertThat(Run.each(document, "nodes", "share")).containsExactly(0.5, 0.5, 0.0, 0.0);
        assertThat(Run.objects(document, "nodes").getFirst().get("weight")).isEqualTo(100.0);
        assertThat(Run.objects(document, "nodes").getLast().get("weight")).isNull();
        assertThat(Run.each(document, "nodes", "why").getLast().toString()).contains("login refused: ");
    }

    @Test
    void aTopologyThatCannotBeReadIsSaid() {
        Run run = Run.of("explain", "--topology", "etcd://127.0.0.1:1/none", "--wait", "1m", "m")
                .exits(1);
        assertThat(run.out()).startsWith("m is served by 0 of 0 nodes\netcd://127.0.0.1:1/none/: ");
    }
}
