package io.github.moonlibs.discovery.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for conditions, instead of sleeping for as long as they should take. The bound only ends a test that has
 * failed: no condition comes near it, not even on a busy machine. Thread-safe.
 *
 * <pre>{@code
 * server.kill();
 * Waiting.until("the server is out of the routing", () -> client.routing().routes("users.get").isEmpty());
 * }</pre>
 */
public final class Waiting {
    /** How long a condition is waited for unless a test says otherwise: one minute. */
    public static final Duration BOUND = Duration.ofMinutes(1);

    private static final long STEP_NANOS = Duration.ofMillis(2).toNanos();

    private Waiting() {}

    /**
     * Waits until the condition holds, for at most {@link #BOUND}.
     *
     * @param what the condition, for the message: {@code the node serves}
     * @param condition is checked every 2 ms
     * @throws IllegalStateException if it does not hold in time, or the thread is interrupted; the interrupt flag stays
     *     set
     */
    public static void until(String what, BooleanSupplier condition) {
        until(() -> what, condition);
    }

    /**
     * Waits until the condition holds, for at most {@link #BOUND}.
     *
     * @param what the condition and what was found instead, for the message; called only after the wait has failed
     * @param condition is checked every 2 ms
     * @throws IllegalStateException if it does not hold in time, or the thread is interrupted; the interrupt flag stays
     *     set
     */
    public static void until(Supplier<String> what, BooleanSupplier condition) {
        if (!giveUpAfter(BOUND, condition)) {
            String why = Thread.currentThread().isInterrupted()
                    ? "interrupted while waiting for: "
                    : "not within " + BOUND.toSeconds() + " s: ";
            throw new IllegalStateException(why + what.get());
        }
    }

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

    /** Waits until the condition holds; false if it did not hold in time, or the thread is interrupted. */
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

    /** Waits a moment before the next check. */
    static void pause() {
        LockSupport.parkNanos(STEP_NANOS);
    }
}
