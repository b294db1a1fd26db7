package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.Deadline;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where a call may go. One for all calls of a client; what a call has tried is in the {@link Call}.
 *
 * <ol>
 *   <li>The strategy picks among the nodes that serve the method now and that the call has not tried. A node that has as
 *       many attempts under way as it may is passed over; if that leaves none, the call is refused.
 *   <li>If no node serves the method, the call waits for a route until its deadline. So does a call of which nothing was
 *       sent yet: it has not been executed.
 *   <li>Once something was sent, a call goes on only to a node that is there, and pays for it from the retry budget.
 * </ol>
 */
final class RoutePlan {
    private final Router router;
    private final RouteWaiters waiters;
    private final CallsInFlight inFlight;
    private final RetryRules rules;
    private final Supplier<RandomGenerator> randoms;

    RoutePlan(
            Router router,
            RouteWaiters waiters,
            CallsInFlight inFlight,
            RetryRules rules,
            Supplier<RandomGenerator> randoms) {
        this.router = router;
        this.waiters = waiters;
        this.inFlight = inFlight;
        this.rules = rules;
        this.randoms = randoms;
    }

    /**
     * The route for the call's next attempt; waits for one if nothing was executed yet.
     *
     * @throws CallException if there is none, or no time or token for it
     */
    Route next(Call call) {
        // an attempt without time would count as its node's failure
        if (call.remainingNanos(call.nowNanos()) <= 0 && routes(call) != null) {
            throw call.tooLate();
        }
        if (call.executions() > 0) {
            // ahead of the pick, which may spend a node's probe
            if (!isAnyLeft(call)) {
                throw noneLeft(call);
            }
            if (!rules.takeToken(call, 0)) {
                throw call.failed("retry budget exhausted");
            }
        }
        Route route = pickOrRefuse(call);
        if (route != null) {
            return route;
        }
        if (call.executions() > 0) {
            throw noneLeft(call);
        }
        route = await(call, () -> pickOrRefuse(call));
        if (call.remainingNanos(call.nowNanos()) <= 0) {
            throw call.tooLate();
        }
        return route;
    }

    /**
     * A route for a hedge, paid for: to a node that announces the method as retriable, and is neither ejected, nor tried,
     * nor being asked. Null if there is none now, or no token.
     *
     * @param isAsked whether an attempt on the node is open
     * @param underWay how many attempts have no outcome yet
     */
    @Nullable
    Route hedge(Call call, Predicate<Node> isAsked, int underWay) {
        MethodRoutes routes = routes(call);
        Predicate<Route> excluded = route ->
                !route.retriable() || call.hasTried(route.node()) || route.isFull() || isAsked.test(route.node());
        // in this order: the token is for a node that is there, and the pick may spend its probe
        return routes == null || routes.all().stream().allMatch(excluded) || !rules.takeToken(call, underWay)
                ? null
                : routes.pickWithout(excluded, randoms.get());
    }

    /** The routes to all nodes that serve the method; waits until one does. */
    List<Route> all(Call call) {
        return await(call, () -> {
            MethodRoutes routes = routes(call);
            return routes == null ? null : routes.all();
        });
    }

    private @Nullable MethodRoutes routes(Call call) {
        RouteLookup lookup = call.lookup();
        return lookup == null ? router.routes(call.method()) : lookup.routes();
    }

    /** Null if no untried node serves the method. */
    private @Nullable Route pickOrRefuse(Call call) {
        while (true) {
            Route route = pick(call);
            if (route != null) {
                return route;
            }
            if (!isAnyLeft(call)) {
                return null;
            }
            // a node has a free place again
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
        return routes.pickWithout(route -> call.hasTried(route.node()) || route.isFull(), randoms.get());
    }

    /** Whether an untried node serves the method now; refuses the call if there are some and all of them are full. */
    private boolean isAnyLeft(Call call) {
        MethodRoutes routes = routes(call);
        List<Route> untried = routes == null
                ? List.of()
                : routes.all().stream()
                        .filter(route -> !call.hasTried(route.node()))
                        .toList();
        if (!untried.isEmpty() && untried.stream().allMatch(Route::isFull)) {
            throw call.overloaded(
                    "maxInFlightPerNode: " + untried.getFirst().session().gate().max()
                            + " calls are under way already on each node that could take it");
        }
        return !untried.isEmpty();
    }

    private static CallException noneLeft(Call call) {
        return call.failed("no untried node serves it now");
    }

    private <T> T await(Call call, Supplier<@Nullable T> probe) {
        T found = probe.get();
        if (found != null) {
            return found;
        }
        if (call.options().failFast()) {
            throw call.noRoute("failFast, and nobody serves it now");
        }
        Deadline deadline = call.deadline();
        try {
            found = waiters.await(call.method(), deadline, () -> {
                if (inFlight.isClosing()) {
                    throw call.closed();
                }
                return probe.get();
            });
        } catch (InterruptedException interrupt) {
            throw call.interrupted(interrupt);
        } catch (RouteWaiters.TooManyException bound) {
            throw call.overloaded(String.valueOf(bound.getMessage()));
        }
        if (found == null) {
            throw call.noRoute("nobody served it until the deadline");
        }
        call.readClock();
        return found;
    }
}
