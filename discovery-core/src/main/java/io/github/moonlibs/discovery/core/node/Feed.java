package io.github.moonlibs.discovery.core.node;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.support.Backoff;
import io.github.moonlibs.discovery.spi.KeyWatch;
import io.github.moonlibs.discovery.spi.Transport.WatchingConnection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How the announcements of one session come: when to ask for one, and what the server pushes. For the node's own thread; events
 * only leave a mark, and wake it.
 *
 * <pre>
 *   a question has ended ─────────────── discovery interval ──▶ ask          a server that pushes nothing,
 *                                                                            or that has failed to answer
 *   a server that pushes ─────────────── heartbeat interval ──▶ ask          also one that reports its status,
 *                                                                            if that is all that is asked for
 *   box.status has changed ───────────────────────────────────▶ ask at once
 *   ... of a server that pushes ──────── discovery interval ──▶ ask, unless it has pushed around that time
 *   a version was pushed ── a random moment of the spread ────▶ ask
 * </pre>
 */
final class Feed implements AutoCloseable {
    private static final String STATUS = "box.status";

    /** A server whose state flaps is asked so many times an interval, and as many times in a row. */
    private static final int QUESTIONS_PER_INTERVAL = 10;

    private final long intervalNanos;
    private final long heartbeatNanos;
    private final RandomGenerator random;
    private final Runnable wake;
    private final @Nullable KeyWatch status;
    private final @Nullable KeyWatch broadcasts;

    /** Whether the answer changes only with the status, so that a server which reports its status need not be asked. */
    private final boolean isToldByStatus;

    /** Whether the server has reported a status, rather than that it has no such key. */
    private boolean reportsStatus;

    // marks of events
    private final AtomicInteger statusEvents = new AtomicInteger();
    private volatile boolean isHinted;
    private volatile boolean isPushed;

    /** The order of what was accepted last. */
    private @Nullable AnnouncementOrder known;

    /** The order of what was pushed last, as long as the server pushes; null: it doesn't. */
    private @Nullable AnnouncementOrder pushed;

    /** When the server pushed last, be it that there is something to ask for. */
    private long heardNanos;

    /** When a push was accepted last; 0: never. */
    private long pushedNanos;

    private boolean hasFailed;
    private long endedNanos;
    private long pauseNanos;
    /** When to ask for the version that was pushed; 0: there is none. */
    private long fetchNanos;
    /** Since when the hint is known of, while the server pushes; 0: there is none. */
    private long hintNanos;
    /** Until when the questions asked so far would take, if they came evenly. */
    private long paidUntilNanos = System.nanoTime();

    /** @param wake called when there is something to look at; must not block */
    Feed(Session session, Question question, ClientOptions options, RandomGenerator random, Runnable wake) {
        intervalNanos = options.discoveryInterval().toNanos();
        heartbeatNanos = Math.max(intervalNanos, options.heartbeatInterval().toNanos());
        this.random = random;
        this.wake = wake;
        heardNanos = System.nanoTime() - intervalNanos;
        WatchingConnection connection = session.watching();
        status = connection == null ? null : connection.watch(STATUS, this::statusChanged);
        isToldByStatus = !question.canBePushed();
        broadcasts =
                connection == null || isToldByStatus ? null : connection.watch(question.procedure(), this::hasPushed);
    }

    private void statusChanged() {
        // the first event has the status before the first question, which is under way
        if (statusEvents.getAndIncrement() > 0) {
            isHinted = true;
            wake.run();
        }
    }

    private void hasPushed() {
        isPushed = true;
        wake.run();
    }

    /** Whether the server reports what changes, so that it need not be asked. */
    boolean isFed() {
        return (pushed != null || reportsStatus) && !hasFailed;
    }

    /** What was pushed can't be used: asks, and goes on asking. */
    void unusable() {
        pushed = null;
        isHinted = true;
        slowDown();
    }

    // ---- questions

