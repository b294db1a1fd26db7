package io.github.moonlibs.discovery.iproto.connection;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection. It comes once, from whatever notices it first: the loop, a sender, a caller that reads, or {@link
 * IprotoConnection#close}. Its steps are taken in order, each until it is through: one that fails for want of memory is
 * tried again by the loop. Thread-safe.
 */
final class Ending {
    /** Why it is over. */
    record Reason(String text, @Nullable Throwable cause) {}

    /** Takes one step; false if it is to be taken again. */
    interface Step {
        boolean take();
    }

    private static final Reason NOT_YET = new Reason("still open", null);
    private static final Reason NO_MEMORY = new Reason("out of memory", null);

    /** The reason that a defect is. */
    static String byDefect(Throwable defect) {
        try {
            return "a defect of this library: " + defect;
        } catch (OutOfMemoryError none) {
            return NO_MEMORY.text();
        }
    }

    private final AtomicReference<@Nullable Reason> reason = new AtomicReference<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final Step[] steps;
    private volatile int taken;

    Ending(Step... steps) {
        this.steps = steps;
    }

    /** Why the connection is over. */
    Reason reason() {
        Reason present = reason.get();
        return present == null ? NOT_YET : present;
    }

    /** Begins, or goes on if it has begun; false if it had. */
    boolean begin(String text, @Nullable Throwable cause) {
        Reason why;
        try {
            why = new Reason(text, cause);
        } catch (OutOfMemoryError none) {
            why = NO_MEMORY;
        }
        boolean first = reason.compareAndSet(null, why);
        goOn();
        return first;
    }

    /** Goes on with what is left of it, if it has begun. */
    void goOn() {
        while (reason.get() != null && taken < steps.length && busy.compareAndSet(false, true)) {
            try {
                for (int i = taken; i < steps.length; i++) {
                    if (!steps[i].take()) {
                        return;
                    }
                    taken = i + 1;
                }
            } finally {
                busy.set(false);
            }
        }
    }
}
