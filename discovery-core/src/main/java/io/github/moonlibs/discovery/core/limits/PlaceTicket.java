package io.github.moonlibs.discovery.core.limits;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits for a place on any of several nodes. It queues at the gates of all of them and takes the first place
 * that is granted. {@link #grant} is for any thread, all else for the caller's.
 */
public final class PlaceTicket {
    private static final Gate WITHDRAWN = new Gate(0, () -> {});

    private final Thread caller = Thread.currentThread();

    /** Where it queues. */
    private final List<Gate> gates = new ArrayList<>(3);

    /** Null while it waits; then the gate that granted a place, or a gate of no session if it was withdrawn. */
    private final AtomicReference<@Nullable Gate> outcome = new AtomicReference<>();

    /** Queues at the gate as well, unless it does already. */
    public void queueAt(Gate gate) {
        if (!gates.contains(gate)) {
            gates.add(gate);
            gate.enqueue(this);
        }
    }

    public boolean isWaiting() {
        return outcome.get() == null;
    }

    /** Gives it the place, which has been taken for it; false if it does not need one any more. */
    boolean grant(Gate gate) {
        boolean granted = outcome.compareAndSet(null, gate);
        if (granted) {
            wake();
        }
        return granted;
    }

    void wake() {
        boolean unused = Wakeups.unpark(caller);
    }

    /**
     * Waits no more. A place that it was granted, or is granted in this moment, is the caller's.
     *
     * @return the gate whose place it has; null if none was granted
     */
    @Nullable
    public Gate settle() {
        outcome.compareAndSet(null, WITHDRAWN);
        Gate granted = outcome.get();
        for (Gate gate : gates) {
            if (gate != granted) {
                gate.dropped();
            }
        }
        return granted == WITHDRAWN ? null : granted;
    }
}
