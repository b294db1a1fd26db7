package io.github.moonlibs.discovery.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the script by which a shell completes commands and options. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Writes the script by which a shell completes commands and options.",
        footer = {
            "",
            "  source <(discovery completion bash)     # or zsh; in ~/.bashrc or ~/.zshrc",
            "  discovery completion fish | source      # in ~/.config/fish/config.fish"
        })
final class CompletionCommand implements Callable<Integer> {
    /** The shells that are known; their names are the words of the command line. */
    enum ShellName {
        bash,
        zsh,
        fish
    }

    @Parameters(index = "0", paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
    private ShellName name = ShellName.bash;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    private final Shell shell;

    CompletionCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        CommandLine discovery = spec.root().commandLine();
        shell.out()
                .print(
                        name == ShellName.fish
                                ? FishCompletion.script(discovery.getCommandSpec())
                                : AutoComplete.bash("discovery", discovery));
        return Main.OK;
    }
}
