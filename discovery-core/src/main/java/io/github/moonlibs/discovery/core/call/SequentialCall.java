package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.routing.Route;
import java.util.List;

/**
 * Makes a call's attempts one after another. When an attempt that may be hedged is unanswered for the hedge's delay, or for
 * its own time, {@link HedgedCall} takes over with all that follows.
 */
public final class SequentialCall {
    private final CallParts parts;
    private final Call call;

    public SequentialCall(CallParts parts, Call call) {
        this.parts = parts;
        this.call = call;
    }

    public Result run(List<?> arguments) {
        while (true) {
            Route route = parts.plan().next(call);
            long began = call.nowNanos();
            try {
                return attempt(OpenAttempt.begin(call, route), arguments);
            } catch (AttemptException failure) {
                Proof proof = parts.rules().proof(call, route, failure);
                call.record(route, began, failure, proof);
                String reason = parts.rules().reasonToStop(call, route, failure, proof);
                if (reason != null) {
                    throw call.failed(reason);
                }
                parts.rules().pauseBeforeAnother(call);
            } catch (InterruptedException interrupt) {
                call.recordInterrupt(route, began);
                throw call.interrupted(interrupt);
            }
        }
    }

    private Result attempt(OpenAttempt attempt, List<?> arguments) throws InterruptedException {
        try {
            if (!parts.hedgeDelay().appliesTo(call, attempt.route())) {
                return attempt.call(arguments);
            }
            boolean first = call.isFirstAttempt();
            long delay = parts.hedgeDelay().of(call, attempt);
            long patience = Math.min(delay, attempt.timeoutNanos());
            // a reply still counts when its attempt has timed out
            long awaited = call.remainingNanos(attempt.startNanos());
            if (!attempt.trySend(arguments, awaited, patience) || !attempt.isDone()) {
                return new HedgedCall(parts, call, arguments).run(attempt, delay);
            }
            Result result = attempt.result();
            parts.hedgeDelay().observe(call, attempt, first);
            return result;
        } finally {
            // it has ended, unless an Error came between
            attempt.close();
        }
    }
}
