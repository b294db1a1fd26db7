package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCommandTest extends OnServers {
    private static Run bench(String endpoints, String... more) {
        return run(
                "bench",
                endpoints,
                List.of("--warmup", "10ms", "--callers", "4", "--calls", "200", "--timeout", "30s"),
                more);
    }

    private static int answeredByNodes(Map<?, ?> document) {
        return Run.each(document, "nodes", "answered").stream()
                .mapToInt(Integer.class::cast)
                .sum();
    }

    @Test
    void theReportHasAllCallsAndEachNode() {
        Run run = bench(servers().all(), "users.get", "1").exits(0);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .containsPattern("^users.get: 200 calls by 4 callers in [\\d.]+ s, [\\d,]+ calls/s, 0 failed\n\n")
                .containsPattern("NODE +ANSWERED +SHARE +FAILED +P50 +P90 +P99 +P99.9 +MAX\n")
                .containsPattern("all calls +200  100.0 % +0( +[\\d.]+ ms){5}\n")
                .contains(
                        "\n" + servers().writable.endpoint(),
                        "\n" + servers().readOnly.endpoint())
                .doesNotContain(servers().killed.endpoint());
    }

    @Test
    void jsonHasTheSameFigures() {
        Map<?, ?> document =
                bench(servers().well(), "--json", "users.get", "1").exits(0).document();
        assertThat(document.get("command")).isEqualTo("bench");
        assertThat(document.get("ok")).isEqualTo(true);
        assertThat(document.get("answered")).isEqualTo(200);
        assertThat(document.get("failed")).isEqualTo(0);
        assertThat(document.get("p50Millis")).isInstanceOf(Double.class);
        assertThat(answeredByNodes(document)).isEqualTo(200);
        assertThat(Run.each(document, "nodes", "node"))
                .containsExactlyInAnyOrder(
                        servers().writable.endpoint(), servers().readOnly.endpoint());
    }

    @Test
    void failedCallsAreCountedTheLastOneIsReportedAndTheExitCodeIs1() {
        Run run = bench(servers().writable.endpoint(), "users.fail").exits(1);
        assertThat(run.out())
                .contains("200 calls by 4 callers", "200 failed\n", "The last failure: users.fail: call failed")
                .containsPattern(servers().writable.endpoint() + " +0 +0.0 % +200\n");
    }

    @Test
    void failedAttemptsCountAgainstTheirNodeEvenIfTheCallSucceedsElsewhere() {
        AtomicInteger calls = new AtomicInteger();
        try (FakeNode well = FakeNode.start().announce("m", 1, true);
                FakeNode ill = FakeNode.start().announce("m", 1, true).on("m", call -> {
                    // seldom enough for the retry budget, and for the node not to be ejected by the warm-up
                    if (calls.incrementAndGet() % 10 == 0) {
                        call.fail(32, "broken");
                    } else {
                        call.reply();
                    }
                })) {
            Map<?, ?> document = bench(well.endpoint() + "," + ill.endpoint(), "--json", "m")
                    .exits(0)
                    .document();
            assertThat(document.get("failed")).isEqualTo(0);
            Map<?, ?> atFault = Run.objects(document, "nodes").stream()
                    .filter(node -> ill.endpoint().equals(node.get("node")))
                    .findFirst()
                    .orElseThrow();
            assertThat((Integer) atFault.get("failed")).isPositive();
            // failed attempts are none that were answered
            assertThat(answeredByNodes(document)).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999999999999999", "\"\\ud800\""})
    void anArgumentThatCannotBeSentIsOneSentenceAndExitCode2(String argument) {
        Run run = bench(servers().well(), "users.get", argument).exits(2);
        run.saysInOneLine("discovery bench: argument 0: expected ");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aMethodThatNoNodeServesIsNotCalled() {
        bench(servers().writable.endpoint(), "users.gett")
                .exits(1)
                .saysInOneLine(
                        "no node serves users.gett: " + servers().writable.endpoint() + " does not announce users.gett",
                        "; served are users.fail, users.get");
    }

    @Test
    void whyNoNodeServesAMethodIsSaidOfEachNode() {
        String endpoints = servers().killed.endpoint() + ",testkit:guess@"
                + servers().locked.endpoint();
        Run run = bench(endpoints, "--json", "users.get").exits(1);
        run.saysInOneLine(
                servers().killed.endpoint() + " gets no calls at all: it is down (",
                servers().locked.endpoint() + " gets no calls at all: it is down (login refused: ",
                "; nothing is served at all");
        Map<?, ?> document = run.document();
        assertThat(document.get("command")).isEqualTo("bench");
        assertThat(document.get("ok")).isEqualTo(false);
        assertThat(document.get("method")).isEqualTo("users.get");
        assertThat(run.err()).isEqualTo("discovery bench: " + document.get("error") + "\n");
    }

    @Test
    void aTopologyThatCannotBeReadIsWhyNoNodeServesAMethod() {
        Run.of("bench", "--topology", "etcd://127.0.0.1:1/none", "--wait", "1m", "m")
                .exits(1)
                .saysInOneLine("no node serves m: etcd://127.0.0.1:1/none/: ", "; nothing is served at all");
    }

    @Test
    void aLoadWithoutAWarmUpMakesNoOtherCalls() {
        try (FakeNode node = FakeNode.start().announce("m", 1, true)) {
            run("bench", node.endpoint(), "--warmup", "0s", "--calls", "20", "--timeout", "30s", "m")
                    .exits(0);
            assertThat(node.calls("m")).isEqualTo(20);
        }
    }

    @Test
    void progressIsShownOnATerminal() {
        Run run = Run.with(
                Map.of(),
                new FakeTerminal(true, new Terminal.Size(100, 24)),
                "bench",
                "--endpoints",
                servers().well(),
                "--wait",
                "1m",
                "--warmup",
                "1s",
                "--calls",
                "10",
                "--timeout",
                "1m",
                "users.get",
                "1");
        assertThat(run.exits(0).err()).contains("warm-up █", "% ").endsWith("\r\033[K");
    }
}
