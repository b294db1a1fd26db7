package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The README names what the command line has, with the defaults and exit codes that it has. */
class ReadmeTest {
    /** Every command has these of picocli's, which {@code --help} shows. */
    private static final Set<String> STANDARD = Set.of("--help", "--version");

    private final PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    private final CommandLine discovery = Main.commandLine(new Shell(
            InputStream.nullInputStream(), new Output(nowhere, () -> false), nowhere, Map.of(), FakeTerminal.NONE));

    private static String readme() throws IOException {
        return Files.readString(Path.of("README.md"));
    }

    private static Set<String> names(CommandSpec command) {
        Set<String> names = new TreeSet<>();
        command.options().stream().map(OptionSpec::longestName).forEach(names::add);
        names.removeAll(STANDARD);
        return names;
    }

    @Test
    void everyCommandIsInTheTable() throws IOException {
        String readme = readme();
        assertThat(discovery.getSubcommands().keySet())
                .hasSizeGreaterThan(4)
                .allSatisfy(command -> assertThat(readme).containsPattern("(?m)^\\| `" + command + "[ `]"));
    }

    @Test
    void everyOptionOfAllCommandsIsInTheTableWithItsDefault() throws IOException {
        CommandSpec explain = Objects.requireNonNull(discovery.getSubcommands().get("explain"))
                .getCommandSpec();
        String readme = readme();
        // it has none but those of all commands
        assertThat(names(explain)).hasSizeGreaterThan(6).allSatisfy(option -> {
            assertThat(readme).contains("`" + option);
            String usual = explain.findOption(option).defaultValue();
            if (usual != null) {
                assertThat(readme).contains("`" + usual + "`");
            }
        });
    }

    @Test
    void exitCodesAreThoseOfTheProgram() throws IOException {
        assertThat(readme().replaceAll("\\s+", " "))
                .contains(Main.OK + ": success", Main.AT_FAULT + ": `check` found a problem")
                .contains(CommandLine.ExitCode.USAGE + ": the command line is wrong");
    }
}
