package io.github.moonlibs.discovery.cli;

import java.io.PrintStream;
import java.text.MessageFormat;
import java.util.List;
import java.util.Queue;
import java.util.ResourceBundle;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Takes what the library logs, so that none of it comes between the lines of a command. Warnings are kept to be looked
 * through, and shown where that is asked for.
 */
public final class Logs extends System.LoggerFinder {
    /** A program that watches for days must not keep every line of them. */
    private static final int KEPT = 1_000;

    private static final Queue<String> WARNINGS = new ConcurrentLinkedQueue<>();
    private static volatile @Nullable PrintStream shown;

    /** For ServiceLoader. */
    public Logs() {}

    /** Forgets the warnings so far; from now on shows everything there, or nothing where it is null. */
    static void show(@Nullable PrintStream there) {
        WARNINGS.clear();
        shown = there;
    }

    /** The warnings that contain the text, the oldest first. */
    static List<String> warnings(String text) {
        return WARNINGS.stream().filter(line -> line.contains(text)).toList();
    }

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new Log(name);
    }

    private record Log(String name) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level.getSeverity() >= (shown == null ? Level.WARNING : Level.INFO).getSeverity()
                    && level != Level.OFF;
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
            if (!isLoggable(level)) {
                return;
            }
            if (level.getSeverity() >= Level.WARNING.getSeverity()) {
                WARNINGS.add(message);
                while (WARNINGS.size() > KEPT) {
                    WARNINGS.poll();
                }
            }
            PrintStream there = shown;
            if (there != null) {
                there.println(level + " " + message);
                if (thrown != null) {
                    thrown.printStackTrace(there);
                }
            }
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object @Nullable ... arguments) {
            log(
                    level,
                    bundle,
                    arguments == null || arguments.length == 0 ? format : MessageFormat.format(format, arguments),
                    (Throwable) null);
        }
    }
}
