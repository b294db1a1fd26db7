package io.github.moonlibs.discovery.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.moonlibs.discovery.fuzz.Growth;
import io.github.moonlibs.discovery.fuzz.Refusal;
import io.github.moonlibs.discovery.fuzz.Target;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

/** Arguments of the command line, one a line. Nothing of what they ask for is done. */
public final class CommandLineTarget implements Target {
    private static final List<String> PLANTED = List.of(
            "--password\n" + Refusal.SECRET, "--password=" + Refusal.SECRET, "--endpoints\napp:" + Refusal.SECRET);

    private static final Terminal NONE = new Terminal() {
        @Override
        public boolean isInteractive() {
            return false;
        }

        @Override
        public Size size() {
            return new Size(80, 24);
        }

        @Override
        public String ask(String prompt) {
            throw new IllegalStateException("there is nobody to ask");
        }

        @Override
        public Keyboard keyboard() {
            throw new IllegalStateException("there are no keys");
        }
    };

    @Override
    public String name() {
        return "command-line";
    }

    /** Once as they are, and once with a password behind them. */
    @Override
    public boolean read(byte[] input) {
        String text = new String(input, UTF_8);
        parse(text + "\n" + Refusal.planted(PLANTED, input));
        return parse(text);
    }

    /** The model of all commands and options, which is made anew for each reading. */
    @Override
    public long constant() {
        return 16 << 20;
    }

    /** A command line is its user's, who may wait for it; picocli copies all that is left of it for each argument. */
    @Override
    public List<Growth> growths() {
        return List.of();
    }

    private static boolean parse(String arguments) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Output stream = new Output(printed, () -> false);
        int code = Main.commandLine(new Shell(InputStream.nullInputStream(), stream, stream, Map.of(), NONE))
                .setExecutionStrategy(parsed -> Main.OK)
                .execute(arguments.split("\n", -1));
        Refusal.check(printed.toString(UTF_8));
        if (code != Main.OK && (code != 2 || printed.size() == 0)) {
            throw new IllegalStateException("expected a sentence and exit code 2, got " + code);
        }
        return code == Main.OK;
    }
}
