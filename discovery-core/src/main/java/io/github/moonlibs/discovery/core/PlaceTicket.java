package io.github.moonlibs.discovery.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits for a place on any of several nodes. It queues at the gates of all of them and takes the first place
 * that is granted. {@link #grant} is for any thread, all else for the caller's.
 */
final class PlaceTicket {
    private static final Gate WITHDRAWN = new Gate(0, () -> {});

    private final Thread caller = Thread.currentThread();

    /** Where it queues. */
    private final List<Route> routes = new ArrayList<>(3);

    /** Null while it waits; then the gate that granted a place, or a gate of no session if it was withdrawn. */
    private final AtomicReference<@Nullable Gate> outcome = new AtomicReference<>();

    /** Queues at the route's gate as well, unless it does already. */
    void queueAt(Route route) {
        Gate gate = route.session().gate();
        for (Route known : routes) {
            if (known.session().gate() == gate) {
                return;
            }
        }
        routes.add(route);
        gate.enqueue(this);
    }

    boolean isWaiting() {
        return outcome.get() == null;
    }

    /** Gives it the place, which has been taken for it; false if it does not need one any more. */
    boolean grant(Gate gate) {
        boolean granted = outcome.compareAndSet(null, gate);
        if (granted) {
            LockSupport.unpark(caller);
        }
        return granted;
    }

    /** The route on whose node it has a place; null while it has none. */
    @Nullable
    Route granted() {
        Gate gate = outcome.get();
        for (Route route : routes) {
            if (route.session().gate() == gate) {
                return route;
            }
        }
        return null;
    }

    /**
     * Waits no more. A place that it was granted, or is granted in this moment, is the caller's.
     *
     * @return the route whose place it has; null if none was granted
     */
    @Nullable
    Route settle() {
        outcome.compareAndSet(null, WITHDRAWN);
        Route granted = granted();
        for (Route route : routes) {
            if (route != granted) {
                route.session().gate().dropped();
            }
        }
        return granted;
    }

    /** As {@link #settle}, of a ticket that queues at this gate alone; whether it has a place there. */
    boolean settleAt(Gate gate) {
        outcome.compareAndSet(null, WITHDRAWN);
        return outcome.get() == gate;
    }
}
