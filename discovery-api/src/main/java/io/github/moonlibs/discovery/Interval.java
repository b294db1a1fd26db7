package io.github.moonlibs.discovery;

/**
 * Tarantool's datetime interval: a sum of calendar and clock units, each of either sign. Immutable and thread-safe.
 *
 * @param adjust what to do where a month is too short for the day
 */
public record Interval(
        long years,
        long months,
        long weeks,
        long days,
        long hours,
        long minutes,
        long seconds,
        long nanoseconds,
        Adjust adjust) {
    /** What to do where a month is too short for the day; in the order of their numbers on the wire. */
    public enum Adjust {
        /** Count the surplus days into the next month. */
        EXCESS,
        /** Stop at the month's last day; Tarantool's default. */
        NONE,
        /** Keep the month's last day the last one. */
        LAST
    }
}
