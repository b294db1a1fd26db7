package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.Attempt;
import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallInterruptedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientClosedException;
import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.DeadlineExceededException;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.OverloadedException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.FlightRecorder.CallEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call of the application: one or more attempts, one after another, all on the caller's own thread.
 *
 * <ol>
 *   <li>The deadline is fixed at the start and never moves.
 *   <li>A node is picked by the strategy; if nobody serves the method, the call waits for a route until its deadline. A
 *       node that has as many attempts under way as it may is passed over; if that leaves none, the call fails at once.
 *   <li>An attempt gets the options' timeout, or what is left to the deadline if that is less.
 *   <li>An attempt that failed is followed by another one on a node that this call has not tried, if one serves the
 *       method now, attempts and time are left, the failed node announced the method as retriable, the options'
 *       predicate agrees, and the client's retry budget has a token. In between there is a short jittered pause.
 *   <li>An attempt that provably sent nothing was no execution: whatever the method's flag, the call moves on, and as long
 *       as nothing was sent at all it goes on waiting for a route. No server has felt it, so it costs no token either:
 *       what bounds such attempts is that each node is tried once.
 * </ol>
 */
final class Call {
    /** The first pause between two attempts is up to this; each further one up to twice the one before. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Pauses stop doubling here, at 64 ms. */
    private static final int PAUSE_DOUBLINGS = 6;

    private final Calls calls;
    private final String method;
    private final @Nullable RouteLookup lookup;
    private final CallOptions options;
    private final Deadline deadline;
    private final long startNanos;
    private final @Nullable CallEvent event;

    /** The time when the call last looked at the clock: after everything that takes any. */
    private long nowNanos;

    private List<Attempt> attempts = List.of();
    /** Attempts that failed after something of them was sent. */
    private int executions;

    /** Taken from the retry budget. */
    private int tokens;

    private int hedges;
    private int unrecorded;
    private @Nullable Instance answeredBy;

    /**
     * @param lookup the method's, if it was prepared
     * @param now when the call was made, as {@link System#nanoTime} says it
     */
    Call(Calls calls, String method, @Nullable RouteLookup lookup, CallOptions options, long now) {
        this.calls = calls;
        this.method = method;
        this.lookup = lookup;
        this.options = options;
        this.startNanos = now;
        this.event = FlightRecorder.call();
        this.nowNanos = now;
        this.deadline = options.deadlineFrom(now);
    }

    Result run(List<?> arguments) {
        while (true) {
            Route route = nextRoute();
            long attemptStart = nowNanos;
            long nanos = attemptNanos(attemptStart);
            // ahead of the gate, which has to be left again: the caller's own list may throw
            List<?> sent = withTimeout(arguments, nanos);
            try {
                if (route.session().enter(method)) {
                    Result result = route.session().call(method, sent, nanos);
                    answered(route, 1);
                    return result;
                }
                // another call took the last place on it meanwhile
            } catch (AttemptException failure) {
                record(route, attemptStart, failure);
                String why = whyNoneMayFollow(route, failure);
                if (why != null) {
                    throw failed(why);
                }
                decide();
                pause();
            } catch (InterruptedException interrupt) {
                record(route, attemptStart, interrupted());
                throw interrupted(interrupt);
            }
        }
    }

    /** Routes to everybody who serves the method, as soon as somebody does. */
    List<Route> allRoutes() {
        return await(() -> {
            MethodRoutes routes = routes();
            return routes == null ? null : routes.all();
        });
    }

    /** The time that an attempt gets which begins now; above zero before the deadline. */
    long attemptNanos(long now) {
        return Math.min(options.timeoutNanos(), deadline.remainingNanos(now));
    }

    /** The arguments of an attempt that gets so much time. */
    List<?> withTimeout(List<?> arguments, long nanos) {
        if (!options.timeoutArgument()) {
            return arguments;
        }
        List<@Nullable Object> more = new ArrayList<>(arguments.size() + 1);
        more.addAll(arguments);
        more.add(Map.of("timeout_ms", Math.max(1, nanos / 1_000_000)));
        return more;
    }

