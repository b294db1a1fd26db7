package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.FaultProxy;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
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
    void aStaleMasterIsReportedWithoutAWait() {
        try (FakeNode before = FakeNode.start().announce("m", 1, true).announceMaster(true);
                FakeNode now = FakeNode.start().announce("m", 1, true).announceMaster(true)) {
            before.announceAttribute("term", 1);
            now.announceAttribute("term", 2);
            String fault = before.endpoint() + " is a stale master: its term is 1, and " + now.endpoint()
                    + " was the master in term 2; what only masters serve is kept from it";
            String endpoints = before.endpoint() + "," + now.endpoint();
            Run run = run("check", endpoints).exits(1);
            assertThat(run.out()).isEqualTo(fault + "\n");

            Map<?, ?> document = run("check", endpoints, "--json").exits(1).document();
            assertThat(Run.each(document, "findings", "sentence")).containsExactly(fault);
            assertThat(Run.objects(document, "nodes").getFirst().get("staleMaster"))
                    .asString()
                    .startsWith("a stale master: ");
        }
    }

    @Test
    void anInstanceUnderTwoAddressesIsReportedWithoutAWait() {
        try (FakeNode node = FakeNode.start().announce("m", 1, true);
                FaultProxy twin = FaultProxy.before(node.endpoint())) {
            String endpoints = node.endpoint() + "," + twin.endpoint();
            Run run = run("check", endpoints).exits(1);
            // the one that announces first is called
            assertThat(run.out())
                    .isIn(same(node.endpoint(), twin.endpoint()) + "\n", same(twin.endpoint(), node.endpoint()) + "\n");
            Map<?, ?> document = run("check", endpoints, "--json").exits(1).document();
            assertThat(Run.each(document, "findings", "kind")).containsExactly("node");
            assertThat(Run.objects(document, "nodes").stream()
                            .map(each -> String.valueOf(each.get("twin")))
                            .toList())
                    .containsAnyOf(node.endpoint(), twin.endpoint())
                    .containsOnlyOnce("null");
        }
    }

    private static String same(String second, String first) {
        return second + " is the same instance as " + first
                + ", which is called for both; expected each instance once, and no UUID twice";
    }

    @Test
    void anInstanceThatHasNotAnsweredYetIsReportedWithTheTimeThatItHad() {
        try (FakeNode node = FakeNode.start().freeze()) {
            Run run = Run.of("check", "--endpoints", node.endpoint(), "--wait", "1ms")
                    .exits(1);
            // that is little time even for the list of instances
            assertThat(run.out())
                    .matches("(?s)(" + Pattern.quote(node.endpoint()) + " had not answered within 1 ms \\(connect.*\\)"
                            + "|static topology of 1: nothing was read from it in time); --wait gives it more\n.*");
        }
    }

    @Test
    void theDeliveryIsThatOfServersThatPushHoweverLate() {
        try (FakeNode asked = FakeNode.start().announce("m", 1, true);
                FakeNode pushes = FakeNode.start().announce("m", 1, true)) {
            Map<String, Object> announcement =
                    Map.of("methods", Map.of("m", Map.of()), "order", Map.of("instance", "i", "seq", 1));
            pushes.on("api.discovery", call -> {
                // so that all is known of it before but that it pushes
                if (pushes.calls("api.discovery") > 1) {
                    pushes.broadcast("api.discovery", announcement);
                }
                call.reply(announcement);
            });
            Map<?, ?> document = run("check", asked.endpoint() + "," + pushes.endpoint(), "--json")
                    .exits(0)
                    .document();
            assertThat(Run.each(document, "nodes", "delivery")).containsExactly("asked", "pushed");
        }
    }

    @Test
    void aTopologyThatCannotBeReadIsAFinding() {
        Run run = Run.of("check", "--topology", "etcd://127.0.0.1:1/none", "--wait", "1m")
                .exits(1);
        assertThat(run.out()).startsWith("etcd://127.0.0.1:1/none/: ");
    }
}
