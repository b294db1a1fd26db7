package io.github.moonlibs.discovery;

/** Numbers for people. */
final class DecimalText {
    /** Below it, every whole number is a double. */
    private static final double LARGEST_WHOLE = 1L << 53;

    private DecimalText() {}

    /** All of it: what is announced is shown as it was announced. */
    static String exact(double value) {
        return value == Math.rint(value) && Math.abs(value) < LARGEST_WHOLE
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }

    /** Up to two decimals, and no more than are needed. */
    static String of(double value) {
        double rounded = Math.round(100 * value) / 100.0;
        return rounded == Math.rint(rounded) ? String.valueOf((long) rounded) : String.valueOf(rounded);
    }
}
