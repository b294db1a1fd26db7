package io.github.moonlibs.discovery.core.support;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the thread that opens a client waits until the client can serve, or has found out that it cannot. For one
 * thread; those that change something about it call {@link #look}.
 */
public final class Startup {
    private volatile @Nullable Thread waiting;

    /** Makes the thread that waits ask again whether it still has to. */
    public void look() {
        LockSupport.unpark(waiting);
    }

    /** Waits until it is over or the timeout has passed; an interrupt ends the wait too, and stays set. */
    public void await(Duration timeout, BooleanSupplier over) {
        waiting = Thread.currentThread();
        try {
            long start = System.nanoTime();
            long left = timeout.toNanos();
            while (left > 0 && !Thread.currentThread().isInterrupted() && !over.getAsBoolean()) {
                LockSupport.parkNanos(this, left);
                left = timeout.toNanos() - (System.nanoTime() - start);
            }
        } finally {
            waiting = null;
        }
    }
}
