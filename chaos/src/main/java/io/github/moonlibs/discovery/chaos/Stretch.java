package io.github.moonlibs.discovery.chaos;

/**
 * A stretch of time about which something was observed, in nanoseconds from the start of the run.
 *
 * @param from its beginning
 * @param to its end
 */
record Stretch(long from, long to) {
    boolean overlaps(long otherFrom, long otherTo) {
        return from <= otherTo && to >= otherFrom;
    }

    long length() {
        return to - from;
    }
}
