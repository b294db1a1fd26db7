package io.github.moonlibs.discovery.core.bulk;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Attempts whose replies still count when they have timed out, in the order of their times, which is that of their beginnings:
 * the options give each the same. Used by one thread.
 */
final class TimeOuts {
    private static final int MIN_PURGE = 2 * BulkCall.WINDOW;

    private final ArrayDeque<BulkAttempt> open = new ArrayDeque<>();

    /** When there are so many, those that are over are removed. */
    private int purgeAt = MIN_PURGE;

    void add(BulkAttempt attempt) {
        open.add(attempt);
        if (open.size() >= purgeAt) {
            open.removeIf(each -> each.isOver);
            purgeAt = Math.max(MIN_PURGE, 2 * open.size());
        }
    }

    /** The next one that has timed out and has no outcome, which is removed; null if there is none. */
    @Nullable
    BulkAttempt next(long now) {
        BulkAttempt next = open.peek();
        while (next != null && (next.isOver || next.attempt.leftNanos(now) <= 0)) {
            open.remove();
            if (!next.isOver && !next.attempt.isDone()) {
                return next;
            }
            next = open.peek();
        }
        return null;
    }

    /** How long until the next one times out; without end if there is none. */
    long leftNanos(long now) {
        BulkAttempt next = open.peek();
        return next == null ? Long.MAX_VALUE : next.attempt.leftNanos(now);
    }
}
