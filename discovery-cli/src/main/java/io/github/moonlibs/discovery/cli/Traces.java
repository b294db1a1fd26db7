package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.text.SafeText;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** Prints stack traces whose messages may quote a server. */
final class Traces {
    /** Causes that lead back to themselves have no end. */
    private static final int MOST = 20;

    private Traces() {}

    static void print(Throwable thrown, PrintStream out) {
        @Nullable Throwable next = thrown;
        for (int i = 0; i < MOST && next != null; i++) {
            out.println((i == 0 ? "" : "Caused by: ") + SafeText.sentence(next.toString()));
            for (StackTraceElement frame : next.getStackTrace()) {
                out.println("\tat " + frame);
            }
            next = next.getCause();
        }
    }
}
