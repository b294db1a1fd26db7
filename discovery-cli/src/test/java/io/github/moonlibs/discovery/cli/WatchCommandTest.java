package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.FaultProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatchCommandTest extends OnServers {
    @Test
    void onePageShowsFaultyNodesWithTheReasons() {
        Run run = run("watch", servers().all(), "--once").exits(0);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("static topology of 4: 2 of 4 serving\n")
                .containsPattern("   1  " + servers().writable.endpoint() + " +serving +\\d+ s  master   Tarantool ")
                .containsPattern("   2  " + servers().readOnly.endpoint() + " +serving +\\d+ s  replica  Tarantool ")
                .containsPattern("!  3  " + servers().killed.endpoint() + " +down ")
                .containsPattern("!  4  " + servers().locked.endpoint() + " +down +\\d+ s\\n      login refused: ")
                .containsPattern("users\\.insert +1  100  100 % +0 +– +–\\n")
                .doesNotContain("guess", "\033");
    }

    @Test
    void probesShowHowManyCallsEachNodeAnsweredAndHowFast() {
        Run run = run(
                        "watch",
                        servers().well(),
                        "--count",
                        "2",
                        "--interval",
                        "10ms",
                        "--timeout",
                        "30s",
                        "--probe",
                        "users.get",
                        "1")
                .exits(0);
        assertThat(run.out())
                .containsPattern("ROLE +ANSWERED  FAILED +P50 +P99  SERVER[ …]*\n")
                .containsPattern("1  " + servers().writable.endpoint() + ".* 2 +0 +[\\d.]+ ms +[\\d.]+ ms  Tarantool ");
    }

    @Test
    void jsonIsOneLinePerRefresh() {
        Run run = run(
                        "watch",
                        servers().all(),
                        "--json",
                        "--count",
                        "2",
                        "--interval",
                        "10ms",
                        "--timeout",
                        "30s",
                        "--probe",
                        "users.get",
                        "1")
                .exits(0);
        List<Map<?, ?>> looks = run.documents();
        assertThat(looks).hasSize(2);
        Map<?, ?> look = looks.getLast();
        assertThat(look.get("command")).isEqualTo("watch");
        assertThat(look.get("ok")).isEqualTo(false);
        assertThat(Run.each(look, "nodes", "state")).containsExactly("serving", "serving", "down", "down");
        Map<?, ?> writable = Run.objects(look, "nodes").getFirst();
        assertThat(((Map<?, ?>) Objects.requireNonNull(writable.get("probe"))).get("answered"))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--json", "--interval=1ms"})
    void watchEndsWhenItsPipeIsClosed(String option) {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        Shell shell = new Shell(
                InputStream.nullInputStream(),
                new Output(closed, () -> true),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                Map.of(),
                FakeTerminal.NONE);
        assertThat(Main.run(shell, "watch", "--endpoints", servers().well(), option))
                .isZero();
    }

    @Test
    void watchUsesAScreenOfItsOwnAndRestoresTheTerminal() {
        Run run = Run.with(
                Map.of(),
                new FakeTerminal(true, new Terminal.Size(60, 8)),
                "watch",
                "--endpoints",
                servers().well(),
                "--count",
                "2",
                "--interval",
                "10ms");
        assertThat(run.exits(0).out())
                .startsWith("\033[?1049h\033[?25l\033[H")
                .contains("\033[1mstatic topology of 2: ")
                .containsPattern("\\d\\d:\\d\\d.*  q quits")
                .endsWith("\033[K\033[?25h\033[?1049l");
    }

    @Test
    void keysScrollToEveryLineAndQuit() {
        Run run = Run.with(
                Map.of(),
                new FakeTerminal(
                        true,
                        new Terminal.Size(60, 3),
                        List.of(Key.DOWN, Key.UP, Key.BOTTOM, Key.TOP, Key.OTHER, Key.QUIT)),
                "watch",
                "--endpoints",
                servers().well(),
                "--interval",
                "1h");
        assertThat(run.exits(0).out())
                .containsSubsequence("lines 1 to 2 of", "lines 2 to 3 of", "lines 1 to 2 of")
                .endsWith("\033[?25h\033[?1049l");
    }

    @Test
    void aProbeThatNoNodeServesIsSaidOnThePage() {
        Run run = run("watch", servers().well(), "--once", "--probe", "users.gett")
                .exits(0);
        assertThat(run.out()).contains("--probe calls no node: none serves users.gett; did you mean users.get?");
    }

    @Test
    void anInstanceUnderTwoAddressesIsMarkedAndCountsOnce() {
        try (FakeNode node = FakeNode.start().announce("m", 1, true);
                FaultProxy twin = FaultProxy.before(node.endpoint())) {
            String endpoints = node.endpoint() + "," + twin.endpoint();
            Run run = run("watch", endpoints, "--once").exits(0);
            assertThat(run.out())
                    .startsWith("static topology of 2: 1 of 2 serving\n")
                    .containsPattern("(?m)^!  [12]  .* serving ")
                    .containsPattern("(?m)^   [12]  .* serving ")
                    .contains("      the same instance as ", "which is called for both")
                    .containsPattern("m +1 .* –");
            assertThat(run("watch", endpoints, "--once", "--json")
                            .exits(0)
                            .document()
                            .get("ok"))
                    .isEqualTo(false);
        }
    }

    @Test
    void aStaleMasterIsMarkedAndHasTheReasonBelowIt() {
        try (FakeNode before = FakeNode.start().announce("m", 1, true).announceMaster(true);
                FakeNode now = FakeNode.start().announce("m", 1, true).announceMaster(true)) {
            before.announceAttribute("term", 1);
            now.announceAttribute("term", 2);
            Run run = run("watch", before.endpoint() + "," + now.endpoint(), "--once")
                    .exits(0);
            assertThat(run.out())
                    .containsPattern("(?m)^!  1  " + before.endpoint() + " +serving +\\d+ s  master ")
                    .contains("\n      a stale master: its term is 1, and ")
                    .containsPattern("(?m)^   2  " + now.endpoint() + " +serving ");
        }
    }

    @Test
    void noColorIsRespected() {
        Run run = Run.with(
                Map.of("NO_COLOR", "1"),
                new FakeTerminal(true, new Terminal.Size(80, 30)),
                "watch",
                "--endpoints",
                servers().well(),
                "--once");
        assertThat(run.exits(0).out()).doesNotContain("\033");
    }
}
