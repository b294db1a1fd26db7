package io.github.moonlibs.discovery.cli;

import java.io.Console;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The terminal of this process. Java cannot ask for its size, but {@code stty} can, which every Unix has. Without it,
 * COLUMNS and LINES count, then 80 and 24.
 *
 * <p>On Java 21 there is a console only if there is a terminal. From Java 22 on this needs {@code
 * -Djdk.console=java.base}, which the image's launcher sets.
 */
@SuppressWarnings("SystemConsoleNull")
final class SystemTerminal implements Terminal {
    private static final Pattern ROWS_COLUMNS = Pattern.compile("(\\d+) (\\d+)\\s*");
    private static final Size USUAL = new Size(80, 24);

    private final @Nullable Console console = System.console();
    private final Map<String, String> environment;

    SystemTerminal(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public boolean isInteractive() {
        return console != null;
    }

    @Override
    public Size size() {
        Matcher said = ROWS_COLUMNS.matcher(Stty.run("size"));
        // a terminal whose size was never set reports 0 0
        if (said.matches() && !said.group(2).equals("0")) {
            return new Size(Integer.parseInt(said.group(2)), Integer.parseInt(said.group(1)));
        }
        return new Size(variable("COLUMNS", USUAL.columns()), variable("LINES", USUAL.rows()));
    }

    private int variable(String name, int otherwise) {
        String value = environment.getOrDefault(name, "");
        return value.matches("[1-9]\\d{0,3}") ? Integer.parseInt(value) : otherwise;
    }

    @Override
    public Keyboard keyboard() {
        return new TerminalKeyboard();
    }

    @Override
    public String ask(String prompt) {
        char[] secret = console == null ? null : console.readPassword("%s", prompt);
        return secret == null ? "" : new String(secret);
    }
}
