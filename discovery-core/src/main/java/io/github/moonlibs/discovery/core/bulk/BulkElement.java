package io.github.moonlibs.discovery.core.bulk;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.core.call.Call;
import io.github.moonlibs.discovery.core.call.HedgeDelay;
import io.github.moonlibs.discovery.core.call.PlaceWait;
import io.github.moonlibs.discovery.core.call.RoutePlan;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.routing.Route;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of many calls, from its beginning to its outcome. Used by the thread that makes them alone. */
final class BulkElement {
    final int index;
    final List<?> arguments;
    final Call call;

    /** The attempts without an outcome, linked by {@link BulkAttempt#other}. */
    @Nullable
    BulkAttempt open;

    @Nullable
    BulkAttempt first;

    /** The attempt by which its next hedge is due; null: none is. */
    @Nullable
    BulkAttempt toHedge;

    /** The last pause before another look for a hedge; zero: the last one was made. */
    long hedgePause;

    /** Its place in the queues for a route and a place; null: it is in none. */
    private @Nullable PlaceWait wait;

    /** Whether it had tried nothing when it began to wait; a wait may come upon nodes that take no more. */
    boolean waitsUntried;

    /** When its pause between two attempts is over. */
    long resumeAt;

    // the others that are under way
    @Nullable
    BulkElement before;

    @Nullable
    BulkElement after;

    BulkElement(int index, List<?> arguments, Call call) {
        this.index = index;
        this.arguments = arguments;
        this.call = call;
    }

    /** The route of its next attempt, with a place; null: there is none now. */
    @Nullable
    Route next(RoutePlan plan) {
        if (wait == null) {
            return plan.nextNow(call);
        }
        Route route = plan.next(call, wait);
        if (route != null) {
            wait = null;
        }
        return route;
    }

    /** Queues for a place. */
    void queueUp(RoutePlan plan) {
        wait = plan.beginWait(call);
    }

    /** Whether it need not wait any more. */
    boolean canGo() {
        try {
            return wait != null && wait.look();
        } catch (CallException none) {
            // thrown again when it goes on
            return true;
        }
    }

    /** Queues no more, and gives back a place that it has not gone on with. */
    void stopWaiting() {
        if (wait != null) {
            wait.end();
            wait = null;
        }
    }

    void begun(BulkAttempt attempt) {
        attempt.other = open;
        open = attempt;
        if (first == null) {
            first = attempt;
        }
    }

    /** The attempt has its outcome. */
    @SuppressWarnings("ReferenceEquality") // the very attempt
    void over(BulkAttempt attempt) {
        attempt.isOver = true;
        if (open == attempt) {
            open = attempt.other;
            return;
        }
        for (BulkAttempt each = open; each != null; each = each.other) {
            if (each.other == attempt) {
                each.other = attempt.other;
                return;
            }
        }
    }

    /** How long to wait before another look for a node or token for a hedge: each time twice as long. */
    long nextHedgePause() {
        hedgePause = HedgeDelay.pauseAfter(hedgePause);
        return hedgePause;
    }

    /** How many of its attempts are open and have not timed out. */
    int underWay() {
        int count = 0;
        for (BulkAttempt each = open; each != null; each = each.other) {
            count += each.isLate() ? 0 : 1;
        }
        return count;
    }

    boolean isAsked(Node node) {
        for (BulkAttempt each = open; each != null; each = each.other) {
            if (each.attempt.asks(node)) {
                return true;
            }
        }
        return false;
    }
}
