package io.github.moonlibs.discovery.docs;

import io.github.moonlibs.discovery.cli.Main;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The reference of the command line, made of what the command line itself knows. */
final class Commands {
    private Commands() {}

    /** The page. */
    static String markdown() {
        CommandLine discovery = Main.commands();
        StringBuilder page = new StringBuilder("# Command reference\n\n");
        page.append(sentences(discovery.getCommandSpec().usageMessage().description()))
                .append("\n\n");
        page.append(sentences(discovery.getCommandSpec().usageMessage().footer()))
                .append("\n\n");
        discovery.getSubcommands().forEach((name, command) -> command(page, command));
        return page.toString();
    }

    private static void command(StringBuilder page, CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        page.append("## ").append(name).append("\n\n");
        page.append(sentences(command.getCommandSpec().usageMessage().description()))
                .append("\n\n");
        page.append("```console\n$ ").append(name).append(' ');
        page.append("[OPTIONS]");
        parameters(command).forEach(parameter -> page.append(' ').append(synopsis(parameter)));
        page.append("\n```\n\n");
        if (!parameters(command).isEmpty()) {
            page.append("| argument | what it is |\n|---|---|\n");
            parameters(command).forEach(parameter -> row(page, synopsis(parameter), parameter.description()));
            page.append('\n');
        }
        page.append("| option | what it does |\n|---|---|\n");
        options(command).forEach(option -> row(page, synopsis(option), option.description()));
        String[] footer = command.getCommandSpec().usageMessage().footer();
        String examples = Stream.of(footer)
                .filter(line -> !line.isBlank())
                .map(String::strip)
                .collect(Collectors.joining("\n"));
        if (!examples.isEmpty()) {
            page.append("\n```sh\n").append(examples).append("\n```\n");
        }
        page.append('\n');
    }

    private static List<PositionalParamSpec> parameters(CommandLine command) {
        return command.getCommandSpec().positionalParameters();
    }

    private static List<OptionSpec> options(CommandLine command) {
        return command.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                // help and version, which have no order, come last
                .sorted(Comparator.comparingInt(option -> option.order() < 0 ? Integer.MAX_VALUE : option.order()))
                .toList();
    }

    private static String synopsis(PositionalParamSpec parameter) {
        String label = parameter.paramLabel() + (parameter.isMultiValue() ? "…" : "");
        return parameter.arity().min() == 0 ? "[" + label + "]" : label;
    }

    private static String synopsis(OptionSpec option) {
        String names = String.join("`, `", option.names());
        String more = option.splitRegex().isEmpty() ? "" : option.splitRegex() + "…";
        return option.arity().max() == 0 ? names : names + " " + option.paramLabel() + more;
    }

    private static void row(StringBuilder page, String code, String[] description) {
        page.append("| `")
                .append(code)
                .append("` | ")
                .append(sentences(description).replace("|", "\\|"))
                .append(" |\n");
    }

    /** As Markdown, in which nothing that looks like mark-up is any. */
    private static String sentences(String[] lines) {
        return Stream.of(lines)
                .map(String::strip)
                .collect(Collectors.joining(" "))
                .strip()
                .replaceAll("([\\\\`*_<>\\[\\]#])", "\\\\$1");
    }
}
