package io.github.moonlibs.discovery.core.routing;

import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.core.limits.Wakeups;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where calls wait for a route, each under its method's name. A name is kept only while somebody waits for it.
 *
 * <p>No wake-up is lost: a waiter puts itself down before it looks at the table, and the table is published before the
 * waiters are looked at.
 */
public final class RouteWaiters {
    private final ConcurrentHashMap<String, Set<Thread>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final int most;

    /** @param most how many calls may wait at a time */
    public RouteWaiters(int most) {
        this.most = most;
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
        Thread self = Thread.currentThread();
        enlist(method, self);
        try {
            while (true) {
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
                LockSupport.parkNanos(this, nanos);
            }
        } finally {
            delist(method, self);
        }
    }

    private void enlist(String method, Thread thread) {
        waiting.compute(method, (name, threads) -> {
            Set<Thread> all = threads == null ? ConcurrentHashMap.newKeySet() : threads;
            all.add(thread);
            return all;
        });
    }

    private void delist(String method, Thread thread) {
        waiting.computeIfPresent(method, (name, threads) -> {
            threads.remove(thread);
            return threads.isEmpty() ? null : threads;
        });
    }

    /** Wakes the calls that wait for one of the methods, whose routes have changed: there may be one now, or none any more. */
    void wake(Set<String> methods) {
        waiting.forEach((method, threads) -> {
            if (methods.contains(method)) {
                threads.forEach(Wakeups::unpark);
            }
        });
    }

    /** Wakes everybody, to ask their probes. */
    public void wakeAll() {
        waiting.values().forEach(threads -> threads.forEach(Wakeups::unpark));
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
