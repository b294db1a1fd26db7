package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.NodeReply;
import io.github.moonlibs.discovery.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Makes one attempt on every node that serves a method, all at the same time. The caller's thread sends them all and parks
 * until each has an outcome.
 */
final class FanOutCall {
    private final CallParts parts;
    private final Call call;

    FanOutCall(CallParts parts, Call call) {
        this.parts = parts;
        this.call = call;
    }

    /** What came of the attempt on one node; the attempt while it is open, then the reply. */
    private static final class Branch {
        final Route route;
        final long startNanos;

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

    List<NodeReply> run(List<?> arguments) {
        call.remembered().fansOut();
        List<Branch> branches = new ArrayList<>();
        try (Subtasks subtasks = parts.subtasks(call)) {
            try {
                for (Route route : parts.plan().all(call)) {
                    Branch branch = new Branch(route, call.readClock());
                    branches.add(branch);
                    begin(branch, arguments, subtasks);
                }
                awaitAll(branches);
            } catch (InterruptedException interrupt) {
                branches.forEach(branch -> giveUp(branch, true));
                throw call.interrupted(interrupt);
            } finally {
                branches.forEach(branch -> giveUp(branch, false));
            }
        }
        return branches.stream().map(branch -> reply(branch)).toList();
    }

    private void begin(Branch branch, List<?> arguments, Subtasks subtasks) throws InterruptedException {
        Route route = branch.route;
        long nanos = Math.min(call.options().timeoutNanos(), call.remainingNanos(branch.startNanos));
        if (nanos <= 0) {
            branch.ended(
                    null,
                    new AttemptException(Kind.TIMEOUT, false, route.instance() + ": no time was left to ask it", null));
            return;
        }
        try {
            OpenAttempt attempt = OpenAttempt.begin(call, route);
            if (attempt == null) {
                throw AttemptException.notSent(
                        route.instance() + ": maxInFlightPerNode: "
                                + route.session().gate().max() + " calls are under way already on it",
                        null);
            }
            attempt.send(arguments, nanos, subtasks);
            branch.open = attempt;
        } catch (AttemptException failure) {
            branch.ended(null, failure);
        }
    }

    private void awaitAll(List<Branch> branches) throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            long nearest = Long.MAX_VALUE;
            for (Branch branch : branches) {
                OpenAttempt attempt = branch.open;
                if (attempt != null && (attempt.isDone() || attempt.leftNanos(now) <= 0)) {
                    settle(branch, attempt);
                } else if (attempt != null) {
                    nearest = Math.min(nearest, attempt.leftNanos(now));
                }
            }
            if (nearest == Long.MAX_VALUE) {
                return;
            }
            LockSupport.parkNanos(this, nearest);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private static void settle(Branch branch, OpenAttempt attempt) {
        branch.open = null;
        try {
            branch.ended(attempt.result(), null);
        } catch (AttemptException failure) {
            branch.ended(null, failure);
        }
    }

    private static void giveUp(Branch branch, boolean interrupted) {
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
