package io.github.moonlibs.discovery.core.limits;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Wakes threads that wait until a deadline, for a place or for a route. */
public final class Wakeups {
    private Wakeups() {}

    /**
     * Unparks the thread. To schedule a virtual thread takes memory; one that cannot be woken for want of it is the only one
     * to suffer from that, and is woken again, or looks again, at its deadline.
     *
     * @return false if the thread could not be woken
     */
    public static boolean unpark(@Nullable Thread thread) {
        try {
            LockSupport.unpark(thread);
            return true;
        } catch (OutOfMemoryError | RejectedExecutionException noMemory) {
            // not the affair of the thread that wakes it, which has more to do
            return false;
        }
    }
}