    Deadline deadline() {
        return deadline;
    }

    /** A route to a node that was not tried; waits for one if nothing was executed yet. */
    Route nextRoute() {
        // an attempt without time would count as its node's failure
        if (deadline.remainingNanos(nowNanos) <= 0 && routes() != null) {
            throw tooLate();
        }
        if (executions > 0) {
            // ahead of the pick, which may spend a node's probe
            if (!anybodyLeft()) {
                throw noneLeft();
            }
            if (!payForAnother(0)) {
                throw failed("retry budget exhausted");
            }
        }
        Route route = pickOrRefuse();
        if (route != null) {
            return route;
        }
        if (executions > 0) {
            throw noneLeft();
        }
        route = await(this::pickOrRefuse);
        requireTime(nowNanos);
        return route;
    }

    /** Picks; null if there is no untried node, and not if there is one but it is full. */
    private @Nullable Route pickOrRefuse() {
        while (true) {
            Route route = pick();
            if (route != null) {
                return route;
            }
            if (!anybodyLeft()) {
                return null;
            }
            // one has got a place again
        }
    }

    /** Whether an untried node serves the method now; refuses if there are some and all of them are full. */
    private boolean anybodyLeft() {
        MethodRoutes routes = routes();
        List<Route> untried = routes == null
                ? List.of()
                : routes.all().stream().filter(each -> !tried(each.node())).toList();
        if (!untried.isEmpty() && untried.stream().allMatch(Route::isFull)) {
            throw overloaded(
                    "maxInFlightPerNode: " + untried.getFirst().session().maxInFlight()
                            + " calls are under way already on each node that could take it");
        }
        return !untried.isEmpty();
    }

    private CallFailedException noneLeft() {
        return failed("no untried node serves it now");
    }

    private @Nullable MethodRoutes routes() {
        return lookup == null ? calls.router().routes(method) : lookup.routes();
    }

    private @Nullable Route pick() {
        MethodRoutes routes = routes();
        if (routes == null) {
            return null;
        }
        if (attempts.isEmpty()) {
            Route route = routes.pick(calls.random());
            if (!route.isFull()) {
                return route;
            }
        }
        return routes.pickWithout(route -> tried(route.node()) || route.isFull(), calls.random());
    }

    /**
     * A route for a hedge, paid for: to a node that announces the method as retriable and was neither tried nor is being
     * asked. Null if there is none now, or no token.
     *
     * @param underWay how many attempts have no outcome yet
     */
    @Nullable
    Route pickHedge(Predicate<Node> asked, int underWay) {
        MethodRoutes routes = routes();
        Predicate<Route> out =
                route -> !route.retriable() || tried(route.node()) || route.isFull() || asked.test(route.node());
        // in this order: the token is for a node that is there, and the pick may spend its probe
        return routes == null || routes.all().stream().allMatch(out) || !payForAnother(underWay)
                ? null
                : routes.pickWithout(out, calls.random());
    }

    private boolean tried(Node node) {
        for (Attempt attempt : attempts) {
            if (attempt.node().endpoint().equals(node.instance().endpoint())) {
                return true;
            }
        }
        return false;
    }

    private <T> T await(Supplier<@Nullable T> probe) {
        T found = probe.get();
        if (found != null) {
            return found;
        }
        if (options.failFast()) {
            throw new NoRouteException(method, "failFast, and nobody serves it now", elapsed(), attempts);
        }
        try {
            found = calls.waiters().await(method, deadline, () -> {
                if (calls.inFlight().isClosing()) {
                    throw closed();
                }
                return probe.get();
            });
        } catch (InterruptedException interrupt) {
            throw interrupted(interrupt);
        } catch (RouteWaiters.TooManyException bound) {
            throw overloaded(String.valueOf(bound.getMessage()));
        }
        if (found == null) {
            throw new NoRouteException(method, "nobody served it until the deadline", elapsed(), attempts);
        }
        nowNanos = System.nanoTime();
        return found;
    }

