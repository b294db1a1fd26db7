package io.github.moonlibs.discovery.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what {@code --help} shows, for those who expect a command to. Unlike picocli's it never repeats a wrong word. */
@Command(
        name = "help",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Shows the help of a command, as its --help does, or of all.")
final class HelpCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "COMMAND",
            description = "Default: all of them, in a line each.")
    private @Nullable String name;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine discovery = spec.root().commandLine();
        Map<String, CommandLine> commands = discovery.getSubcommands();
        CommandLine asked = name == null ? discovery : commands.get(name);
        if (asked == null) {
            throw new ParameterException(
                    spec.commandLine(), "COMMAND: expected " + String.join(", ", commands.keySet()));
        }
        asked.usage(discovery.getOut());
        return Main.OK;
    }
}
