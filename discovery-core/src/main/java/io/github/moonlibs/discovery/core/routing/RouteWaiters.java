package io.github.moonlibs.discovery.core.routing;

import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.core.limits.Alarm;
import io.github.moonlibs.discovery.core.limits.Wakeups;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where calls wait for a route, each under its method's name. A name is kept only while somebody waits for it. As a rule no
 * lock is taken: a virtual thread that waits for one is overtaken by those that come meanwhile, for up to a second.
 *
 * <p>No wake-up is lost: a waiter puts itself down before it looks at the table, and the table is published before the
 * waiters are looked at.
 */
public final class RouteWaiters {
    private final ConcurrentHashMap<String, Waiters> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Alarm alarm = new Alarm(this::showVirtual);
    private final int most;

    /** @param most how many calls may wait at a time */
    public RouteWaiters(int most) {
        this.most = most;
    }

    /** Those that wait for a method. Once the last one has left, others wait in another of these. */
    private static final class Waiters {
        private final Set<Waiter> all = ConcurrentHashMap.newKeySet();
        private final AtomicInteger members = new AtomicInteger(1);

        /** Lets one more in; false if the last one has left. */
        boolean admits() {
            return members.getAndUpdate(count -> count > 0 ? count + 1 : count) > 0;
        }

        /** Whether it was the last one. */
        boolean leave() {
            return members.decrementAndGet() == 0;
        }

        void wake() {
            for (Waiter waiter : all) {
                boolean unused = waiter.wake();
            }
        }
    }

    /** One wait. A thread may have several, since what a probe runs may call and wait itself. */
    private static final class Waiter implements Alarm.Sleeper {
        static {
            // a loader of classes that parks the thread ahead of its park would take a wake-up
            Class<?> unused = LockSupport.class;
        }

        private final Thread thread = Thread.currentThread();
        private final Deadline deadline;

        /** Whether the alarm wakes it at its deadline. Once it does, it does until the wait is over. */
        private boolean isCovered;

        /** Whether it was woken since it has begun to look; the wake-up itself may have gone to another wait of the thread. */
        private volatile boolean isWoken;

        private volatile boolean isOver;

        Waiter(Deadline deadline) {
            this.deadline = deadline;
        }

        @Override
        public Deadline deadline() {
            return deadline;
        }

        @Override
        public boolean isWaiting() {
            return !isOver;
        }

        @Override
        public boolean wake() {
            isWoken = true;
            return Wakeups.unpark(thread);
        }

        void looks() {
            isWoken = false;
        }

        /** Parks until it is woken, or its deadline has come, or for no reason. */
        void park(Alarm alarm, long nanos) {
            // a platform thread's own timer costs little
            if (!isCovered && thread.isVirtual()) {
                if (alarm.start()) {
                    // which may have taken a wake-up
                    return;
                }
                isCovered = alarm.covers(this);
            }
            if (isWoken) {
                return;
            }
            if (isCovered) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, nanos);
            }
        }
    }

    /** So many calls wait already. */
    public static final class TooManyException extends Exception {
        private static final long serialVersionUID = 1;

        TooManyException(int most) {
            super("maxWaitingCalls: " + most + " calls wait for a route already");
        }
    }

    /**
     * Waits for a call until the probe finds something; it is asked anew whenever the method's routes have changed.
     *
     * @return what the probe found; null when the deadline came
     */
    public <T> @Nullable T await(String method, Deadline deadline, Supplier<@Nullable T> probe)
            throws InterruptedException, TooManyException {
        if (count.incrementAndGet() > most) {
            count.decrementAndGet();
            throw new TooManyException(most);
        }
        try {
            return watch(method, deadline, probe);
        } finally {
            count.decrementAndGet();
        }
    }

    /** Waits as {@link #await} does, but is no call: neither counts nor is bounded. */
    public <T> @Nullable T watch(String method, Deadline deadline, Supplier<@Nullable T> probe)
            throws InterruptedException {
        Waiter self = new Waiter(deadline);
        Waiters waiters = enter(method);
        try {
            waiters.all.add(self);
            while (true) {
                self.looks();
                T found = probe.get();
                if (found != null) {
                    return found;
                }
                long nanos = deadline.remainingNanos();
                if (nanos <= 0) {
                    return null;
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                self.park(alarm, nanos);
            }
        } finally {
            leave(method, waiters, self);
        }
    }

    private Waiters enter(String method) {
        Waiters present = waiting.get(method);
        return present != null && present.admits()
                ? present
                : waiting.compute(method, (name, other) -> other != null && other.admits() ? other : new Waiters());
    }

    private void leave(String method, Waiters waiters, Waiter self) {
        self.isOver = true;
        try {
            waiters.all.remove(self);
        } finally {
            if (waiters.leave()) {
                waiting.remove(method, waiters);
            }
        }
    }

    /** Wakes the calls that wait for one of the methods, whose routes have changed: there may be one now, or none any more. */
    void wake(Set<String> methods) {
        waiting.forEach((method, waiters) -> {
            if (methods.contains(method)) {
                waiters.wake();
            }
        });
    }

    /** Wakes everybody, to ask their probes. */
    public void wakeAll() {
        waiting.values().forEach(Waiters::wake);
    }

    private void showVirtual(Consumer<Alarm.Sleeper> visitor) {
        for (Waiters waiters : waiting.values()) {
            for (Waiter waiter : waiters.all) {
                if (waiter.thread.isVirtual()) {
                    visitor.accept(waiter);
                }
            }
        }
    }

    /**
     * To be called when no other call will begin to wait: ends the thread that wakes calls at their deadlines.
     *
     * @param patience how long to wait for its end
     */
    public void end(Duration patience) throws InterruptedException {
        alarm.end(patience);
    }

    /** How many calls wait. */
    public int waiting() {
        return count.get();
    }

    /** How many names are waited for. */
    public int names() {
        return waiting.size();
    }
}
