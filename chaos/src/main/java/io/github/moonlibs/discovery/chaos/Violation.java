package io.github.moonlibs.discovery.chaos;

/**
 * A promise that was not kept.
 *
 * @param rule which one, in a word or two
 * @param at in nanoseconds from the start of the run
 * @param what happened, in one line
 */
record Violation(String rule, long at, String what) {
    /** The line of a report. */
    String line(long seed) {
        return "violation, seed " + seed + ", " + Times.seconds(at) + ", " + rule + ": " + what;
    }
}
