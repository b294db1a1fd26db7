package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.text.SafeText;
import java.io.PrintStream;
import java.text.MessageFormat;
import java.util.List;
import java.util.Queue;
import java.util.ResourceBundle;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Receives the library's log, so that it does not mix with a command's output. Warnings are kept, to be searched, and
 * shown if the user asks for that.
 */
public final class Logs extends System.LoggerFinder {
    /** A program that watches for days must not keep all of its lines. */
    private static final int KEPT = 1_000;

    private static final Queue<String> WARNINGS = new ConcurrentLinkedQueue<>();
    private static volatile @Nullable PrintStream shown;

    /** For ServiceLoader. */
    public Logs() {}

    /** Forgets the warnings so far. From now on everything is shown on this stream; null: nothing. */
    static void show(@Nullable PrintStream there) {
        WARNINGS.clear();
        shown = there;
    }

    /** The warnings that contain the text, oldest first. */
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
                there.println(level + " " + SafeText.sentence(message));
                if (thrown != null) {
                    Traces.print(thrown, there);
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
