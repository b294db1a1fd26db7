package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.routing.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Makes attempts that overlap. The caller's thread sends each of them without waiting for its reply, and parks until one
 * has an outcome, the next hedge is due, or an attempt's time is over.
 *
 * <ol>
 *   <li>The next attempt starts when the last one has been unanswered for the policy's delay, if executions, an untried
 *       node that announces the method as retriable, and a token of the retry budget are left. If one of these is missing,
 *       it is looked for again after a while that grows.
 *   <li>The first success is the call's. The other attempts are given up: one that began earlier was overtaken, which
 *       counts against its node. After a failure that no attempt may follow they are given up, too.
 *   <li>After any other failure the call waits for the attempts that are under way. When there are none, it retries.
 *   <li>An attempt of a retriable method that has timed out has failed, but its reply still counts if it comes before the
 *       call ends.
 * </ol>
 */
final class HedgedCall {
    private final CallParts parts;
    private final Call call;
    private final List<?> arguments;

    /** The attempts whose reply may still count, the last one sent at the end. */
    private final List<OpenAttempt> open = new ArrayList<>(2);

    private @Nullable OpenAttempt first;

    /** When the last attempt began, or could not. */
    private long lastNanos;

    private long delayNanos;

    HedgedCall(CallParts parts, Call call, List<?> arguments) {
        this.parts = parts;
        this.call = call;
        this.arguments = arguments;
    }

    /**
     * Goes on with a call of which one attempt is open.
     *
     * @param delayNanos how long after the attempt's beginning its hedge is due
     */
    Result run(OpenAttempt attempt, long delayNanos) {
        try (Subtasks subtasks = parts.subtasks(call)) {
            try {
                first = call.isFirstAttempt() ? attempt : null;
                add(attempt, delayNanos);
                if (!attempt.isSent()) {
                    send(attempt, subtasks);
                }
                return run(subtasks);
            } finally {
                // a success has given up the others already; this is a failure's
                giveUpRest();
            }
        }
    }

    /** Each of them, whatever is thrown for one. */
    private void giveUpRest() {
        if (!open.isEmpty()) {
            OpenAttempt left = open.removeLast();
            try {
                left.abandoned();
                observe(left);
            } finally {
                giveUpRest();
            }
        }
    }

    private Result run(Subtasks subtasks) {
        while (true) {
            Result result = race(subtasks);
            if (result != null) {
                return result;
            }
            parts.rules().pauseBeforeAnother(call);
            result = settle();
            if (result != null) {
                return result;
            }
            Route route = parts.plan().next(call, this::hasOutcome);
            if (route != null) {
                begin(route, subtasks);
            }
        }
    }

    /** Makes an attempt; false if nothing was sent. */
    private boolean begin(Route route, Subtasks subtasks) {
        call.readClock();
        OpenAttempt attempt = OpenAttempt.begin(call, route);
        boolean added = false;
        try {
            add(attempt, parts.hedgeDelay().of(call, attempt));
            added = true;
        } finally {
            if (!added) {
                attempt.close();
            }
        }
        return send(attempt, subtasks);
    }

    private void add(OpenAttempt attempt, long delay) {
        open.add(attempt);
        lastNanos = attempt.startNanos();
        delayNanos = delay;
    }

    private boolean send(OpenAttempt attempt, Subtasks subtasks) {
        boolean sent = false;
        try {
            if (Thread.interrupted()) {
                throw interrupted(new InterruptedException());
            }
            // the reply to a retriable method still counts when its attempt is over
            long awaited =
                    attempt.route().retriable() ? call.remainingNanos(attempt.startNanos()) : attempt.timeoutNanos();
            attempt.send(arguments, awaited, subtasks);
            sent = true;
        } catch (AttemptException nothingSent) {
            call.record(attempt.route(), attempt.startNanos(), nothingSent, Proof.NOT_SENT);
        } catch (InterruptedException interrupt) {
            open.remove(attempt);
            throw interrupted(interrupt);
        } finally {
            if (!sent) {
                open.remove(attempt);
            }
        }
        return sent;
    }

