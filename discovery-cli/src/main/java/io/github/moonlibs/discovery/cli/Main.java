package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.DiscoveryException;
import io.github.moonlibs.discovery.text.SafeText;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.module.ModuleDescriptor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code discovery}. */
@Command(
        name = "discovery",
        description =
                "Shows a Tarantool replicaset, and calls it, like an application that uses the library discovery.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 success; 1 a problem was found, or a call failed; 2 the command line is wrong.",
            "Variables: DISCOVERY_TOPOLOGY, DISCOVERY_USER and DISCOVERY_PASSWORD replace options; NO_COLOR."
        })
public final class Main implements Runnable {
    static final int OK = 0;
    static final int AT_FAULT = 1;

    private static final Pattern LONG_OPTION = Pattern.compile("(--[a-z][a-z-]{0,30})(=.*)?", Pattern.DOTALL);
    private static final Pattern FOUND = Pattern.compile("found '.*'", Pattern.DOTALL);

    /** How the core says that it hasn't found discovery-etcd. */
    private static final Pattern OF_ETCD = Pattern.compile("no plug-in has the scheme \"(etcd|file)\"");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    private Main() {}

    /** Runs the command and exits with its code. */
    public static void main(String[] arguments) {
        Map<String, String> environment = System.getenv();
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(
                new Shell(System.in, Output.ofProcess(), err, environment, new SystemTerminal(environment)),
                arguments));
    }

    /** All commands with their options, as a reference of them needs them. */
    public static CommandLine commands() {
        return commandLine(
                new Shell(System.in, Output.ofProcess(), System.err, Map.of(), new SystemTerminal(Map.of())));
    }

    /** Runs a command; returns its exit code. */
    static int run(Shell shell, String... arguments) {
        int code = commandLine(shell, arguments).execute(arguments);
        String failure = shell.out().failure();
        if (failure == null) {
            return code;
        }
        shell.err().println("discovery: not all of the output could be written: " + SafeText.sentence(failure));
        return code == OK ? AT_FAULT : code;
    }

    /** Reads arguments, and says what is wrong with them. */
    static CommandLine commandLine(Shell shell, String... arguments) {
        CommandLine discovery = new CommandLine(new Main());
        commands(shell, arguments.length == 0 ? "" : arguments[0]).forEach(discovery::addSubcommand);
        discovery
                .setOut(new PrintWriter(shell.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(shell.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        shell.colours() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .registerConverter(Duration.class, new Times())
                // a password may begin with an @, and an argument @FILE is a value: neither is more of the command line
                .setExpandAtFiles(false)
                .registerConverter(int.class, new WholeNumbers<>(Integer::valueOf))
                .registerConverter(Integer.class, new WholeNumbers<>(Integer::valueOf))
                .registerConverter(Long.class, new WholeNumbers<>(Long::valueOf));
        discovery.setParameterExceptionHandler((wrong, all) -> fail(shell, wrong.getCommandLine(), wrong));
        discovery.setExecutionExceptionHandler((failure, command, all) -> fail(shell, command, failure));
        return discovery;
    }

    /** The command that is named, and all for any other word: to describe them to picocli takes most of a start's time. */
    private static List<Object> commands(Shell shell, String name) {
        return switch (name) {
            case "watch" -> List.of(new WatchCommand(shell));
            case "call" -> List.of(new CallCommand(shell));
            case "check" -> List.of(new CheckCommand(shell));
            case "explain" -> List.of(new ExplainCommand(shell));
            case "bench" -> List.of(new BenchCommand(shell));
            case "--version" -> List.of();
            default ->
                List.of(
                        new WatchCommand(shell),
                        new CallCommand(shell),
                        new CheckCommand(shell),
                        new ExplainCommand(shell),
                        new BenchCommand(shell),
                        new CompletionCommand(shell),
                        new HelpCommand());
        };
    }

    private static int fail(Shell shell, CommandLine command, Exception failure) {
        boolean usage = failure instanceof ParameterException || failure instanceof IllegalArgumentException;
        String name = command.getCommandSpec().qualifiedName();
        shell.err()
                .println(name + ": " + SafeText.sentence(sentence(failure))
                        + (usage ? " (see " + name + " --help)" : ""));
        if (command.getCommandSpec().userObject() instanceof ReplicasetCommand asked && asked.debug()) {
            Traces.print(failure, shell.err());
        }
        return usage ? CommandLine.ExitCode.USAGE : AT_FAULT;
    }

    /** The messages of the library and of picocli are enough. For a defect, the exception's type is added. */
    static String sentence(Exception failure) {
        boolean said = failure instanceof DiscoveryException
                || failure instanceof ParameterException
                || failure instanceof IllegalArgumentException;
        String text = said && failure.getMessage() != null ? failure.getMessage() : failure.toString();
        return switch (failure) {
            case UnmatchedArgumentException unmatched -> unexpected(unmatched);
            // what was found instead may be an option with a password behind its equals sign
            case MissingParameterException missing -> FOUND.matcher(text).replaceAll("found another one");
            case ParameterException wrong -> SafeText.of(text);
            case IllegalArgumentException lacking
            when OF_ETCD.matcher(text).find() -> text + "; the program discovery-etcd has it";
            default -> text;
        };
    }

    /** Names options only: an unexpected argument may be part of a password that the shell split. */
    private static String unexpected(UnmatchedArgumentException unmatched) {
        String first = unmatched.getUnmatched().getFirst();
        Matcher option = LONG_OPTION.matcher(first);
        if (option.matches()) {
            return "unknown option " + option.group(1);
        }
        List<String> meant = unmatched.getSuggestions();
        return "unexpected argument" + (meant.isEmpty() ? "" : "; did you mean " + String.join(" or ", meant) + "?");
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected a command");
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(Main.class.getModule().getDescriptor())
                    .flatMap(ModuleDescriptor::rawVersion)
                    .orElse("of an unknown version");
            return new String[] {"discovery " + version};
        }
    }
}
