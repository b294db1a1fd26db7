package io.github.moonlibs.discovery;

import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How one call is made: how long an attempt and the whole call may take, and what is retried. Immutable and
 * thread-safe; each {@code with} method returns a changed copy.
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>option</th><th>default</th><th>meaning</th></tr>
 * <tr><td>{@code timeout}</td><td>1 s</td><td>for one attempt</td></tr>
 * <tr><td>{@code deadline}</td><td>timeout × maxAttempts</td><td>for the whole call</td></tr>
 * <tr><td>{@code maxAttempts}</td><td>no limit but the nodes; counts as 1 in the default deadline</td>
 *     <td>attempts in all, the first included</td></tr>
 * <tr><td>{@code failFast}</td><td>false</td><td>fail at once, instead of waiting, when nobody serves the method</td></tr>
 * <tr><td>{@code retryOn}</td><td>every failure</td><td>which failures of a retriable method are retried</td></tr>
 * <tr><td>{@code timeoutArgument}</td><td>false</td><td>tell the procedure how long its reply is waited for</td></tr>
 * <tr><td>{@code hedging}</td><td>none</td><td>when the next attempt starts while the last one is unanswered</td></tr>
 * </table>
 */
public final class CallOptions {
    private static final CallOptions DEFAULTS =
            new CallOptions(Duration.ofSeconds(1), null, null, 0, false, everyFailure -> true, Hedging.none(), false);

    private final Duration timeout;
    private final long timeoutNanos;
    private final @Nullable Duration within;
    private final @Nullable Deadline deadline;
    private final int maxAttempts;
    private final boolean failFast;
    private final Predicate<AttemptException> retryOn;
    private final Hedging hedging;
    private final boolean timeoutArgument;

    private CallOptions(
            Duration timeout,
            @Nullable Duration within,
            @Nullable Deadline deadline,
            int maxAttempts,
            boolean failFast,
            Predicate<AttemptException> retryOn,
            Hedging hedging,
            boolean timeoutArgument) {
        this.timeout = timeout;
        this.timeoutNanos = timeout.toNanos();
        this.within = within;
        this.deadline = deadline;
        this.maxAttempts = maxAttempts;
        this.failFast = failFast;
        this.retryOn = retryOn;
        this.hedging = hedging;
        this.timeoutArgument = timeoutArgument;
    }

    /** The options of the table above. */
    public static CallOptions defaults() {
        return DEFAULTS;
    }

    /**
     * How long one attempt may take.
     *
     * @throws IllegalArgumentException if the time is not above zero and under a century
     */
    public CallOptions withTimeout(Duration timeout) {
        return new CallOptions(
                ClientOptions.positive("timeout", timeout),
                within,
                deadline,
                maxAttempts,
                failFast,
                retryOn,
                hedging,
                timeoutArgument);
    }

    /**
     * How long the whole call may take, counted from its start.
     *
     * @throws IllegalArgumentException if the time is not above zero and under a century
     */
    public CallOptions withDeadline(Duration fromStart) {
        return new CallOptions(
                timeout,
                ClientOptions.positive("deadline", fromStart),
                null,
                maxAttempts,
                failFast,
                retryOn,
                hedging,
                timeoutArgument);
    }

    /** By when the whole call has to be over. */
    public CallOptions withDeadline(Deadline deadline) {
        return new CallOptions(timeout, null, deadline, maxAttempts, failFast, retryOn, hedging, timeoutArgument);
    }

