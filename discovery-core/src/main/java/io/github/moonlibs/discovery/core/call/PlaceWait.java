package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.core.limits.Gate;
import io.github.moonlibs.discovery.core.limits.PlaceTicket;
import io.github.moonlibs.discovery.core.routing.Route;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits for a route and a place: looks whenever the routes have changed or a place was granted. Used by the
 * caller's thread alone.
 */
final class PlaceWait {
    private final RoutePlan plan;
    private final Call call;
    private final BooleanSupplier hasOutcome;
    private PlaceTicket ticket = new PlaceTicket();

    private @Nullable Route found;

    /** @param hasOutcome whether an earlier attempt has an outcome after all, which ends the wait */
    PlaceWait(RoutePlan plan, Call call, BooleanSupplier hasOutcome) {
        this.plan = plan;
        this.call = call;
        this.hasOutcome = hasOutcome;
    }

    /** The route that was found, with a place on its node. */
    @Nullable
    Route found() {
        return found;
    }

    /** True if the wait is over, null if not. */
    @Nullable
    Boolean look() {
        if (hasOutcome.getAsBoolean()) {
            return true;
        }
        found = find();
        return found == null ? null : true;
    }

    private @Nullable Route find() {
        List<Route> untried = plan.untried(call);
        if (untried.isEmpty()) {
            if (!call.waitsForRoute()) {
                throw RoutePlan.noneLeft(call);
            }
            plan.requireOpen(call);
            return null;
        }
        Route granted = usable(untried);
        if (granted != null) {
            return granted;
        }
        Route free = plan.pickFree(call);
        if (free != null) {
            giveUp();
            return free;
        }
        untried.forEach(route -> ticket.queueAt(route.session().gate()));
        return usable(untried);
    }

    /** The route whose place was granted, if it is still there; a place on another is given back. */
    private @Nullable Route usable(List<Route> untried) {
        if (ticket.isWaiting()) {
            return null;
        }
        Gate granted = ticket.settle();
        for (Route route : untried) {
            if (route.session().gate() == granted) {
                return route;
            }
        }
        if (granted != null) {
            granted.leave();
        }
        ticket = new PlaceTicket();
        return null;
    }

    void giveUp() {
        Gate granted = ticket.settle();
        if (granted != null) {
            granted.leave();
        }
    }
}
