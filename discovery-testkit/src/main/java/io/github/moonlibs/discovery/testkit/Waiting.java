package io.github.moonlibs.discovery.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for a condition, with a bound. */
final class Waiting {
    private static final long STEP_NANOS = Duration.ofMillis(5).toNanos();

    private Waiting() {}

    /**
     * Waits until the condition holds.
     *
     * @param failure what to say if it does not hold in time
     * @throws IllegalStateException if it does not, or the thread is interrupted; the interrupt flag stays set
     */
    static void until(Duration bound, Supplier<String> failure, BooleanSupplier condition) {
        if (!giveUpAfter(bound, condition)) {
            String why =
                    Thread.currentThread().isInterrupted() ? ", interrupted" : " within " + bound.toSeconds() + " s";
            throw new IllegalStateException(failure.get() + why);
        }
    }

    /** Waits until the condition holds; false if it did not in time, or the thread is interrupted. */
    static boolean giveUpAfter(Duration bound, BooleanSupplier condition) {
        long deadline = System.nanoTime() + bound.toNanos();
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted() || System.nanoTime() > deadline) {
                return false;
            }
            pause();
        }
        return true;
    }

    /** Waits a moment before the next look. */
    static void pause() {
        LockSupport.parkNanos(STEP_NANOS);
    }
}
