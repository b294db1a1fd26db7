package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What all commands have in common: options, usage, exit codes. */
@Timeout(300)
class CommandLineTest {
    @TempDir
    private Path folder;

    @Test
    void theVersionIsShown() {
        assertThat(Run.of("--version", "check").exits(0).out())
                .isEqualTo(Run.of("check", "--version").exits(0).out());
        assertThat(Run.of("--version").exits(0).out()).matches("discovery \\d+\\.\\d+.*\\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"watch", "call", "check", "explain", "bench"})
    void everyCommandShowsHelp(String command) {
        assertThat(Run.of(command, "--help").exits(0).out())
                .contains("Usage: discovery " + command, "--topology", "--endpoints", "--password", "--json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"watch", "call", "check", "explain", "bench", "completion", "help"})
    void helpShowsWhatTheOptionShows(String command) {
        assertThat(Run.of("help", command).exits(0).out())
                .isEqualTo(Run.of(command, "--help").exits(0).out());
    }

    @Test
    void helpWithoutACommandShowsAllOfThem() {
        assertThat(Run.of("help").exits(0).out())
                .isEqualTo(Run.of("--help").exits(0).out())
                .contains("check", "explain", "Exit codes: ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                                            | discovery: expected a command
                    wach                                          | discovery: unexpected argument
                    check                                         | discovery check: expected either --topology or --endpoints
                    check --topology static:a:1 --endpoints a:1   | discovery check: expected either --topology or --endpoints, got both
                    check --topology consul:a                     | topology: no plug-in has the scheme "consul"; found
                    check --endpoints a:99999                     | static topology, 1 of 1: endpoint: expected host:port
                    check --endpoints a:1 --wait soon             | expected a time such as 500ms, 2s or 1m, got soon
                    check --endpoints a:1 --wait 0s               | expected a time above zero, got 0s
                    call --endpoints a:1 --deadline 0ms m         | expected a time above zero, got 0ms
                    bench --endpoints a:1 --warmup 0 m            | expected a time such as 500ms, 2s or 1m, got 0
                    help chek                                     | COMMAND: expected watch, call, check
                    check --endpoints a:1 --wait 999999999h       | expected a time of at most 8760h, a year, got 999999999h
                    bench --endpoints a:1 --warmup 8761h m        | expected a time of at most 8760h, a year, got 8761h
                    check --endpoints a:1 --min 0                 | --min: expected at least 1, got 0
                    check --endpoints a:1 --password p            | --password needs --user
                    check --endpoints a:1 --user ann              | --user needs --password or DISCOVERY_PASSWORD
                    call --endpoints a:1                          | Missing required parameter: 'METHOD'
                    watch --endpoints a:1 --count 0               | --count: expected at least 1, got 0
                    watch --endpoints a:1 1                       | ARG: expected --probe METHOD with it
                    bench --endpoints a:1 --callers 0 m           | --callers: expected at least 1, got 0
                    bench --endpoints a:1 --calls 0 m             | --calls: expected at least 1, got 0
                    bench --endpoints a:1 --calls abc m           | Invalid value for option '--calls': expected a whole number, got abc
                    call --endpoints a:1 --attempts abc m         | Invalid value for option '--attempts': expected a whole number, got abc
                    check --endpoints a:1 --min 1.5               | Invalid value for option '--min': expected a whole number, got 1.5
                    check --topology 10.0.0.1:3301                | expected a URI such as static:10.0.0.1:3301
                    chekc --endpoints a:1                         | did you mean check
                    call --endpoints a:1 m - -                    | expected at most one argument -
                    call --endpoints a:1 m @none/of/it            | argument 0: @none/of/it: there is no such file
                    completion tcsh                               | SHELL: expected bash, zsh or fish
                    call --endpoints a:1 m Ann                    | argument 0: expected JSON, got a word
                    call --endpoints a:1 --attempts 0 m           | maxAttempts: expected at least 1, got 0
                    call --endpoints a:1 --all --attempts 2 m     | --attempts: expected none with --all
                    """)
    void aWrongCommandLineIsOneSentenceAndExitCode2(String line, String said) {
        Run run = Run.of(line.isEmpty() ? new String[0] : line.split(" +"));
        run.exits(2).saysInOneLine(said, "--help)");
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check --topology app:S3CRET",
                "check --topology app:S3CRET@h",
                "check --topology static:app:S3CRET",
                "check --topology static:app:S3@CRET",
                "check --topology static:app:S3,CRET@h:1",
                "check --topology static:app:S3,CRET,MORE@h:1",
                "check --topology app.S3CRET@h",
                "check --endpoints app:S3,CRET@h:1",
                "check --endpoints app:S3CRET",
                "check --endpoints app:S3CRET@h:port",
                "check --endpoints a:1 --user app --pasword S3CRET",
                "check --endpoints a:1 --user app --pasword=S3CRET",
                "check --endpoints a:1 --user app S3CRET",
                "check --endpoints a:1 --user --password=S3CRET",
                "S3CRET",
                "check -S3CRET",
                "help S3CRET"
            })
    void noPartOfAPasswordIsShownWhereverItStands(String line) {
        Run run = Run.of(line.split(" ")).exits(2);

        assertThat(run.out() + run.err()).isNotEmpty().doesNotContain("S3", "CRET", "MORE");
    }

    @Test
    void theMessageSaysHowACommaIsWrittenInAPassword() {
        Run.of("check", "--topology", "static:app:S3,CRET@h:1")
                .exits(2)
                .saysInOneLine("static topology, 1 of 2: endpoint: expected host:port", "a comma is written %2C");
        try (FakeNode node = FakeNode.start().requireLogin("app", "S3,CR%ET").announce("m", 1, true)) {
            Run.of("check", "--endpoints", "app:S3%2CCR%ET@" + node.endpoint(), "--wait", "1m")
                    .exits(0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check --endpoints X",
                "check --topology X",
                "check --topology static:X",
                "check --endpoints a:1 --wait X",
                "check --endpoints a:1 --min X",
                "check --endpoints a:1 --X",
                "check --endpoints a:1 X",
                "call --endpoints a:1 m X",
                "call --endpoints a:1 m 1X",
                "X"
            })
    void aLongArgumentIsNeverEchoed(String line) {
        Run run = Run.of(line.replace("X", "xyz".repeat(100_000)).split(" ")).exits(2);

        assertThat(run.out() + run.err()).isNotEmpty().hasSizeLessThan(1_000);
    }

    @Test
    void thePasswordComesFromTheEnvironmentOrAPromptAndIsNeverShown() {
        try (FakeNode node = FakeNode.start()
                .requireLogin("app", "secret")
                .requireLogin("ann", "entered")
                .announce("m", 1, true)) {
            String[] check = {"check", "--endpoints", node.endpoint(), "--wait", "1m", "--user", "app"};
            Run.with(Map.of("DISCOVERY_PASSWORD", "secret"), FakeTerminal.NONE, check)
                    .exits(0);
            Run asked = Run.with(
                    Map.of(),
                    new FakeTerminal(true, FakeTerminal.NONE.size()),
                    "check",
                    "--endpoints",
                    node.endpoint(),
                    "--wait",
                    "1m",
                    "--user",
                    "ann");
            asked.exits(0);
            Run wrong = Run.with(Map.of("DISCOVERY_PASSWORD", "guessed"), FakeTerminal.NONE, check);
            wrong.exits(1);
            assertThat(wrong.out() + wrong.err() + asked.out() + asked.err()).doesNotContain("guessed", "entered");
        }
    }

    @Test
    void theTopologyMayComeFromTheEnvironment() {
        try (FakeNode node = FakeNode.start().announce("m", 1, true)) {
            Run.with(
                            Map.of("DISCOVERY_TOPOLOGY", "static:" + node.endpoint()),
                            FakeTerminal.NONE,
                            "check",
                            "--wait",
                            "1m")
                    .exits(0);
        }
    }

    @Test
    void anEmptyVariableOrNameIsOneThatIsNotSet() {
        Run.with(Map.of("DISCOVERY_TOPOLOGY", ""), FakeTerminal.NONE, "check")
                .exits(2)
                .saysInOneLine("expected either --topology or --endpoints", "DISCOVERY_TOPOLOGY");
        for (String command : new String[] {"call", "explain", "bench"}) {
            Run.of(command, "--endpoints", "a:1", "")
                    .exits(2)
                    .saysInOneLine("METHOD: expected the name of a procedure, got an empty string");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void completionKnowsEveryCommandAndItsOptions(String shell) {
        String script = Run.of("completion", shell).exits(0).out();
        assertThat(script).contains("watch", "call", "check", "explain", "bench", "completion");
        assertThat(script).contains(shell.equals("fish") ? "-l discovery-procedure -x" : "--discovery-procedure");
    }

    @Test
    void bashCompletesByTheScript() throws Exception {
        Path script = Files.writeString(
                folder.resolve("completion"), Run.of("completion", "bash").out());
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source \"$1\" && COMP_WORDS=(discovery exp) COMP_CWORD=1 && _complete_discovery"
                                + " && echo \"${COMPREPLY[@]}\"",
                        "bash",
                        script.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("explain\n");
    }

    @Test
    void aSchemeOfTheOtherImageIsReportedWithItsName() {
        for (String scheme : new String[] {"etcd", "file"}) {
            // the core's words, as for consul above: the tests have discovery-etcd, and the core finds it
            String lacking = "topology: no plug-in has the scheme \"" + scheme + "\"; found seed, static";
            assertThat(Main.sentence(new IllegalArgumentException(lacking)))
                    .isEqualTo(lacking + "; the program discovery-etcd has it");
        }
        assertThat(Run.of("check", "--topology", "consul:a").exits(2).err())
                .contains("no plug-in has the scheme \"consul\"")
                .doesNotContain("has it");
    }

    @Test
    void stackTracesAreShownOnlyWithDebug() {
        Run run = Run.of("check", "--endpoints", "a:99999", "--debug").exits(2);
        assertThat(run.err()).contains("1 of 1: endpoint: expected host:port", "\tat ");
    }
}
