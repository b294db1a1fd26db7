package io.github.moonlibs.discovery.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * The input and output of a command.
 *
 * @param in what arguments may come from
 * @param out for results
 * @param err for errors, and for remarks about the result
 * @param environment the variables of the process
 * @param terminal the terminal, if there is one
 */
record Shell(InputStream in, Output out, PrintStream err, Map<String, String> environment, Terminal terminal) {
    /** For files and pipes, which have no width. */
    private static final int WIDE = 120;

    /** Whether to use colours: there is a terminal, and NO_COLOR (no-color.org) is not set. */
    boolean colours() {
        return terminal.isInteractive()
                && environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /** How wide lines may be. */
    int columns() {
        return terminal.isInteractive() ? terminal.size().columns() : WIDE;
    }
}
