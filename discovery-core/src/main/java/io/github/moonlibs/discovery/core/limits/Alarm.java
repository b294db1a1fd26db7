package io.github.moonlibs.discovery.core.limits;

import io.github.moonlibs.discovery.Deadline;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Wakes virtual threads when their deadlines come. For one that parks for a time, the JDK sets a timer and takes it back,
 * which costs as much as a third of a call. Most waits end long before their deadlines. So they park without a time, and one
 * platform thread, the watch, wakes those whose time is over. It needs no carrier, and runs nothing of the application's. It
 * is there while anybody waits, and some seconds longer.
 *
 * <p>As a rule a sleeper sees that the watch will act before its deadline, does nothing more, and has left before that. When
 * the nearest deadline beyond its horizon comes, the watch looks at all sleepers, and sets itself another horizon. It keeps
 * those that are due before it, and wakes them one by one. Sleepers that come later and are due before it are handed over.
 *
 * <p>No deadline is missed: a sleeper can be seen among all before it asks to be woken, and the watch forgets what it
 * knows of those beyond the horizon before it looks at all. A deadline may be heard of a millisecond late, and later by
 * what a look takes and by the wait for a processor.
 */
public final class Alarm {
    /** A thread that waits until a deadline. */
    public interface Sleeper {
        Deadline deadline();

        /** Whether it still waits. */
        boolean isWaiting();

        /** Wakes it; false if that could not be done for want of memory. */
        boolean wake();
    }

    /** Nothing to do. */
    private static final long NONE = Long.MAX_VALUE;

    /** There is no watch. */
    private static final long OVER = -1;

    /** Between two rounds of the watch, so that it wakes many in one. */
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

    /** When to try again what could not be done for want of memory. */
    private static final long AGAIN = TimeUnit.MILLISECONDS.toNanos(10);

    /** How far ahead the horizon is, at least and at most; a look that takes long sets one that is farther away. */
    private static final long NEAR = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long FAR = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long IDLE = TimeUnit.SECONDS.toNanos(10);
    private static final long RESTART = TimeUnit.SECONDS.toNanos(1);

    private final Consumer<Consumer<Sleeper>> all;

    /** All times are nanoseconds after this one. */
    private final long origin = System.nanoTime();

    /** When the watch acts next; {@link #NONE} if it knows of no sleeper, {@link #OVER} if there is no watch. */
    private final AtomicLong next = new AtomicLong(OVER);

    /** Not after the deadline of anyone who is due beyond the horizon, but for those whom a look will still find. */
    private final AtomicLong nearestBeyond = new AtomicLong(NONE);

    /** Who is due before that time is kept by the watch, or among the arrivals. Written by the watch. */
    private volatile long horizon;

    /** Those that are due before the horizon and have come since the last look. */
    private final Queue<Sleeper> arrivals = new ConcurrentLinkedQueue<>();

    /** Written by the watch. */
    private volatile @Nullable Thread watch;

    /** Until the watch says that it is there. */
    private final AtomicBoolean isStarting = new AtomicBoolean();

    private volatile boolean isEnding;

    /** No thread could be started then; written while one is started. */
    private long failedAt = origin - RESTART;

    /** @param all shows all sleepers to a visitor; takes no lock */
    public Alarm(Consumer<Consumer<Sleeper>> all) {
        this.all = all;
    }

    /**
     * Starts the watch if there is none.
     *
     * @return whether it did, or tried. The current thread may have parked meanwhile, and so have lost a wake-up.
     */
    public boolean start() {
        if (watch != null || isEnding || !isStarting.compareAndSet(false, true)) {
            return false;
        }
        boolean isStarted = false;
        try {
            if (watch != null || System.nanoTime() - failedAt < RESTART) {
                return false;
            }
            Thread unused = Thread.ofPlatform()
                    .daemon()
                    .name("discovery-alarm")
                    .inheritInheritableThreadLocals(false)
                    .start(new Watch());
            isStarted = true;
        } catch (OutOfMemoryError noMoreThreads) {
            failedAt = System.nanoTime();
        } finally {
            if (!isStarted) {
                isStarting.set(false);
            }
        }
        return true;
    }

