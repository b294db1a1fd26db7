package io.github.moonlibs.discovery.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
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
    @Parameters(index = "0", paramLabel = "SHELL", description = "bash, zsh or fish.")
    private String name = "";

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
                        switch (name) {
                            case "bash", "zsh" -> AutoComplete.bash("discovery", discovery);
                            case "fish" -> FishCompletion.script(discovery.getCommandSpec());
                            default ->
                                throw new ParameterException(spec.commandLine(), "SHELL: expected bash, zsh or fish");
                        });
        return Main.OK;
    }
}
