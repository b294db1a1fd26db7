package io.github.moonlibs.discovery.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A password in every argument that can have one, rightly and wrongly written, is printed by no command. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlantedPasswordTest {
    private static final String FIRST = "Pl4nted";
    private static final String SECOND = "S3CRET";

    /** What may stand between the halves of a password, and means something somewhere. */
    private static final List<String> BETWEEN = List.of(" ", "%zz", "@", "/", ",", "#", "?", "&", ":", "{{");

    private static final List<String> COMMANDS = List.of("check", "watch --once", "call m", "bench --calls 1 m");

    private static final List<String> OUTPUTS = List.of("", " --json", " --debug", " --json --debug");

    private final FakeNode refusing = FakeNode.start().requireLogin("app", "another");

    @TempDir
    private Path directory = Path.of("none");

    @AfterAll
    void stop() {
        refusing.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--endpoints app:PASSWORD@ADDRESS",
                "--endpoints app:PASSWORD@127.0.0.1:1,ADDRESS",
                "--endpoints app:PASSWORD",
                "--endpoints app:PASSWORD@localhost",
                "--endpoints app:PASSWORD@localhost:iproto",
                "--endpoints app:PASSWORD@nowhere..invalid:3301",
                "--topology static:app:PASSWORD@ADDRESS",
                "--topology app:PASSWORD@ADDRESS",
                "--topology tarantool://app:PASSWORD@ADDRESS",
                "--topology etcd://app:PASSWORD@ADDRESS/app",
                "--topology etcd://nowhere..invalid/app?user=app&password=PASSWORD",
                "--topology etcd://nowhere..invalid/app?user=app&password=ESCAPED",
                "--topology file:FILE",
                "--endpoints ADDRESS --user app --password PASSWORD",
                "--endpoints ADDRESS --user app --pasword PASSWORD",
                "--endpoints ADDRESS --user app PASSWORD"
            })
    void aPasswordIsNotPrinted(String where) throws IOException {
        for (String command : COMMANDS) {
            for (String output : OUTPUTS) {
                run(Map.of(), command + output + " " + where, FIRST + "-" + SECOND);
            }
        }
        for (String between : BETWEEN) {
            run(Map.of(), "check --debug " + where, FIRST + between + SECOND);
        }
    }

    @Test
    void aPasswordFromTheEnvironmentIsNotPrinted() throws IOException {
        for (String command : COMMANDS) {
            for (String output : OUTPUTS) {
                String password = FIRST + "-" + SECOND;
                run(
                        Map.of("DISCOVERY_PASSWORD", password),
                        command + output + " --endpoints ADDRESS --user app",
                        password);
                run(Map.of("DISCOVERY_TOPOLOGY", "static:app:" + password), command + output, password);
            }
        }
    }

    /** Whatever comes of it: the troubles of the arguments are the subject of other tests. */
    private void run(Map<String, String> environment, String line, String password) throws IOException {
        Path file = Files.writeString(
                directory.resolve("config.yaml"),
                "groups: {g: {replicasets: {r: {instances: {i: {iproto: {advertise: {client: \"app:" + password
                        + "\"}}}}}}}}\n");
        List<String> arguments = new ArrayList<>();
        for (String argument : (line + " --wait 50ms").split(" ", -1)) {
            arguments.add(argument.replace("ADDRESS", refusing.endpoint())
                    .replace("FILE", file.toString())
                    .replace("ESCAPED", URLEncoder.encode(password, UTF_8))
                    .replace("PASSWORD", password));
        }
        Run run = Run.with(environment, FakeTerminal.NONE, arguments.toArray(String[]::new));

        String printed = run.out() + run.err();
        if (line.startsWith("check")) {
            assertThat(run.code()).as(printed).isNotZero();
        }
        assertThat(printed).as(line).isNotEmpty().doesNotContain(FIRST, SECOND);
    }
}