    /** Waits for the first success; null when no attempt is under way any more. */
    private @Nullable Result race(Subtasks subtasks) {
        while (true) {
            Result result = settle();
            if (result != null || underWay() == 0) {
                return result;
            }
            long now = System.nanoTime();
            long untilHedge = delayNanos == HedgeDelay.NEVER ? HedgeDelay.NEVER : delayNanos - (now - lastNanos);
            if (untilHedge <= 0) {
                hedge(subtasks);
            } else {
                LockSupport.parkNanos(this, Math.min(untilHedge, untilTimeout(now)));
                if (Thread.interrupted()) {
                    throw interrupted(new InterruptedException());
                }
            }
        }
    }

    private void hedge(Subtasks subtasks) {
        long delay = delayNanos;
        lastNanos = System.nanoTime();
        Route route = parts.plan().hedge(call, this::isAsked, underWay());
        if (route != null && begin(route, subtasks)) {
            call.remembered().hedged();
        } else {
            delayNanos = HedgeDelay.pauseAfter(delay);
        }
    }

    private boolean hasOutcome() {
        for (OpenAttempt attempt : open) {
            if (attempt.isDone()) {
                return true;
            }
        }
        return false;
    }

    private int underWay() {
        int count = 0;
        for (OpenAttempt attempt : open) {
            count += attempt.isLate() ? 0 : 1;
        }
        return count;
    }

    private long untilTimeout(long now) {
        long nearest = Long.MAX_VALUE;
        for (OpenAttempt attempt : open) {
            nearest = Math.min(nearest, attempt.leftNanos(now));
        }
        return nearest;
    }

    private boolean isAsked(Node node) {
        for (OpenAttempt attempt : open) {
            if (attempt.asks(node)) {
                return true;
            }
        }
        return false;
    }

    /** Ends the attempts that have an outcome or no time left; returns the first success among them. */
    private @Nullable Result settle() {
        long now = System.nanoTime();
        for (int i = open.size() - 1; i >= 0; i--) {
            OpenAttempt attempt = open.get(i);
            boolean timedOut = attempt.leftNanos(now) <= 0;
            if (!timedOut && !attempt.isDone()) {
                continue;
            }
            if (timedOut && attempt.route().retriable() && !attempt.isDone()) {
                failed(attempt, attempt.timedOut());
            } else {
                Result result = settle(attempt);
                if (result != null) {
                    return result;
                }
            }
            // from the start: what heard of the failure may have waited, and taken the wake-up of another attempt
            i = open.size();
        }
        return null;
    }

    private @Nullable Result settle(OpenAttempt attempt) {
        boolean late = attempt.isLate();
        open.remove(attempt);
        try {
            Result result = attempt.result();
            observe(attempt);
            giveUpOthersThan(attempt);
            return result;
        } catch (AttemptException failure) {
            if (!late) {
                failed(attempt, failure);
            }
            return null;
        }
    }

    private void giveUpOthersThan(OpenAttempt winner) {
        for (OpenAttempt other : open) {
            other.lostTo(winner);
            observe(other);
        }
        open.clear();
    }

    private void failed(OpenAttempt attempt, AttemptException failure) {
        Proof proof = parts.rules().proof(call, attempt.route(), failure);
        String reason = parts.rules().reasonToStop(call, attempt.route(), failure, proof);
        if (reason != null) {
            endAll(Kind.ABANDONED);
        }
        call.record(attempt.route(), attempt.startNanos(), failure, proof);
        if (reason != null) {
            throw call.failed(reason);
        }
    }

    private CallException interrupted(InterruptedException interrupt) {
        endAll(Kind.INTERRUPTED);
        return call.interrupted(interrupt);
    }

    /** Ends the open attempts of a call that fails, and lists them among its own. */
    private void endAll(Kind kind) {
        for (OpenAttempt attempt : open) {
            boolean listed = attempt.isLate();
            AttemptException outcome = kind == Kind.INTERRUPTED ? attempt.interrupted() : attempt.abandoned();
            if (!listed) {
                call.record(attempt.route(), attempt.startNanos(), outcome, Proof.NONE);
            }
        }
        open.clear();
    }

    private void observe(OpenAttempt attempt) {
        parts.hedgeDelay().observe(call, attempt, attempt == first);
    }
}
