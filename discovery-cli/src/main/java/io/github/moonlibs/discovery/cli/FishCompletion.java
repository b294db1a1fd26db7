package io.github.moonlibs.discovery.cli;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The completion script of fish, which picocli does not write. */
final class FishCompletion {
    private FishCompletion() {}

    static String script(CommandSpec discovery) {
        return discovery.subcommands().values().stream()
                .map(command -> command.getCommandSpec())
                .flatMap(command -> Stream.concat(Stream.of(command(command)), options(command)))
                .collect(Collectors.joining("\n", "complete -c discovery -f\n", "\n"));
    }

    private static String command(CommandSpec command) {
        return "complete -c discovery -n __fish_use_subcommand -a " + command.name() + " -d "
                + quoted(command.usageMessage().description());
    }

    private static Stream<String> options(CommandSpec command) {
        return command.options().stream()
                .map(option -> "complete -c discovery -n '__fish_seen_subcommand_from " + command.name() + "' "
                        + names(option) + (option.arity().max() > 0 ? " -x" : "") + " -d "
                        + quoted(option.description()));
    }

    private static String names(OptionSpec option) {
        return Stream.of(option.names())
                .map(name -> name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1))
                .collect(Collectors.joining(" "));
    }

    /** The first sentence: a line of a menu has no room for more. */
    private static String quoted(String... description) {
        String first = description.length == 0 ? "" : description[0];
        int end = first.indexOf(". ");
        String sentence = (end < 0 ? first : first.substring(0, end))
                .replace("\\", "\\\\")
                .replace("'", "\\'");
        return "'" + sentence + "'";
    }
}
