package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.FlightRecorder.AttemptEvent;
import io.github.moonlibs.discovery.spi.PendingReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A call whose attempts may overlap. All of them are the caller's own thread's: it sends each without waiting for its
 * reply, and parks until one of them has an outcome, the time for a hedge has come, or an attempt's time is over. By a
 * {@link Call}'s rules, and these:
 *
 * <ol>
 *   <li>The next attempt starts when the last one has been unanswered for the policy's delay, if both were announced as
 *       retriable, and attempts, an untried node and a token of the retry budget are left. What is not there then is
 *       looked for again after another delay.
 *   <li>The first success is the call's; the others are abandoned. So they are after a failure that no attempt may
 *       follow.
 *   <li>After any other failure the call waits for those that are under way. When that is none, it retries.
 *   <li>An attempt of a retriable method that has timed out has failed, but its reply still counts if it comes before
 *       the call ends.
 * </ol>
 */
final class HedgedCall {
    private static final long NEVER = Long.MAX_VALUE;

    private final Calls calls;
    private final Call call;
    private final String method;
    private final CallOptions options;

    /** The requests that may still be answered, the last one sent at the end. */
    private final List<Flight> flights = new ArrayList<>(2);

    private @Nullable LatencyHistogram latency;

    /** When the last attempt started, or would have, had there been a node and a token. */
    private long lastStart;

    private long delayNanos = NEVER;

    HedgedCall(Calls calls, Call call, String method, CallOptions options) {
        this.calls = calls;
        this.call = call;
        this.method = method;
        this.options = options;
    }

    /** A request that its session counts as in flight. */
    private static final class Flight {
        final Route route;
        final PendingReply reply;
        final long start;
        final long timeoutNanos;
        final boolean first;
        final @Nullable AttemptEvent event;

        /** Its attempt has timed out, and is recorded. */
        boolean late;

        Flight(
                Route route,
                PendingReply reply,
                long start,
                long timeoutNanos,
                boolean first,
                @Nullable AttemptEvent event) {
            this.route = route;
            this.reply = reply;
            this.start = start;
            this.timeoutNanos = timeoutNanos;
            this.first = first;
            this.event = event;
        }

        long left(long now) {
            return late ? NEVER : timeoutNanos - (now - start);
        }
    }

    Result run(List<?> arguments) {
        try {
            while (true) {
                if (!start(call.nextRoute(), arguments)) {
                    call.requireTime(lastStart);
                    continue;
                }
                Result result = race(arguments);
                if (result != null) {
                    return result;
                }
                call.decide();
                call.pause();
                result = land();
                if (result != null) {
                    return result;
                }
            }
        } finally {
            while (!flights.isEmpty()) {
                abandon(flights.getLast(), Kind.ABANDONED);
            }
        }
    }

    /** Makes an attempt; false if there is no time, or another call took the last place on the node meanwhile. */
    private boolean start(Route route, List<?> arguments) {
        if (Thread.interrupted()) {
            throw interrupted();
        }
        boolean first = flights.isEmpty() && call.attempts() == 0;
        delayNanos = route.retriable() ? delayNanos() : NEVER;
        lastStart = System.nanoTime();
        long timeoutNanos = call.attemptNanos(lastStart);
        if (timeoutNanos <= 0) {
            return false;
        }
        // ahead of the gate, which has to be left again: the caller's own list may throw
        List<?> sent = call.withTimeout(arguments, timeoutNanos);
        try {
            if (!route.session().enter(method)) {
                return false;
            }
            // the reply to a retriable method still counts when its attempt is over
            long awaitedNanos = route.retriable() ? call.deadline().remainingNanos() : timeoutNanos;
            AttemptEvent event = FlightRecorder.attempt();
            PendingReply reply = route.session().send(method, sent, awaitedNanos);
            flights.add(new Flight(route, reply, lastStart, timeoutNanos, first, event));
        } catch (AttemptException notSent) {
            call.record(route, lastStart, notSent);
        } catch (InterruptedException interrupt) {
            throw interrupted();
        }
        return true;
    }

    private long delayNanos() {
        Duration fixed = options.hedging().delay();
        if (fixed != null) {
            return fixed.toNanos();
        }
        if (latency == null) {
            // not before there was a route: of a name that nobody announces nothing must stay
            latency = calls.latencies().of(method);
        }
        return latency.p95Nanos();
    }

