package io.github.moonlibs.discovery.chaos;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Nanoseconds, read and written. */
final class Times {
    private Times() {}

    static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** For example {@code 12.345 s}. */
    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
    }

    /** For example {@code 12.3 ms}. */
    static String inMillis(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