    /**
     * An attempt's answer is the call's.
     *
     * @param attempts how many there were, this one included, of which nobody tells in {@link #record}
     */
    void answered(Route route, int attempts) {
        answeredBy = route.instance();
        unrecorded = attempts;
    }

    /** An attempt has begun while another one was unanswered. */
    void hedged() {
        hedges++;
    }

    /** What the flight recorder is to have of it; null if nothing. */
    @Nullable
    CallEvent event() {
        return event;
    }

    /** Tells those who watch. */
    void tellEnd(@Nullable Throwable failure) {
        int retries = Math.max(0, attempts.size() + unrecorded - 1 - hedges);
        if (event != null) {
            event.ended(method, answeredBy, retries, hedges, failure);
        }
        calls.observers().callEnded(method, System.nanoTime() - startNanos, answeredBy, retries, hedges, failure);
    }

    /** How many attempts have ended. */
    int attempts() {
        return attempts.size();
    }

    void record(Route route, long attemptStart, AttemptException failure) {
        executions += failure.sent() ? 1 : 0;
        if (attempts.isEmpty()) {
            attempts = new ArrayList<>(2);
        }
        attempts.add(new Attempt(
                route.instance(),
                Duration.ofNanos(attemptStart - startNanos),
                Duration.ofNanos(System.nanoTime() - attemptStart),
                failure));
    }

    /** Why no attempt may follow this failure, which came before the deadline; null if one may. */
    @Nullable
    String whyNoneMayFollow(Route route, AttemptException failure) {
        if (!failure.sent() || deadline.isReached()) {
            return null;
        }
        if (!route.retriable()) {
            return "it is not retriable";
        }
        return options.retryOn().test(failure) ? null : "retryOn declines another attempt";
    }

    /** Returns if time and number allow another attempt. */
    void decide() {
        requireTime(System.nanoTime());
        if (attempts.size() == options.maxAttempts()) {
            throw failed("maxAttempts reached");
        }
    }

    /**
     * Every execution but a call's first costs a token. One that was taken for an attempt that sent nothing is kept.
     *
     * @param underWay how many attempts have no outcome yet
     */
    boolean payForAnother(int underWay) {
        if (tokens < executions + underWay) {
            if (!calls.tokens().take(System.nanoTime())) {
                return false;
            }
            tokens++;
        }
        return true;
    }

    void pause() {
        int doublings = Math.min(attempts.size() - 1, PAUSE_DOUBLINGS);
        long nanos = Math.min(calls.random().nextLong(PAUSE_NANOS << doublings), deadline.remainingNanos());
        long start = System.nanoTime();
        for (long left = nanos; left > 0; left = nanos - (System.nanoTime() - start)) {
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                throw interrupted(new InterruptedException());
            }
        }
        nowNanos = System.nanoTime();
        requireTime(nowNanos);
    }

    /** Returns if at that time the deadline has not come. */
    void requireTime(long now) {
        if (deadline.remainingNanos(now) <= 0) {
            throw tooLate();
        }
    }

    private DeadlineExceededException tooLate() {
        return new DeadlineExceededException(method, elapsed(), attempts);
    }

    CallFailedException failed(String why) {
        return new CallFailedException(method, why, elapsed(), attempts);
    }

    private CallException overloaded(String bound) {
        return executions > 0 ? failed(bound) : new OverloadedException(method, bound, elapsed(), attempts);
    }

    CallException closed() {
        return new ClientClosedException(method, elapsed(), attempts);
    }

    CallException interrupted(InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        return new CallInterruptedException(method, elapsed(), attempts, interrupt);
    }

    private static AttemptException interrupted() {
        return new AttemptException(Kind.INTERRUPTED, true, "the calling thread was interrupted", null);
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }
}
