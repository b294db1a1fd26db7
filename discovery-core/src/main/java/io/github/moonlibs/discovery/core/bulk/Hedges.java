package io.github.moonlibs.discovery.core.bulk;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The hedges that elements expect, by the times at which they are due. Each element expects one at most: an attempt whose
 * element goes by another one now, or expects none any more, is passed by. Used by one thread.
 */
final class Hedges {
    /** When there are so many, those that are passed by are removed. */
    private final int many;

    // times of System.nanoTime are compared by their difference
    private final PriorityQueue<BulkAttempt> due =
            new PriorityQueue<>((one, other) -> Long.signum(one.hedgeAt - other.hedgeAt));

    Hedges(int many) {
        this.many = many;
    }

    /** Expects the hedge of the attempt's element at that time, and at no other. */
    void expect(BulkAttempt attempt, long at) {
        attempt.hedgeAt = at;
        attempt.element.toHedge = attempt;
        due.add(attempt);
        if (due.size() > many) {
            due.removeIf(each -> !each.expectsHedge());
        }
    }

    /** The attempt whose hedge is due next; null if none is expected. */
    @Nullable
    BulkAttempt next() {
        BulkAttempt next = due.peek();
        while (next != null && !next.expectsHedge()) {
            due.remove();
            next = due.peek();
        }
        return next;
    }

    /** Removes what {@link #next} has returned. */
    void remove() {
        due.remove();
    }
}
