package io.github.moonlibs.discovery.options;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What an option's value has to satisfy. Each message says which option it is, what was expected and what was given. */
public final class Checks {
    private static final int DAYS_OF_A_CENTURY = 36_524;

    private Checks() {}

    /** The value, which may not be null. */
    public static <T> T given(String option, @Nullable T value) {
        if (value == null) {
            throw new NullPointerException(option + ": expected a value, got null");
        }
        return value;
    }

    /** The time, which has to be above zero and under a century, so that sums of nanoseconds don't overflow. */
    public static Duration positive(String option, Duration value) {
        given(option, value);
        check(
                option,
                "a time above zero and under a century",
                value.isPositive() && value.toDays() <= DAYS_OF_A_CENTURY,
                value);
        return value;
    }

    public static int atLeast(String option, int min, int value) {
        check(option, "at least " + min, value >= min, value);
        return value;
    }

    public static int within(String option, int min, int max, int value) {
        check(option, "a number from " + min + " to " + max, value >= min && value <= max, value);
        return value;
    }

    /** The text, which may not be empty. */
    public static String name(String option, String value) {
        return notEmpty(option, "a name", value);
    }

    /** The text, which may not be empty; what it is goes into the message. */
    public static String notEmpty(String option, String what, String value) {
        if (given(option, value).isEmpty()) {
            throw new IllegalArgumentException(option + ": expected " + what + ", got an empty string");
        }
        return value;
    }

    /** Refuses the value unless the condition holds. */
    public static void check(String option, String expected, boolean holds, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(option + ": expected " + expected + ", got " + value);
        }
    }
}
