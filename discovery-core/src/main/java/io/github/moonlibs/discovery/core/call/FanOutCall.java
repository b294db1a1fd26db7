package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.NodeReply;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.limits.Gate;
import io.github.moonlibs.discovery.core.limits.PlaceTicket;
import io.github.moonlibs.discovery.core.routing.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Makes one attempt on every node that serves a method, all at the same time. The caller's thread sends them all and parks
 * until each has an outcome.
 */
public final class FanOutCall {
    private final CallParts parts;
    private final Call call;

    public FanOutCall(CallParts parts, Call call) {
        this.parts = parts;
        this.call = call;
    }

    /** What comes of one node: a place is waited for, an attempt is open, there is a reply. */
    private static final class Branch {
        final Route route;
        final long startNanos;

        @Nullable
        PlaceTicket ticket;

        @Nullable
        OpenAttempt open;

        @Nullable
        NodeReply reply;

        Branch(Route route, long startNanos) {
            this.route = route;
            this.startNanos = startNanos;
        }

        void ended(@Nullable Result result, @Nullable AttemptException failure) {
            open = null;
            Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
            reply = new NodeReply(route.instance(), took, result, failure);
        }
    }

    public List<NodeReply> run(List<?> arguments) {
        call.remembered().fansOut();
        List<Branch> branches = new ArrayList<>();
        try (Subtasks subtasks = parts.subtasks(call)) {
            try {
                for (Route route : parts.plan().all(call)) {
                    branches.add(new Branch(route, call.readClock()));
                }
                for (Branch branch : branches) {
                    begin(branch, arguments, subtasks);
                }
                awaitAll(branches, arguments, subtasks);
            } catch (InterruptedException interrupt) {
                giveUp(branches, true);
                throw call.interrupted(interrupt);
            } finally {
                giveUp(branches, false);
            }
        }
        return branches.stream().map(branch -> reply(branch)).toList();
    }

    private void begin(Branch branch, List<?> arguments, Subtasks subtasks) throws InterruptedException {
        Gate gate = branch.route.session().gate();
        if (gate.enter()) {
            ask(branch, arguments, subtasks);
        } else if (gate.isClosed()) {
            branch.ended(null, OpenAttempt.refused(call, branch.route));
        } else if (call.options().failFast()) {
            branch.ended(null, full(branch.route, "failFast, and "));
        } else {
            branch.ticket = new PlaceTicket();
            branch.ticket.queueAt(gate);
        }
    }

    private static AttemptException full(Route route, String why) {
        return AttemptException.notSent(
                route.instance() + ": " + why + "maxInFlightPerNode: "
                        + route.session().gate().max() + " calls are under way already on it",
                null);
    }

    /** Asks a node on which the branch has a place. */
    private void ask(Branch branch, List<?> arguments, Subtasks subtasks) throws InterruptedException {
        if (call.remainingNanos(call.readClock()) <= 0) {
            branch.route.session().gate().leave();
            String message = branch.route.instance() + ": no time was left to ask it";
            branch.ended(null, new AttemptException(Kind.TIMEOUT, false, message, null));
            return;
        }
        OpenAttempt attempt = OpenAttempt.begin(call, branch.route);
        try {
            attempt.send(arguments, attempt.timeoutNanos(), subtasks);
            branch.open = attempt;
        } catch (AttemptException failure) {
            branch.ended(null, failure);
        }
    }

    private void awaitAll(List<Branch> branches, List<?> arguments, Subtasks subtasks) throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            long nearest = Long.MAX_VALUE;
            for (Branch branch : branches) {
                nearest = Math.min(nearest, advance(branch, now, arguments, subtasks));
            }
            if (nearest == Long.MAX_VALUE) {
                return;
            }
            if (nearest > 0) {
                LockSupport.parkNanos(this, nearest);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** Takes the branch as far as it can go now; returns until when it is to be left alone, without end once it is over. */
    private long advance(Branch branch, long now, List<?> arguments, Subtasks subtasks) throws InterruptedException {
        PlaceTicket ticket = branch.ticket;
        if (ticket != null) {
            long left = call.remainingNanos(now);
            boolean isClosed = branch.route.session().gate().isClosed();
            if (ticket.isWaiting() && left > 0 && !isClosed) {
                return left;
            }
            branch.ticket = null;
            if (ticket.settle() == null) {
                AttemptException none = isClosed
                        ? OpenAttempt.refused(call, branch.route)
                        : full(branch.route, "no place came free before the deadline; ");
                branch.ended(null, none);
            } else {
                ask(branch, arguments, subtasks);
                return 0;
            }
        }
        OpenAttempt attempt = branch.open;
        if (attempt == null) {
            return Long.MAX_VALUE;
        }
        long left = attempt.leftNanos(now);
        if (left > 0 && !attempt.isDone()) {
            return left;
        }
        settle(branch, attempt);
        // what heard of that may have waited for something else, and taken the wake-up of another branch
        return 0;
    }

    private static void settle(Branch branch, OpenAttempt attempt) {
        branch.open = null;
        try {
            branch.ended(attempt.result(), null);
        } catch (AttemptException failure) {
            branch.ended(null, failure);
        }
    }

    /** Each of them, whatever is thrown for one. */
    private static void giveUp(List<Branch> branches, boolean interrupted) {
        for (int i = 0; i < branches.size(); i++) {
            try {
                giveUp(branches.get(i), interrupted);
            } catch (Error first) {
                giveUp(branches.subList(i + 1, branches.size()), interrupted);
                throw first;
            }
        }
    }

    private static void giveUp(Branch branch, boolean interrupted) {
        PlaceTicket ticket = branch.ticket;
        if (ticket != null) {
            branch.ticket = null;
            Gate granted = ticket.settle();
            if (granted != null) {
                granted.leave();
            }
        }
        OpenAttempt attempt = branch.open;
        if (attempt != null) {
            branch.open = null;
            if (interrupted) {
                attempt.interrupted();
            } else {
                attempt.abandoned();
            }
        }
    }

    private static NodeReply reply(Branch branch) {
        NodeReply reply = branch.reply;
        if (reply == null) {
            throw new IllegalStateException("no outcome of " + branch.route.instance());
        }
        return reply;
    }
}
