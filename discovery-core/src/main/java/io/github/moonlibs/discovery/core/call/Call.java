package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.Attempt;
import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallInterruptedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientClosedException;
import io.github.moonlibs.discovery.CommitUnknownException;
import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.DeadlineExceededException;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.OverloadedException;
import io.github.moonlibs.discovery.TransactionEndedException;
import io.github.moonlibs.discovery.core.health.NodeHealth;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.routing.Route;
import io.github.moonlibs.discovery.core.routing.RouteLookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call of the application: what was asked, by when, and what has come of it so far. The deadline is fixed at the start
 * and never moves. Where the call may go is up to {@link RoutePlan}, what may follow a failure to {@link RetryRules}, and
 * the attempts are made by {@link SequentialCall}, {@link HedgedCall} or {@link FanOutCall}, all on the caller's thread.
 *
 * <p>A call that succeeds at once, and that nothing observes, has no {@link CallHistory}.
 */
public final class Call {
    private final String method;
    private final @Nullable RouteLookup lookup;
    private final CallOptions options;
    private final long startNanos;
    private final long deadlineNanos;
    private @Nullable CallHistory history;

    /** When the call last read the clock: after everything that takes time. */
    private long nowNanos;

    /**
     * @param lookup the method's routes, if the method was prepared
     * @param startNanos when the call was made, on the clock of {@link System#nanoTime}
     */
    public Call(String method, @Nullable RouteLookup lookup, CallOptions options, long startNanos) {
        this.method = method;
        this.lookup = lookup;
        this.options = options;
        this.startNanos = startNanos;
        this.nowNanos = startNanos;
        this.deadlineNanos = startNanos + options.deadlineFrom(startNanos).remainingNanos(startNanos);
    }

    /** One call of many, which starts now and shares this one's deadline. */
    public Call another(long startNanos) {
        return new Call(this, startNanos);
    }

    private Call(Call whole, long startNanos) {
        this.method = whole.method;
        this.lookup = whole.lookup;
        this.options = whole.options;
        this.startNanos = startNanos;
        this.nowNanos = startNanos;
        this.deadlineNanos = whole.deadlineNanos;
    }

    // ---- what was asked ----

    public String method() {
        return method;
    }

    @Nullable
    RouteLookup lookup() {
        return lookup;
    }

    public CallOptions options() {
        return options;
    }

    /** The arguments of an attempt that gets so much time. */
    public List<?> argumentsFor(List<?> arguments, long timeoutNanos) {
        if (!options.timeoutArgument()) {
            return arguments;
        }
        List<@Nullable Object> more = new ArrayList<>(arguments.size() + 1);
        more.addAll(arguments);
        more.add(Map.of("timeout_ms", Math.max(1, timeoutNanos / 1_000_000)));
        return more;
    }

    // ---- time ----

    public long startNanos() {
        return startNanos;
    }

    /** When the call last read the clock. */
    long nowNanos() {
        return nowNanos;
    }

    /** Reads the clock. */
    public long readClock() {
        nowNanos = System.nanoTime();
        return nowNanos;
    }

    /** What is left to the deadline at that time; zero or less once it has come. */
    public long remainingNanos(long now) {
        return deadlineNanos - now;
    }

    boolean isOverdue() {
        return remainingNanos(System.nanoTime()) <= 0;
    }

    public Deadline deadline() {
        return Deadline.afterNanos(remainingNanos(System.nanoTime()));
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    // ---- what has come of it ----

    /** What is remembered of the call; null while that is nothing. */
    @Nullable
    public CallHistory history() {
        return history;
    }

    /** What is remembered of the call, from now on at the latest. */
    public CallHistory remembered() {
        CallHistory present = history;
        if (present == null) {
            present = new CallHistory();
            history = present;
        }
        return present;
    }

    public boolean isFirstAttempt() {
        return history == null || history.attempts().isEmpty();
    }

    /** How many attempts have ended that the server may have executed. */
    int executions() {
        return history == null ? 0 : history.executions();
    }

    /** Whether it may have been executed. */
    public boolean mayHaveRun() {
        return executions() > 0;
    }

    /** Whether it is worth waiting for a node that comes to serve the method. */
    boolean waitsForRoute() {
        return history == null || (history.executions() == 0 && !history.isNotCallable());
    }

    boolean hasTried(Node node) {
        return history != null && history.hasTried(node);
    }

    // ---- how it fails ----

    public CallFailedException failed(String why) {
        return new CallFailedException(method, why, elapsed(), attempts());
    }

    DeadlineExceededException tooLate() {
        return new DeadlineExceededException(method, elapsed(), attempts());
    }

    /** There is no node left. What a server has said to the call is its failure; if none has, there was no route. */
    CallException noRoute(String why) {
        boolean isRefused = history != null && history.isRefused();
        return isRefused ? failed(why) : new NoRouteException(method, why, elapsed(), attempts());
    }

    /** A bound was hit: the call failed if something of it was executed, and was refused if nothing was. */
    CallException overloaded(String bound) {
        return executions() > 0 ? failed(bound) : new OverloadedException(method, bound, elapsed(), attempts());
    }

    public CallException closed() {
        return new ClientClosedException(method, elapsed(), attempts());
    }

    /** The caller's thread was interrupted; its flag is set again. */
    public CallException interrupted(InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        return new CallInterruptedException(method, elapsed(), attempts(), interrupt);
    }

    /** What was asked of a transaction wasn't done, because that has ended. */
    public TransactionEndedException transactionEnded(Instance node, String how) {
        return new TransactionEndedException(method, node, how, elapsed(), attempts());
    }

    /** It was to commit a transaction, and nothing is known of that. */
    public CommitUnknownException commitUnknown(Instance node) {
        return new CommitUnknownException(method, node, elapsed(), attempts());
    }

    private List<Attempt> attempts() {
        return history == null ? List.of() : history.attempts();
    }

    /** Records an attempt that began then, and that the interrupt of the caller's thread has ended now. */
    public void recordInterrupt(Route route, long began) {
        record(
                route,
                began,
                new AttemptException(Kind.INTERRUPTED, true, "the calling thread was interrupted", null),
                Proof.NONE);
    }

    /** Records an attempt that began then and has failed now. */
    public void record(Route route, long began, AttemptException failure, Proof proof) {
        Attempt attempt = new Attempt(
                route.instance(),
                Duration.ofNanos(began - startNanos),
                Duration.ofNanos(System.nanoTime() - began),
                failure);
        CallHistory remembered = remembered();
        remembered.add(attempt, proof);
        NodeHealth health = route.node().health();
        // a node that refuses what it can't do now is in good health
        boolean isSuspect = proof == Proof.NONE ? route.retriable() : proof == Proof.NOT_CALLABLE;
        if (isSuspect && health.counts(failure)) {
            remembered.erred(health, health.nanoTime() - began, failure);
        }
    }
}