    /**
     * How many attempts there may be, the first included. A number alone also extends the default deadline to {@code
     * timeout × maxAttempts}.
     *
     * @throws IllegalArgumentException if the number is below 1
     */
    public CallOptions withMaxAttempts(int maxAttempts) {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts: expected at least 1, got " + maxAttempts);
        }
        return new CallOptions(timeout, within, deadline, maxAttempts, failFast, retryOn, hedging, timeoutArgument);
    }

    /** Whether to fail at once, instead of waiting for a route, when nobody serves the method. */
    public CallOptions withFailFast(boolean failFast) {
        return new CallOptions(timeout, within, deadline, maxAttempts, failFast, retryOn, hedging, timeoutArgument);
    }

    /**
     * Which failures are worth another attempt. It narrows what the nodes announce: a method that is not retriable is
     * never repeated. An attempt that sent nothing moves on to another node without being asked for here.
     */
    public CallOptions withRetryOn(Predicate<AttemptException> retryOn) {
        return new CallOptions(timeout, within, deadline, maxAttempts, failFast, retryOn, hedging, timeoutArgument);
    }

    /**
     * When a call of a retriable method starts its next attempt while the last one is still unanswered. A failure that
     * {@link #withRetryOn} declines then ends the call as a success does, whatever else is under way.
     */
    public CallOptions withHedging(Hedging hedging) {
        return new CallOptions(timeout, within, deadline, maxAttempts, failFast, retryOn, hedging, timeoutArgument);
    }

    /**
     * Whether the procedure is told how long its reply is waited for, so that it need not work for nobody, and can pass on
     * what is left to those that it calls itself. It gets one argument more, after the call's own: a map with the
     * attempt's time in milliseconds, rounded down but at least 1.
     *
     * <pre>{@code
     * function users.find(prefix, options)   -- called with ['An', { timeout_ms = 250 }]
     *     local deadline = fiber.clock() + options.timeout_ms / 1000
     * }</pre>
     *
     * <p>Only for procedures that know of it: to others it is an argument too many.
     */
    public CallOptions withTimeoutArgument(boolean timeoutArgument) {
        return new CallOptions(timeout, within, deadline, maxAttempts, failFast, retryOn, hedging, timeoutArgument);
    }

    /** How long one attempt may take. */
    public Duration timeout() {
        return timeout;
    }

    /** How long one attempt may take, in nanoseconds. */
    public long timeoutNanos() {
        return timeoutNanos;
    }

    /** How many attempts there may be; 0: as many as there are nodes. */
    public int maxAttempts() {
        return maxAttempts;
    }

    /** Whether to fail at once when nobody serves the method. */
    public boolean failFast() {
        return failFast;
    }

    /** Which failures are worth another attempt. */
    public Predicate<AttemptException> retryOn() {
        return retryOn;
    }

    /** When the next attempt starts while the last one is unanswered. */
    public Hedging hedging() {
        return hedging;
    }

    /** Whether the procedure is told how long its reply is waited for. */
    public boolean timeoutArgument() {
        return timeoutArgument;
    }

    /**
     * The deadline of a call that starts now: the one set here, else timeout × maxAttempts, and in either case not
     * later than {@link Deadline#current()}.
     */
    public Deadline deadlineFromNow() {
        return deadlineFrom(System.nanoTime());
    }

    /** As {@link #deadlineFromNow()}, for a call that started at that time of {@link System#nanoTime()}. */
    public Deadline deadlineFrom(long nanoTime) {
        Deadline own;
        if (deadline != null) {
            own = deadline;
        } else if (within != null) {
            own = Deadline.after(within, nanoTime);
        } else {
            own = Deadline.afterNanos(saturatedProduct(timeoutNanos, Math.max(1, maxAttempts)), nanoTime);
        }
        return own.earlier(Deadline.current());
    }

    private static long saturatedProduct(long nanos, int times) {
        return nanos > Long.MAX_VALUE / times ? Long.MAX_VALUE : nanos * times;
    }

    @Override
    public String toString() {
        Object by = deadline != null ? deadline : within != null ? within : "timeout × maxAttempts";
        return "timeout " + timeout + ", deadline " + by + ", maxAttempts "
                + (maxAttempts == 0 ? "unlimited" : maxAttempts) + (failFast ? ", failFast" : "")
                + (hedging.isNone() ? "" : ", hedging " + hedging)
                + (timeoutArgument ? ", timeout argument" : "");
    }
}
