package io.github.moonlibs.discovery.chaos;

import java.time.Duration;

/**
 * One entry of a schedule.
 *
 * @param at when it begins, from the start of the run
 * @param length for how long it lasts; zero for poison
 * @param node whose it is, from 0; -1 for poison, which any node may have to serve
 * @param kind what happens
 * @param share of the packets that are lost, 0 to 1; 0 for other kinds
 */
record PlannedFault(Duration at, Duration length, int node, FaultKind kind, double share) {
    Duration end() {
        return at.plus(length);
    }

    /** What happens, in words. */
    String what() {
        String what = kind == FaultKind.LOSE ? Math.round(share * 100) + " % of the " + kind : kind.toString();
        return length.isZero() ? what : what + " for " + Times.seconds(length.toNanos());
    }

    @Override
    public String toString() {
        return Times.seconds(at.toNanos()) + (node < 0 ? "" : " n" + (node + 1)) + " " + what();
    }
}
