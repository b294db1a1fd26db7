package io.github.moonlibs.discovery.benchmarks;

import java.util.Locale;

/**
 * Whether a goal was reached.
 *
 * @param bound the goal, in words
 * @param measured the result, in words
 */
public record Verdict(String what, String bound, String measured, boolean reached) {
    /** The verdict on a figure with a lower bound. */
    public static Verdict atLeast(String what, double bound, double measured, String unit) {
        return new Verdict(what, "at least " + text(bound, unit), text(measured, unit), measured >= bound);
    }

    /** The verdict on a figure with an upper bound. */
    public static Verdict atMost(String what, double bound, double measured, String unit) {
        return new Verdict(what, "at most " + text(bound, unit), text(measured, unit), measured <= bound);
    }

    private static String text(double figure, String unit) {
        String format = Math.abs(figure) >= 100 ? "%,.0f%s" : Math.abs(figure) >= 10 ? "%.1f%s" : "%.3g%s";
        return String.format(Locale.ROOT, format, figure, unit);
    }

    @Override
    public String toString() {
        return what + ": " + measured + ", " + bound + ": " + (reached ? "reached" : "missed");
    }
}