    /**
     * Whether the sleeper, which can be seen among all, will be woken when its deadline comes. If not, it has to see to that
     * itself. Never parks.
     */
    public boolean covers(Sleeper sleeper) {
        if (next.get() == OVER) {
            return false;
        }
        long time = timeOf(sleeper);
        if (time >= horizon) {
            lower(nearestBeyond, time);
        } else if (!arrives(sleeper)) {
            return false;
        }
        return actsBy(time);
    }

    private boolean arrives(Sleeper sleeper) {
        try {
            return arrivals.add(sleeper);
        } catch (OutOfMemoryError noMemory) {
            return false;
        }
    }

    private long timeOf(Sleeper sleeper) {
        return Math.max(0, sleeper.deadline().remainingNanos(origin));
    }

    /** Makes the watch act at that time, if not before; false if there is none. */
    private boolean actsBy(long time) {
        if (lower(next, time)) {
            LockSupport.unpark(watch);
        }
        return next.get() != OVER;
    }

    private static boolean lower(AtomicLong bound, long time) {
        long present = bound.get();
        while (time < present) {
            if (bound.compareAndSet(present, time)) {
                return true;
            }
            present = bound.get();
        }
        return false;
    }

    /**
     * To be called when no other thread will begin to wait. The watch ends some milliseconds after the last wait.
     *
     * @param patience how long to wait for that
     */
    public void end(Duration patience) throws InterruptedException {
        isEnding = true;
        boolean unused = actsBy(0);
        Thread present = watch;
        if (present != null) {
            present.join(patience);
        }
    }

    private final class Watch implements Runnable {
        /** Those that are due before the horizon, the next one first. */
        private final PriorityQueue<Sleeper> soon = new PriorityQueue<>(Comparator.comparing(Sleeper::deadline));

        private long lookedAt;
        private long reach = NEAR;

        private long elapsed() {
            return System.nanoTime() - origin;
        }

        @Override
        public void run() {
            watch = Thread.currentThread();
            isStarting.set(false);
            lookedAt = elapsed();
            do {
                next.set(NONE);
                boolean unused = lower(next, round());
            } while (sleep());
            watch = null;
        }

        /** Does what is due; returns when to act again. */
        private long round() {
            try {
                long now = elapsed();
                for (Sleeper come = arrivals.peek(); come != null; come = arrivals.peek()) {
                    soon.add(come);
                    arrivals.remove();
                }
                if (!wakeDue(now)) {
                    return now + AGAIN;
                }
                if (nearestBeyond.get() <= now || now - lookedAt >= (isEnding ? AGAIN : IDLE)) {
                    lookAtAll(now);
                }
                Sleeper first = soon.peek();
                return Math.min(nearestBeyond.get(), first == null ? NONE : timeOf(first));
            } catch (Throwable noMemory) {
                return elapsed() + AGAIN;
            }
        }

        private boolean wakeDue(long now) {
            for (Sleeper first = soon.peek(); first != null && timeOf(first) <= now; first = soon.peek()) {
                if (first.isWaiting() && !first.wake()) {
                    return false;
                }
                soon.remove();
            }
            return true;
        }

        private void lookAtAll(long now) {
            nearestBeyond.set(NONE);
            horizon = now + reach;
            soon.clear();
            boolean isThrough = false;
            try {
                all.accept(this::place);
                isThrough = true;
            } finally {
                if (!isThrough) {
                    lower(nearestBeyond, now);
                }
            }
            lookedAt = now;
            reach = Math.clamp(10 * (elapsed() - now), NEAR, FAR);
        }

        private void place(Sleeper sleeper) {
            long time = timeOf(sleeper);
            if (time < horizon) {
                soon.add(sleeper);
            } else {
                lower(nearestBeyond, time);
            }
        }

        /** Sleeps until there is something to do; false if there are no sleepers left. */
        private boolean sleep() {
            long began = elapsed();
            while (true) {
                long planned = next.get();
                // at times in any case: those that are due next may have left long ago
                long until = Math.min(Math.max(planned, began + PAUSE), began + (isEnding ? AGAIN : IDLE));
                long left = planned == NONE && isEnding ? 0 : until - elapsed();
                if (left <= 0) {
                    return planned != NONE || !next.compareAndSet(NONE, OVER);
                }
                LockSupport.parkNanos(Alarm.this, left);
                // by code that interrupts every thread it finds
                Thread.interrupted();
            }
        }
    }
}