    /** Waits for the first success; null if no attempt is under way any more. */
    private @Nullable Result race(List<?> arguments) {
        while (true) {
            Result result = land();
            if (result != null || underWay() == 0) {
                return result;
            }
            long now = System.nanoTime();
            long untilHedge = delayNanos - (now - lastStart);
            if (untilHedge <= 0) {
                hedge(arguments);
            } else {
                LockSupport.parkNanos(this, Math.min(untilHedge, untilTimeout(now)));
                if (Thread.interrupted()) {
                    throw interrupted();
                }
            }
        }
    }

    private int underWay() {
        int count = 0;
        for (Flight flight : flights) {
            count += flight.late ? 0 : 1;
        }
        return count;
    }

    private long untilTimeout(long now) {
        long least = NEVER;
        for (Flight flight : flights) {
            least = Math.min(least, flight.left(now));
        }
        return least;
    }

    private void hedge(List<?> arguments) {
        lastStart = System.nanoTime();
        if (call.attempts() + underWay() == options.maxAttempts()) {
            delayNanos = NEVER;
            return;
        }
        Route route = call.pickHedge(this::isAsked, underWay());
        if (route != null && start(route, arguments)) {
            call.hedged();
        }
    }

    private boolean isAsked(Node node) {
        for (Flight flight : flights) {
            // by endpoint: a node that was put back meanwhile is another one of the same server
            if (flight.route.node().instance().endpoint().equals(node.instance().endpoint())) {
                return true;
            }
        }
        return false;
    }

    /** Ends the attempts that have an outcome or no time left; returns the first success among them. */
    private @Nullable Result land() {
        long now = System.nanoTime();
        for (int i = flights.size() - 1; i >= 0; i--) {
            Flight flight = flights.get(i);
            boolean timedOut = flight.left(now) <= 0;
            if (timedOut && flight.route.retriable() && !flight.reply.isDone()) {
                failed(flight, timeout(flight));
                flight.late = true;
            } else if (timedOut || flight.reply.isDone()) {
                Result result = land(flight);
                if (result != null) {
                    return result;
                }
            }
        }
        return null;
    }

    private @Nullable Result land(Flight flight) {
        try {
            Result result = flight.reply.result();
            remove(flight);
            observe(flight);
            flight.route.session().answered(flight.start);
            tell(flight, null);
            call.answered(flight.route, (flight.late ? 0 : 1) + underWay());
            return result;
        } catch (AttemptException failure) {
            remove(flight);
            if (!flight.late) {
                failed(flight, failure);
            }
            return null;
        }
    }

    private static AttemptException timeout(Flight flight) {
        String message = flight.route.instance() + ": no reply within " + flight.timeoutNanos / 1_000_000 + " ms";
        return new AttemptException(Kind.TIMEOUT, true, message, null);
    }

    private void failed(Flight flight, AttemptException failure) {
        flight.route.session().failed(failure, flight.start);
        tell(flight, failure.kind());
        String why = call.whyNoneMayFollow(flight.route, failure);
        if (why != null) {
            flight.late = true;
            endAll(Kind.ABANDONED, "another attempt has decided the call");
        }
        call.record(flight.route, flight.start, failure);
        if (why != null) {
            throw call.failed(why);
        }
    }

    private CallException interrupted() {
        endAll(Kind.INTERRUPTED, "the calling thread was interrupted");
        return call.interrupted(new InterruptedException());
    }

    private void endAll(Kind kind, String why) {
        while (!flights.isEmpty()) {
            Flight flight = flights.getFirst();
            abandon(flight, kind);
            if (!flight.late) {
                call.record(flight.route, flight.start, new AttemptException(kind, true, why, null));
            }
        }
    }

    /** What is given up tells what attempts take too: without it the percentile would sink with every useful hedge. */
    private void abandon(Flight flight, Kind kind) {
        flight.reply.abandon();
        remove(flight);
        observe(flight);
        if (!flight.late) {
            flight.route.session().abandoned(flight.start);
        }
        tell(flight, kind);
    }

    private void tell(Flight flight, @Nullable Kind failure) {
        // a late one's end was told when its time was over
        if (!flight.late) {
            flight.route.session().tellEnd(method, flight.start, failure, flight.event);
        }
    }

    private void remove(Flight flight) {
        flights.remove(flight);
        flight.route.session().leave();
    }

    private void observe(Flight flight) {
        if (flight.first && latency != null) {
            long now = System.nanoTime();
            latency.record(now - flight.start, now);
        }
    }
}
