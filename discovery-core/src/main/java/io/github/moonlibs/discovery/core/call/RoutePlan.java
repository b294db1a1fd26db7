package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.core.limits.CallsInFlight;
import io.github.moonlibs.discovery.core.limits.Gate;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.routing.MethodRoutes;
import io.github.moonlibs.discovery.core.routing.Route;
import io.github.moonlibs.discovery.core.routing.RouteLookup;
import io.github.moonlibs.discovery.core.routing.RouteWaiters;
import io.github.moonlibs.discovery.core.routing.Router;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where a call may go. One for all calls of a client; what a call has tried is in the {@link Call}. A route that is
 * returned has a place on its node, which an {@link OpenAttempt} gives back.
 *
 * <ol>
 *   <li>The strategy picks among the nodes that serve the method now and that the call has not tried. A node on which all
 *       places are taken is passed over. If that leaves none in service, the call queues for a place on any of these, first
 *       come, first served, until its deadline. An ejected node gets it only if no node in service is left.
 *   <li>If no node serves the method, the call waits for a route until its deadline. So does a call that was not executed
 *       yet, because nothing was sent or a node refused it for the moment.
 *   <li>Once it may have been executed, a call goes on only to a node that serves the method, and pays for it from the
 *       retry budget. A call that a node has no procedure for doesn't wait either: that rarely passes.
 *   <li>A call that is to fail fast waits for neither.
 * </ol>
 */
public final class RoutePlan {
    private final Router router;
    private final RouteWaiters waiters;
    private final CallsInFlight inFlight;
    private final RetryRules rules;
    private final UnaryOperator<String> whyNot;
    private final Supplier<RandomGenerator> randoms;

    /** @param whyNot says of a method in one line why the nodes that could matter do not serve it */
    public RoutePlan(
            Router router,
            RouteWaiters waiters,
            CallsInFlight inFlight,
            RetryRules rules,
            UnaryOperator<String> whyNot,
            Supplier<RandomGenerator> randoms) {
        this.router = router;
        this.waiters = waiters;
        this.inFlight = inFlight;
        this.rules = rules;
        this.whyNot = whyNot;
        this.randoms = randoms;
    }

    /**
     * The route for the call's next attempt; waits for it where the rules above say so.
     *
     * @throws CallException if there is none, or no time or token for it
     */
    public Route next(Call call) {
        return Objects.requireNonNull(next(call, () -> false));
    }

    /**
     * As {@link #next(Call)}, but a wait ends when an earlier attempt has an outcome after all.
     *
     * @param hasOutcome asked whenever the thread is unparked
     * @return null if the wait ended so
     */
    @Nullable
    public Route next(Call call, BooleanSupplier hasOutcome) {
        Route route = tryNext(call);
        return route != null ? route : await(call, hasOutcome);
    }

    /**
     * As {@link #next(Call)}, but where that would wait for a route or a place, this returns null.
     *
     * @throws CallException also if the call may not wait for a route
     */
    @Nullable
    public Route nextNow(Call call) {
        Route route = tryNext(call);
        if (route == null && untried(call).isEmpty()) {
            requirePatience(call);
            requireOpen(call);
        }
        return route;
    }

    private @Nullable Route tryNext(Call call) {
        // an attempt without time would count as its node's failure
        if (call.remainingNanos(call.nowNanos()) <= 0 && routes(call) != null) {
            throw call.tooLate();
        }
        if (call.executions() > 0) {
            // ahead of the pick, which may spend a node's probe
            if (untried(call).isEmpty()) {
                throw noneLeft(call);
            }
            if (!rules.takeToken(call, 0)) {
                throw call.failed("retry budget exhausted");
            }
        }
        return pickFree(call);
    }

    /**
     * Begins the wait of a call for which {@link #nextNow} has found nothing, as one of several that one thread makes.
     *
     * @throws CallException if it may not wait
     */
    public PlaceWait beginWait(Call call) {
        requirePatience(call);
        return new PlaceWait(this, call);
    }

    /**
     * What the call has waited for, if it is there now; null if not.
     *
     * @throws CallException as {@link #next(Call)} does
     */
    @Nullable
    public Route next(Call call, PlaceWait wait) {
        return wait.look() || call.remainingNanos(call.nowNanos()) <= 0 ? found(call, wait) : null;
    }

    /**
     * Parks the thread for a call that waits, and for all others that it makes, until the deadline at most.
     *
     * @param canGo whether one of them can go on; asked whenever the thread is unparked
     */
    public void awaitAny(Call call, BooleanSupplier canGo) {
        Boolean unused = park(call, () -> canGo.getAsBoolean() ? true : null);
    }

    /** Whether another node that the call has not tried serves the method, besides the one that is being asked. */
    public boolean hasAnother(Call call, Route asked) {
        return untried(call).stream().anyMatch(route -> route.node() != asked.node());
    }

    /**
     * A route for a hedge, paid for: to a node that announces the method as retriable, and is neither ejected, nor full, nor
     * tried, nor being asked. Null if there is none now, or no token, or if the options allow no further execution.
     *
     * @param isAsked whether an attempt on the node is open
     * @param underWay how many attempts have no outcome yet
     */
    @Nullable
    public Route hedge(Call call, Predicate<Node> isAsked, int underWay) {
        MethodRoutes routes = routes(call);
        Predicate<Route> excluded = route ->
                !route.retriable() || call.hasTried(route.node()) || route.isFull() || isAsked.test(route.node());
        // in this order: the token is for a node that is there, and the pick may spend its probe
        // one that is under way may turn out to have sent nothing, which leaves an execution for another
        if (routes == null
                || !rules.allowsAnother(call, underWay)
                || !routes.canHedge(excluded)
                || !rules.takeToken(call, underWay)) {
            return null;
        }
        Route route = routes.pickHedge(excluded, randoms.get());
        return route != null && route.session().gate().enter() ? route : null;
    }

