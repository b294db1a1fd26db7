package io.github.moonlibs.discovery.core.bulk;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The hedges that elements expect, by the times at which they are due. Each element expects one at most: an attempt whose
 * element goes by another one now, or expects none any more, is passed by. As a rule they become due in the order in which
 * they are expected, and then they are not sorted. Used by one thread.
 */
final class Hedges {
    /** When there are so many, those that are passed by are removed. */
    private final int many;

    private final ArrayDeque<BulkAttempt> inOrder = new ArrayDeque<>();

    /** Those that are due before one that was expected earlier. Times of System.nanoTime are compared by their difference. */
    private final PriorityQueue<BulkAttempt> sorted =
            new PriorityQueue<>((one, other) -> Long.signum(one.hedgeAt - other.hedgeAt));

    Hedges(int many) {
        this.many = many;
    }

    /** Expects the hedge of the attempt's element at that time, and at no other. */
    void expect(BulkAttempt attempt, long at) {
        attempt.hedgeAt = at;
        attempt.element.toHedge = attempt;
        BulkAttempt last = inOrder.peekLast();
        Queue<BulkAttempt> due = last == null || at - last.hedgeAt >= 0 ? inOrder : sorted;
        due.add(attempt);
        if (due.size() > many) {
            due.removeIf(each -> !each.expectsHedge());
        }
    }

    /** The attempt whose hedge is due next; null if none is expected. */
    @Nullable
    BulkAttempt next() {
        BulkAttempt one = first(inOrder);
        BulkAttempt other = first(sorted);
        return one == null || (other != null && other.hedgeAt - one.hedgeAt < 0) ? other : one;
    }

    private static @Nullable BulkAttempt first(Queue<BulkAttempt> due) {
        BulkAttempt first = due.peek();
        while (first != null && !first.expectsHedge()) {
            due.remove();
            first = due.peek();
        }
        return first;
    }

    /** Removes what {@link #next} has returned. */
    void remove(BulkAttempt next) {
        // it is the first of one of the two
        if (next.equals(inOrder.peek())) {
            inOrder.remove();
        } else {
            sorted.remove();
        }
    }
}