    /** A question is about to be sent. What comes from now on is newer than what it was asked because of. */
    void asking() {
        isHinted = false;
        hintNanos = 0;
        fetchNanos = 0;
        paidUntilNanos = later(paidUntilNanos, System.nanoTime()) + intervalNanos / QUESTIONS_PER_INTERVAL;
    }

    /** A question has ended. */
    void ended(boolean failed) {
        hasFailed = failed;
        reportsStatus |= isToldByStatus && statusEvents.get() > 0 && hasStatus();
        endedNanos = System.nanoTime();
        pauseNanos = Backoff.jittered(isFed() ? heartbeatNanos : intervalNanos, random);
    }

    private boolean hasStatus() {
        try {
            Result content = status == null ? null : status.next();
            return content != null && content.size() > 0 && content.get(0) != null;
        } catch (ConversionException unreadable) {
            return false;
        }
    }

    /**
     * Whether an answer counts, rather than being older than what was pushed since it was asked for. Without such a push it
     * counts whatever its order says: the server has counted anew.
     */
    boolean accepts(@Nullable AnnouncementOrder order, long askedNanos) {
        boolean isOvertaken = pushedNanos != 0 && pushedNanos - askedNanos > 0;
        if (isOvertaken && (order == null || !order.isAtLeast(known))) {
            isHinted |= order == null;
            return false;
        }
        known = order;
        if (pushed != null && !pushed.isAtLeast(order)) {
            // pushes fail to come
            pushed = null;
        }
        return true;
    }

    // ---- pushes

    /**
     * Looks at what was pushed since.
     *
     * @return a whole announcement that is newer than what is known; null if there is none
     */
    @Nullable
    Push take() {
        if (!isPushed) {
            return null;
        }
        isPushed = false;
        Push push = next();
        if (push == null) {
            return null;
        }
        AnnouncementOrder order = push.order();
        if (order == null) {
            pushed = null;
            isHinted |= push.content().size() > 0;
            slowDown();
            return null;
        }
        pushed = order;
        heardNanos = System.nanoTime();
        slowDown();
        if (known != null && known.isAtLeast(order)) {
            return null;
        }
        if (push.isWhole()) {
            return push;
        }
        long spread = (long) (push.spreadSeconds() * TimeUnit.SECONDS.toNanos(1));
        fetchNanos = System.nanoTime() + (spread == 0 ? 0 : random.nextLong(spread));
        return null;
    }

    private @Nullable Push next() {
        try {
            Result content = broadcasts == null ? null : broadcasts.next();
            return content == null ? null : Push.of(content);
        } catch (ConversionException unreadable) {
            isHinted = true;
            return null;
        }
    }

    /** The server pushes now, or does so no longer. */
    private void slowDown() {
        pauseNanos = Backoff.jittered(isFed() ? heartbeatNanos : intervalNanos, random);
    }

    /** What was pushed counts. */
    void accepted(AnnouncementOrder order) {
        known = order;
        pushedNanos = System.nanoTime();
    }

    // ---- time

    /** How long to wait before the next question; zero or less: not at all. */
    long pauseNanos(long now) {
        long left = endedNanos + pauseNanos - now;
        if (isHinted) {
            left = Math.min(left, untilHint(now));
        }
        if (fetchNanos != 0) {
            left = Math.min(left, fetchNanos - now);
        } else if (pushed != null && known != null && !known.isAtLeast(pushed)) {
            // what was pushed could not be used
            left = Math.min(left, endedNanos + intervalNanos - now);
        }
        return left;
    }

    private long untilHint(long now) {
        if (pushed == null || hasFailed) {
            return paidUntilNanos - intervalNanos - now;
        }
        if (hintNanos == 0) {
            hintNanos = now;
        }
        if (heardNanos - hintNanos + intervalNanos > 0) {
            // the hint is of what was pushed
            isHinted = false;
            hintNanos = 0;
            return Long.MAX_VALUE;
        }
        return hintNanos + intervalNanos - now;
    }

    private static long later(long one, long other) {
        return one - other > 0 ? one : other;
    }

    @Override
    public void close() {
        if (status != null) {
            status.close();
        }
        if (broadcasts != null) {
            broadcasts.close();
        }
    }
}
