package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.options.Checks;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
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
 * <tr><td>{@code maxAttempts}</td><td>one on each node; counts as 1 in the default deadline</td>
 *     <td>attempts in all, the first included</td></tr>
 * <tr><td>{@code failFast}</td><td>false</td><td>fail at once, instead of waiting, when no node serves the method</td></tr>
 * <tr><td>{@code retryOn}</td><td>every failure</td><td>which failures of a retriable method are retried</td></tr>
 * <tr><td>{@code notExecuted}</td><td>none</td><td>which errors of a server prove that it has not executed the call</td></tr>
 * <tr><td>{@code timeoutArgument}</td><td>false</td><td>send the procedure the time that it has, as an argument</td></tr>
 * <tr><td>{@code pushListener}</td><td>none</td><td>gets what the procedure pushes before it returns</td></tr>
 * <tr><td>{@code hedging}</td><td>{@linkplain Hedging#late late}</td><td>when the next attempt starts while the last one is unanswered</td></tr>
 * </table>
 *
 * <p>To change a few options of a call and keep the others as the client has them, start with the client's own:
 *
 * <pre>{@code
 * client.call("users.get", List.of(42), client.callOptions().withTimeout(Duration.ofMillis(200)));
 * }</pre>
 */
public final class CallOptions {
    private static final CallOptions DEFAULTS = new CallOptions(new Values());

    private final Duration timeout;
    private final long timeoutNanos;
    private final @Nullable Duration deadlineFromStart;
    private final @Nullable Deadline deadline;
    private final int maxAttempts;
    private final boolean failFast;
    private final Predicate<AttemptException> retryOn;
    private final Predicate<TarantoolError> notExecuted;
    private final Hedging hedging;
    private final boolean timeoutArgument;
    private final @Nullable Consumer<PushedValue> pushListener;

    /** The options while they are being changed, which begin as the defaults. */
    private static final class Values {
        Duration timeout = Duration.ofSeconds(1);

        @Nullable
        Duration deadlineFromStart;

        @Nullable
        Deadline deadline;

        int maxAttempts;
        boolean failFast;
        Predicate<AttemptException> retryOn = everyFailure -> true;
        Predicate<TarantoolError> notExecuted = noError -> false;
        Hedging hedging = Hedging.late();
        boolean timeoutArgument;

        @Nullable
        Consumer<PushedValue> pushListener;
    }

    private CallOptions(Values values) {
        timeout = values.timeout;
        timeoutNanos = values.timeout.toNanos();
        deadlineFromStart = values.deadlineFromStart;
        deadline = values.deadline;
        maxAttempts = values.maxAttempts;
        failFast = values.failFast;
        retryOn = values.retryOn;
        notExecuted = values.notExecuted;
        hedging = values.hedging;
        timeoutArgument = values.timeoutArgument;
        pushListener = values.pushListener;
    }

    private CallOptions with(Consumer<Values> change) {
        Values values = new Values();
        values.timeout = timeout;
        values.deadlineFromStart = deadlineFromStart;
        values.deadline = deadline;
        values.maxAttempts = maxAttempts;
        values.failFast = failFast;
        values.retryOn = retryOn;
        values.notExecuted = notExecuted;
        values.hedging = hedging;
        values.timeoutArgument = timeoutArgument;
        values.pushListener = pushListener;
        change.accept(values);
        return new CallOptions(values);
    }

    /**
     * The options of the table above. A call that is given them, or what their {@code with} methods return, uses none of
     * the options that the client was opened with; {@link DiscoveryClient#callOptions} returns those.
     */
    public static CallOptions defaults() {
        return DEFAULTS;
    }

    /**
     * How long one attempt may take.
     *
     * @throws IllegalArgumentException if the time is not above zero and under a century
     */
    public CallOptions withTimeout(Duration timeout) {
        Checks.positive("timeout", timeout);
        return with(values -> values.timeout = timeout);
    }

    /**
     * How long the whole call may take, counted from its start. Takes the place of a {@link Deadline}.
     *
     * @throws IllegalArgumentException if the time is not above zero and under a century
     */
    public CallOptions withDeadline(Duration fromStart) {
        Checks.positive("deadline", fromStart);
        return with(values -> {
            values.deadlineFromStart = fromStart;
            values.deadline = null;
        });
    }

    /** By when the whole call has to be over. Takes the place of a duration. */
    public CallOptions withDeadline(Deadline deadline) {
        Checks.given("deadline", deadline);
        return with(values -> {
            values.deadlineFromStart = null;
            values.deadline = deadline;
        });
    }

    /**
     * How many attempts there may be, the first included. A number alone also extends the default deadline to {@code
     * timeout × maxAttempts}.
     *
     * @throws IllegalArgumentException if the number is below 1
     */
    public CallOptions withMaxAttempts(int maxAttempts) {
        Checks.atLeast("maxAttempts", 1, maxAttempts);
        return with(values -> values.maxAttempts = maxAttempts);
    }

    /** Whether to fail at once, instead of waiting for a route, when no node serves the method. */
    public CallOptions withFailFast(boolean failFast) {
        return with(values -> values.failFast = failFast);
    }

    /**
     * Which failures are worth another attempt. It narrows what the nodes announce: a method that is not retriable is
     * never repeated. An attempt that sent nothing moves on to another node without being asked for here.
     */
    public CallOptions withRetryOn(Predicate<AttemptException> retryOn) {
        Checks.given("retryOn", retryOn);
        return with(values -> values.retryOn = retryOn);
    }

    /**
     * Which errors of a server prove that it has not executed the call, beside those that its announcement lists as {@code
     * not_executed}. After such an error the call moves on to another node whatever the method's flag, as after an attempt
     * that sent nothing; {@link #withRetryOn} is not asked. It is for servers that announce no such list:
     *
     * <pre>{@code
     * options.withNotExecuted(error -> error.code() == 7)   // the instance is read-only
     * }</pre>
     *
     * <p>An error that may come after the procedure has done something is not to be named here, or its calls are executed
     * twice.
     */
    public CallOptions withNotExecuted(Predicate<TarantoolError> notExecuted) {
        Checks.given("notExecuted", notExecuted);
        return with(values -> values.notExecuted = notExecuted);
    }

    /**
     * When a call of a retriable method starts its next attempt while the last one is still unanswered. A failure that
     * {@link #withRetryOn} declines then ends the call as a success does, whatever else is under way.
     */
    public CallOptions withHedging(Hedging hedging) {
        Checks.given("hedging", hedging);
        return with(values -> values.hedging = hedging);
    }

    /**
     * Whether the procedure is sent the time that it has, so that it can drop work that no caller waits for any more, and
     * can pass on what is left to the procedures that it calls itself. It gets one more argument, after the call's own: a
     * map with the attempt's time in milliseconds, rounded down but at least 1.
     *
     * <pre>{@code
     * function users.find(prefix, options)   -- called with ['An', { timeout_ms = 250 }]
     *     local deadline = fiber.clock() + options.timeout_ms / 1000
     * }</pre>
     *
     * <p>Only for procedures that expect it: to others it is an argument too many.
     */
    public CallOptions withTimeoutArgument(boolean timeoutArgument) {
        return with(values -> values.timeoutArgument = timeoutArgument);
    }

    /**
     * What gets the values that the procedure pushes ({@code box.session.push}) before it returns, in their order. Without a
     * listener they are dropped.
     *
     * <pre>{@code
     * options.withPushListener(pushed -> progress.show(pushed.value().as(Integer.class)))
     * }</pre>
     *
     * <p>The listener is called on the thread that makes the call, while that waits for the reply: a slow listener holds up
     * its own call alone, whose times run on meanwhile. What it throws ends the call and is thrown by it; the server may
     * execute the procedure all the same.
     *
     * <p>Values are pushed by each attempt: by one that fails before another one succeeds, and by two at a time when the call
     * is hedged. {@link PushedValue#node} tells them apart, because a call asks a node only once. What an attempt that was
     * given up pushes later is dropped, and so is all that {@link DiscoveryClient#callMany} brings.
     */
    public CallOptions withPushListener(Consumer<PushedValue> pushListener) {
        Checks.given("pushListener", pushListener);
        return with(values -> values.pushListener = pushListener);
    }

    /** How long one attempt may take. */
    public Duration timeout() {
        return timeout;
    }

    /** How long one attempt may take, in nanoseconds. */
    public long timeoutNanos() {
        return timeoutNanos;
    }

    /** By when the whole call has to be over; null if {@link #withDeadline(Deadline)} didn't set it. */
    public @Nullable Deadline deadline() {
        return deadline;
    }

    /** How long the whole call may take, counted from its start; null if {@link #withDeadline(Duration)} didn't set it. */
    public @Nullable Duration deadlineFromStart() {
        return deadlineFromStart;
    }

    /** How many attempts there may be; 0: as many as there are nodes. */
    public int maxAttempts() {
        return maxAttempts;
    }

    /** Whether to fail at once when no node serves the method. */
    public boolean failFast() {
        return failFast;
    }

    /** Which failures are worth another attempt. */
    public Predicate<AttemptException> retryOn() {
        return retryOn;
    }

    /** Which errors of a server prove that it has not executed the call. */
    public Predicate<TarantoolError> notExecuted() {
        return notExecuted;
    }

    /** When the next attempt starts while the last one is unanswered. */
    public Hedging hedging() {
        return hedging;
    }

    /** Whether the procedure is sent the time that it has. */
    public boolean timeoutArgument() {
        return timeoutArgument;
    }

    /** What gets the values that the procedure pushes; null if they are dropped. */
    public @Nullable Consumer<PushedValue> pushListener() {
        return pushListener;
    }

    /**
     * The deadline of a call that starts now: the one set here, else timeout × maxAttempts, and in either case not
     * later than {@link Deadline#current()}.
     */
    public Deadline deadlineFromNow() {
        return deadlineFrom(System.nanoTime());
    }

    /** Like {@link #deadlineFromNow()}, for a call that started at that time of {@link System#nanoTime()}. */
    public Deadline deadlineFrom(long nanoTime) {
        Deadline own;
        if (deadline != null) {
            own = deadline;
        } else if (deadlineFromStart != null) {
            own = Deadline.after(deadlineFromStart, nanoTime);
        } else {
            own = Deadline.afterNanos(saturatedProduct(timeoutNanos, Math.max(1, maxAttempts)), nanoTime);
        }
        return own.earlier(Deadline.current());
    }

    private static long saturatedProduct(long nanos, int times) {
        return nanos > Long.MAX_VALUE / times ? Long.MAX_VALUE : nanos * times;
    }

    /**
     * Whether all options are equal; {@link #retryOn}, {@link #notExecuted} and {@link #pushListener} as they define it
     * themselves, which for lambdas is identity.
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CallOptions that
                && timeout.equals(that.timeout)
                && Objects.equals(deadlineFromStart, that.deadlineFromStart)
                && Objects.equals(deadline, that.deadline)
                && maxAttempts == that.maxAttempts
                && failFast == that.failFast
                && retryOn.equals(that.retryOn)
                && notExecuted.equals(that.notExecuted)
                && hedging.equals(that.hedging)
                && timeoutArgument == that.timeoutArgument
                && Objects.equals(pushListener, that.pushListener);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                timeout,
                deadlineFromStart,
                deadline,
                maxAttempts,
                failFast,
                retryOn,
                notExecuted,
                hedging,
                timeoutArgument,
                pushListener);
    }

    /** Timeout, deadline and maxAttempts, then the other options that differ from the defaults. */
    @Override
    public String toString() {
        String whole = "timeout × maxAttempts";
        if (deadline != null) {
            whole = deadline.toString();
        } else if (deadlineFromStart != null) {
            whole = Attempt.text(deadlineFromStart);
        }
        return "timeout " + Attempt.text(timeout) + ", deadline " + whole + ", maxAttempts "
                + (maxAttempts == 0 ? "unlimited" : maxAttempts)
                + (failFast ? ", failFast" : "")
                + (retryOn.equals(DEFAULTS.retryOn) ? "" : ", retryOn set")
                + (notExecuted.equals(DEFAULTS.notExecuted) ? "" : ", notExecuted set")
                + (hedging.equals(DEFAULTS.hedging) ? "" : ", hedging " + hedging)
                + (timeoutArgument ? ", timeoutArgument" : "")
                + (pushListener == null ? "" : ", pushListener set");
    }
}
