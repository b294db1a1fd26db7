package io.github.moonlibs.discovery.cli;

import java.io.PrintStream;
import java.util.Map;

/**
 * What a command meets the world through.
 *
 * @param out what was asked for
 * @param err what went wrong, and what is said about the answer
 * @param environment the variables of the process
 * @param terminal who may be watching
 */
record Shell(PrintStream out, PrintStream err, Map<String, String> environment, Terminal terminal) {
    /** For files and pipes, which have no width. */
    private static final int WIDE = 120;

    /** Whether escape sequences are welcome: there is a terminal, and NO_COLOR (no-color.org) is not set. */
    boolean colours() {
        return terminal.isInteractive()
                && environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /** How wide lines may be. */
    int columns() {
        return terminal.isInteractive() ? terminal.size().columns() : WIDE;
    }
}
