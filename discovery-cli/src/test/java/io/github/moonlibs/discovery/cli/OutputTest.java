package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command does when its output can't be written. */
@Timeout(300)
class OutputTest {
    @TempDir
    private Path folder = Path.of("none");

    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException(message);
            }
        };
    }

    private static Run run(Output out, String... arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        Shell shell = new Shell(InputStream.nullInputStream(), out, errors, Map.of(), FakeTerminal.NONE);
        int code = Main.run(shell, arguments);
        return new Run(code, "", err.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "help check",
                "completion bash",
                "check --wait 1h",
                "check --wait 1h --json",
                "watch --wait 1h --interval 1ms",
                "explain --wait 1h m",
                "call --wait 1h --timeout 30s m 1",
                "bench --wait 1h --timeout 30s --warmup 0s --calls 1 m"
            })
    void aFullDiskIsASentenceAndExitCode1(String line) {
        try (FakeNode node = FakeNode.start().announce("m", 1, true)) {
            String[] arguments = (line.contains("--wait")
                            ? line.replace("--wait", "--endpoints " + node.endpoint() + " --wait")
                            : line)
                    .split(" ");
            Run run = run(new Output(failing("No space left on device"), () -> false), arguments);
            run.exits(1);
            assertThat(run.err())
                    .endsWith("discovery: not all of the output could be written: No space left on device\n");
            assertThat(run(new Output(failing("Broken pipe"), () -> true), arguments)
                            .exits(0)
                            .err())
                    .doesNotContain("could be written");
        }
    }

    @Test
    void anotherExitCodeStays() {
        run(new Output(failing("No space left on device"), () -> false), "check", "--wait", "soon")
                .exits(2);
    }

    @Test
    void aPipeIsToldFromAFile() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThat(Output.isPipe(pipe)).isTrue();
        assertThat(Output.isPipe(Files.createFile(folder.resolve("file")))).isFalse();
        assertThat(Output.isPipe(folder.resolve("none"))).isFalse();
    }
}
