package io.github.moonlibs.discovery;

import java.io.Serializable;

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
        Adjust adjust)
        implements Serializable {
    private static final long serialVersionUID = 1;

    /** What to do where a month is too short for the day; in the order of their numbers on the wire. */
    public enum Adjust {
        /** Count the surplus days into the next month. */
        EXCESS,
        /** Stop at the month's last day; Tarantool's default. */
        NONE,
        /** Keep the month's last day the last one. */
        LAST
    }

    /** The units that are not zero: {@code 1 year, -2 months}; what to do with a short month, if that is not the default. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        add(text, years, "year");
        add(text, months, "month");
        add(text, weeks, "week");
        add(text, days, "day");
        add(text, hours, "hour");
        add(text, minutes, "minute");
        add(text, seconds, "second");
        add(text, nanoseconds, "nanosecond");
        return (text.isEmpty() ? "0 seconds" : text)
                + switch (adjust) {
                    case NONE -> "";
                    case EXCESS -> " (excess days count on)";
                    case LAST -> " (last days stay last)";
                };
    }

    private static void add(StringBuilder text, long count, String unit) {
        if (count != 0) {
            text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(unit);
            text.append(Math.abs(count) == 1 ? "" : "s");
        }
    }
}
