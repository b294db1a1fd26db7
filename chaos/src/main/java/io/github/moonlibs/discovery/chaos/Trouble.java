package io.github.moonlibs.discovery.chaos;

/**
 * A fault as it happened. Times are nanoseconds from the start of the run.
 *
 * @param node that had it
 * @param kind what happened
 * @param begin just before it was caused
 * @param end when the node had answered a witness that asked after the fault had been removed
 */
record Trouble(String node, FaultKind kind, long begin, long end) {
    boolean overlaps(long from, long to) {
        return begin <= to && end >= from;
    }
}
