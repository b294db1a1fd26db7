package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.text.SafeText;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;

/** Prints stack traces whose messages may quote a server, or an argument. */
final class Traces {
    /** Causes that lead back to themselves have no end. */
    private static final int MOST = 20;

    private Traces() {}

    static void print(Throwable thrown, PrintStream out) {
        // its messages quote arguments, any of which may be a password; what can be said without those was said
        boolean quotesArguments = thrown instanceof ParameterException;
        @Nullable Throwable next = thrown;
        for (int i = 0; i < MOST && next != null; i++) {
            String shown = quotesArguments ? next.getClass().getName() : SafeText.sentence(next.toString());
            out.println((i == 0 ? "" : "Caused by: ") + shown);
            for (StackTraceElement frame : next.getStackTrace()) {
                out.println("\tat " + frame);
            }
            next = next.getCause();
        }
    }
}
