package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.options.Checks;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A point on the monotonic clock ({@link System#nanoTime()}) by which something has to be over. It does not move when
 * the wall clock is set. Immutable and thread-safe.
 *
 * <p>A deadline can be bound to a stretch of code: every call made inside {@link #run} or {@link #call} inherits it, and of
 * two deadlines the nearer one wins. The binding ends with the block. It holds for the same thread and, from JDK 25 on,
 * where it is a {@code ScopedValue}, for tasks that are forked in a {@code StructuredTaskScope} inside the block. Other
 * threads do not inherit it; pass the deadline to them.
 */
public final class Deadline implements Comparable<Deadline> {
    /** A century: far enough to mean "never", near enough that sums of nanoseconds do not overflow. */
    private static final Duration FARTHEST = Duration.ofDays(36_525);

    private static final DeadlineBinding BINDING = DeadlineBinding.best();

    /** Whether a deadline was ever bound. Until then, looking for one costs next to nothing. */
    private static volatile boolean binds;

    private final long nanoTime;

    private Deadline(long nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * The deadline that comes after the given time.
     *
     * @param fromNow zero or negative: it has been reached already; more than a century counts as a century
     */
    public static Deadline after(Duration fromNow) {
        Checks.given("deadline", fromNow);
        return after(fromNow, System.nanoTime());
    }

    static Deadline after(Duration time, long nanoTime) {
        if (time.isNegative()) {
            return afterNanos(0, nanoTime);
        }
        return afterNanos(time.compareTo(FARTHEST) > 0 ? FARTHEST.toNanos() : time.toNanos(), nanoTime);
    }

    /** The deadline that comes {@code nanos} nanoseconds from now; for code that counts in nanoseconds. */
    public static Deadline afterNanos(long nanos) {
        return afterNanos(nanos, System.nanoTime());
    }

    static Deadline afterNanos(long nanos, long nanoTime) {
        return new Deadline(nanoTime + Math.clamp(nanos, 0, FARTHEST.toNanos()));
    }

    /** The deadline of the code that runs now, or null if there is none. */
    public static @Nullable Deadline current() {
        return binds ? BINDING.current() : null;
    }

    /** Runs the task with this deadline, or the one already bound if that is nearer. */
    public void run(Runnable task) {
        bound(() -> {
            task.run();
            return task;
        });
    }

    /** Calls the task with this deadline, or the one already bound if that is nearer, and returns its result. */
    public <T extends @Nullable Object> T call(Callable<T> task) throws Exception {
        return bound(task::call);
    }

    private <T extends @Nullable Object, X extends Exception> T bound(DeadlineBinding.Task<T, X> task) throws X {
        Deadline nearer = earlier(current());
        binds = true;
        return BINDING.call(nearer, task);
    }

    /** Nanoseconds left; zero or negative once the deadline has been reached. */
    public long remainingNanos() {
        return remainingNanos(System.nanoTime());
    }

    /** Nanoseconds left at that time of {@link System#nanoTime()}, for code that has just read the clock. */
    public long remainingNanos(long now) {
        return nanoTime - now;
    }

    /** The time left; zero once the deadline has been reached. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, remainingNanos()));
    }

    /** Whether no time is left. */
    public boolean isReached() {
        return remainingNanos() <= 0;
    }

    /** The nearer of this deadline and the other; this one if there is no other. */
    public Deadline earlier(@Nullable Deadline other) {
        return other == null || compareTo(other) <= 0 ? this : other;
    }

    @Override
    public int compareTo(Deadline other) {
        // by difference, because nanoTime may wrap around
        return Long.signum(nanoTime - other.nanoTime);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Deadline that && nanoTime == that.nanoTime;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(nanoTime);
    }

    @Override
    public String toString() {
        return "in " + remainingNanos() / 1_000_000 + " ms";
    }
}
