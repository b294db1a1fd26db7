package io.github.moonlibs.discovery;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call. Immutable and thread-safe.
 *
 * @param node the node that was called
 * @param start the time from the start of the call to its own
 * @param duration how long it took
 * @param failure why it failed; null if it succeeded
 */
public record Attempt(
        Instance node,
        Duration start,
        Duration duration,
        @Nullable AttemptException failure) {
    /** Node, outcome, start and duration in one line. */
    @Override
    public String toString() {
        String outcome = failure == null ? "ok" : failure.summary();
        return node + " +" + millis(start) + " " + outcome + " after " + millis(duration);
    }

    static String millis(Duration duration) {
        long micros = duration.toNanos() / 1_000;
        return micros < 10_000 ? micros / 1_000 + "." + micros % 1_000 / 100 + " ms" : micros / 1_000 + " ms";
    }

    /** Whole seconds as seconds, everything else as milliseconds. */
    static String text(Duration duration) {
        Duration seconds = duration.truncatedTo(ChronoUnit.SECONDS);
        return seconds.isPositive() && seconds.equals(duration) ? seconds.toSeconds() + " s" : millis(duration);
    }
}