    /** The routes to all nodes that serve the method; waits until one does. They have no places. */
    List<Route> all(Call call) {
        MethodRoutes routes = routes(call);
        if (routes == null) {
            requirePatience(call);
            routes = park(call, () -> {
                MethodRoutes found = routes(call);
                if (found == null) {
                    requireOpen(call);
                }
                return found;
            });
            if (routes == null) {
                throw noRoute(call);
            }
        }
        return routes.all();
    }

    private @Nullable MethodRoutes routes(Call call) {
        RouteLookup lookup = call.lookup();
        return lookup == null ? router.routes(call.method()) : lookup.routes();
    }

    /** A place on a node; null if no untried node serves the method, or all of them are full. */
    @Nullable
    Route pickFree(Call call) {
        while (true) {
            Route route = pick(call);
            if (route == null) {
                return null;
            }
            Gate gate = route.session().gate();
            if (gate.enter()) {
                return route;
            }
            if (gate.isClosed()) {
                long began = call.nowNanos();
                call.record(route, began, OpenAttempt.refused(call, route), Proof.NOT_SENT);
            }
            // else another call took the last place meanwhile
        }
    }

    private @Nullable Route pick(Call call) {
        MethodRoutes routes = routes(call);
        if (routes == null) {
            return null;
        }
        if (call.isFirstAttempt()) {
            Route route = routes.pick(randoms.get());
            if (!route.isFull()) {
                return route;
            }
        }
        return routes.pickFree(route -> call.hasTried(route.node()), randoms.get());
    }

    /** The nodes that serve the method and that the call has not tried, whether they are full or not. */
    public List<Route> untried(Call call) {
        MethodRoutes routes = routes(call);
        if (routes == null) {
            return List.of();
        }
        // as a rule, and no copy is made for it
        return call.isFirstAttempt()
                ? routes.all()
                : routes.all().stream()
                        .filter(route -> !call.hasTried(route.node()))
                        .toList();
    }

    /** The untried nodes at which it waits for a place: those in service, if there are any. */
    List<Route> awaited(Call call, List<Route> untried) {
        MethodRoutes routes = routes(call);
        List<Route> inService = routes == null ? List.of() : routes.inService(route -> call.hasTried(route.node()));
        return inService.isEmpty() ? untried : inService;
    }

    /** Waits until there is a route and a place; null if an earlier attempt had its outcome first. */
    private @Nullable Route await(Call call, BooleanSupplier hasOutcome) {
        requirePatience(call);
        PlaceWait wait = new PlaceWait(this, call);
        try {
            Boolean isOver = park(call, () -> isOver(wait, hasOutcome) ? true : null);
            return isOver != null && !wait.hasFound() ? null : found(call, wait);
        } finally {
            wait.end();
        }
    }

    private static boolean isOver(PlaceWait wait, BooleanSupplier hasOutcome) {
        // and again: what a look is reported to may have waited for something else, and taken the outcome's wake-up
        return hasOutcome.getAsBoolean() || wait.look() || hasOutcome.getAsBoolean();
    }

    /** What a wait that is over has found, with the place, which is the call's from now on. */
    private Route found(Call call, PlaceWait wait) {
        Route route = wait.take();
        if (route == null) {
            List<Route> full = untried(call);
            throw full.isEmpty()
                    ? noRoute(call)
                    : call.overloaded(bound(full) + ", and none ended before the deadline");
        }
        if (call.remainingNanos(call.nowNanos()) <= 0) {
            route.session().gate().leave();
            throw call.tooLate();
        }
        return route;
    }

    /** A call that waits for a route would be in the way of a client that is closing. */
    void requireOpen(Call call) {
        if (inFlight.isClosing()) {
            throw call.closed();
        }
    }

    private void requirePatience(Call call) {
        List<Route> full = untried(call);
        if (full.isEmpty() && !call.waitsForRoute()) {
            throw noneLeft(call);
        }
        if (call.options().failFast()) {
            throw full.isEmpty()
                    ? noRoute(call, "failFast, and ", "serves it now")
                    : call.overloaded("failFast, and " + bound(full));
        }
    }

    private static String bound(List<Route> full) {
        return "maxInFlightPerNode: " + full.getFirst().session().gate().max()
                + " calls are under way already on each node that could take it";
    }

    static CallException noneLeft(Call call) {
        return call.failed("no untried node serves it now");
    }

    /** How a call fails whose deadline came before it could be made. */
    public CallException tooLate(Call call) {
        return routes(call) == null ? noRoute(call) : call.tooLate();
    }

    private CallException noRoute(Call call) {
        return noRoute(call, "", "served it until the deadline");
    }

    private CallException noRoute(Call call, String first, String then) {
        String why = first + (call.isFirstAttempt() ? "no node " : "no untried node ") + then;
        // the nodes that were tried may serve it still, which is no reason against any
        String reasons = whyNot.apply(call.method());
        return call.noRoute(reasons.isEmpty() ? why : why + ": " + reasons);
    }

    private <T> @Nullable T park(Call call, Supplier<@Nullable T> probe) {
        try {
            return waiters.await(router.entry(call.method()), call.deadline(), probe);
        } catch (InterruptedException interrupt) {
            throw call.interrupted(interrupt);
        } catch (RouteWaiters.TooManyException bound) {
            throw call.overloaded(String.valueOf(bound.getMessage()));
        } finally {
            call.readClock();
        }
    }
}
