package io.github.moonlibs.discovery;

/** Numbers for people. */
final class DecimalText {
    private DecimalText() {}

    /** Up to two decimals, and no more than are needed. */
    static String of(double value) {
        double rounded = Math.round(100 * value) / 100.0;
        return rounded == Math.rint(rounded) ? String.valueOf((long) rounded) : String.valueOf(rounded);
    }
}
