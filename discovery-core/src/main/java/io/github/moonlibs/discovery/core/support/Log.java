package io.github.moonlibs.discovery.core.support;

import java.lang.System.Logger.Level;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The library's log. Where a line goes is the application's affair, and what is thrown there, or for want of memory, costs
 * that line and nothing else: it must not end the connection, or the thread, that the line is about.
 */
public final class Log {
    private final System.Logger logger;

    Log(System.Logger logger) {
        this.logger = logger;
    }

    /** The log that all of the core writes to. */
    public static Log ofCore() {
        return new Log(System.getLogger("io.github.moonlibs.discovery"));
    }

    boolean isLoggable(Level level) {
        try {
            return logger.isLoggable(level);
        } catch (Throwable unknown) {
            return false;
        }
    }

    public void log(Level level, String message) {
        log(level, () -> message, null);
    }

    public void log(Level level, String message, @Nullable Throwable thrown) {
        log(level, () -> message, thrown);
    }

    public void log(Level level, Supplier<String> message) {
        log(level, message, null);
    }

    public void log(Level level, Supplier<String> message, @Nullable Throwable thrown) {
        try {
            if (thrown == null) {
                logger.log(level, message);
            } else {
                logger.log(level, message, thrown);
            }
        } catch (Throwable lost) {
            // there is nowhere to report it
        }
    }
}
