package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.core.limits.Gate;
import io.github.moonlibs.discovery.core.limits.PlaceTicket;
import io.github.moonlibs.discovery.core.routing.Route;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits for a route and a place: looks whenever the routes have changed or a place was granted. Used by the
 * caller's thread alone.
 */
public final class PlaceWait {
    private final RoutePlan plan;
    private final Call call;
    private PlaceTicket ticket = new PlaceTicket();

    private @Nullable Route found;

    PlaceWait(RoutePlan plan, Call call) {
        this.plan = plan;
        this.call = call;
    }

    /** Whether a route was found, with a place on its node that waits to be taken. */
    public boolean look() {
        if (found == null) {
            found = find();
        }
        return hasFound();
    }

    boolean hasFound() {
        return found != null;
    }

    /** The route that was found, if one was; its place is the caller's from now on. */
    @Nullable
    Route take() {
        Route taken = found;
        found = null;
        return taken;
    }

    private @Nullable Route find() {
        List<Route> untried = plan.untried(call);
        List<Route> awaited = plan.awaited(call, untried);
        Route granted = usable(awaited);
        if (granted != null) {
            return granted;
        }
        if (untried.isEmpty()) {
            if (!call.waitsForRoute()) {
                throw RoutePlan.noneLeft(call);
            }
            plan.requireOpen(call);
            return null;
        }
        Route free = plan.pickFree(call);
        if (free != null) {
            giveUp();
            return free;
        }
        awaited.forEach(route -> ticket.queueAt(route.session().gate()));
        return usable(awaited);
    }

    /**
     * The route whose place was granted, if it is still awaited; a place on another, which may have been ejected meanwhile,
     * is given back.
     */
    private @Nullable Route usable(List<Route> awaited) {
        if (ticket.isWaiting()) {
            return null;
        }
        Gate granted = ticket.settle();
        ticket = new PlaceTicket();
        for (Route route : awaited) {
            if (route.session().gate() == granted) {
                return route;
            }
        }
        if (granted != null) {
            granted.leave();
        }
        return null;
    }

    /** Waits no more. */
    public void end() {
        Route unused = take();
        if (unused != null) {
            unused.session().gate().leave();
        }
        giveUp();
    }

    private void giveUp() {
        Gate granted = ticket.settle();
        ticket = new PlaceTicket();
        if (granted != null) {
            granted.leave();
        }
    }
}
