package io.github.moonlibs.discovery.core.limits;

import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.RetryBudgetSnapshot;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A client's retry budget: a token bucket that every call which sends something fills by a share of a token, and that every extra
 * attempt takes one from. What is in it expires after ten seconds, second by second, as in Finagle's RetryBudget.
 *
 * <p>A call pays for this with one volatile read. The calls are counted anyway ({@link CallsInFlight}); the first one of
 * each second notes what the totals were when the second began. A difference of two notes is what happened in between,
 * also over seconds without a call.
 */
public final class RetryTokens {
    private static final int SECONDS = 10;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The totals at the beginning of each of the last seconds, the oldest first, and when the next one begins. */
    private static final class Window {
        final long[] calls;
        final long[] taken;
        final long nextSecond;

        Window(long[] calls, long[] taken, long nextSecond) {
            this.calls = calls;
            this.taken = taken;
            this.nextSecond = nextSecond;
        }
    }

    private final RetryBudget budget;
    private final LongSupplier calls;
    private final AtomicLong taken = new AtomicLong();
    private final LongAdder refusals = new LongAdder();
    private final ReentrantLock rolling = new ReentrantLock();
    private volatile Window window;

    /**
     * @param calls how many calls were made until now
     * @param now on the clock of all times that are given later, in nanoseconds
     */
    public RetryTokens(RetryBudget budget, LongSupplier calls, long now) {
        this.budget = budget;
        this.calls = calls;
        this.window = new Window(new long[SECONDS], new long[SECONDS], now + SECOND_NANOS);
    }

    /** Has to be called before a call is counted. */
    public void tick(long now) {
        // once a second, and only one: the others go on with the window that there is
        if (now - window.nextSecond >= 0 && rolling.tryLock()) {
            try {
                roll(now);
            } finally {
                rolling.unlock();
            }
        }
    }

    private void roll(long now) {
        Window old = window;
        long late = now - old.nextSecond;
        if (late < 0) {
            return;
        }
        long seconds = late / SECOND_NANOS + 1;
        window = new Window(
                shifted(old.calls, seconds, calls.getAsLong()),
                shifted(old.taken, seconds, taken.get()),
                old.nextSecond + seconds * SECOND_NANOS);
    }

    private static long[] shifted(long[] totals, long seconds, long present) {
        int shift = (int) Math.min(seconds, SECONDS);
        long[] next = Arrays.copyOfRange(totals, shift, shift + SECONDS);
        Arrays.fill(next, SECONDS - shift, SECONDS, present);
        return next;
    }

    /** Takes a token for an extra attempt; false if there is none. */
    public boolean take(long now) {
        tick(now);
        while (true) {
            long before = taken.get();
            if (before - window.taken[0] >= allowed()) {
                return false;
            }
            if (taken.compareAndSet(before, before + 1)) {
                return true;
            }
        }
    }

    /** Counts a call that wanted an extra attempt and got no token for it. */
    public void refused() {
        refusals.increment();
    }

    private long callsInWindow() {
        // a call that turns out to wait is taken back
        return Math.max(0, calls.getAsLong() - window.calls[0]);
    }

    /** How many extra attempts the window may hold. */
    private long allowed() {
        double share = Math.max(budget.ratio() * callsInWindow(), (double) budget.minPerSecond() * SECONDS);
        return budget.ratio() == Double.POSITIVE_INFINITY ? Long.MAX_VALUE : (long) share;
    }

    public RetryBudgetSnapshot snapshot(long now) {
        tick(now);
        long all = taken.get();
        long extra = all - window.taken[0];
        long allowed = allowed();
        return new RetryBudgetSnapshot(
                budget,
                callsInWindow(),
                extra,
                allowed == Long.MAX_VALUE ? allowed : Math.max(0, allowed - extra),
                all,
                refusals.sum());
    }
}
