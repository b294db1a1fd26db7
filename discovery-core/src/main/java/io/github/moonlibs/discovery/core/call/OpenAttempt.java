package io.github.moonlibs.discovery.core.call;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.PushedValue;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.health.NodeHealth;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.routing.Route;
import io.github.moonlibs.discovery.core.support.Callbacks;
import io.github.moonlibs.discovery.core.support.FlightRecorder;
import io.github.moonlibs.discovery.core.support.FlightRecorder.AttemptEvent;
import io.github.moonlibs.discovery.core.support.ListenerException;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport.Batch;
import io.github.moonlibs.discovery.spi.Transport.PipelinedConnection;
import io.github.moonlibs.discovery.spi.Transport.PushingConnection;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt on one node, whichever driver makes it. It begins once, with a place on the node, and ends once. The end
 * is the one place where the node's health, the observers and the flight recorder hear of it, and where the place is given back.
 *
 * <pre>
 *            ┌── succeeded, failed
 * begin ─────┼── overtaken (a later attempt of the call succeeded first), abandoned, interrupted
 *            └── timed out, but its reply may still come ── succeeded late, given up
 * </pre>
 *
 * Used by the caller's thread alone.
 *
 * <p>It is one thing, if a long one: every way in which an attempt can end has to be seen beside the others.
 */
public final class OpenAttempt {
    private enum State {
        OPEN,
        /** It has timed out and is reported, but keeps its place because its reply would still count. */
        LATE,
        ENDED
    }

    private final Call call;
    private final Route route;
    private final long startNanos;
    private final @Nullable AttemptEvent event;
    private @Nullable PendingReply reply;
    private State state = State.OPEN;

    private OpenAttempt(Call call, Route route) {
        this.call = call;
        this.route = route;
        this.startNanos = call.nowNanos();
        this.event = FlightRecorder.attempt();
        CallHistory history = call.history();
        if (history != null) {
            history.begun();
        }
    }

    /** Begins an attempt on a node on which a place was taken for it. It gives the place back when it ends. */
    public static OpenAttempt begin(Call call, Route route) {
        OpenAttempt begun = null;
        try {
            begun = new OpenAttempt(call, route);
            return begun;
        } finally {
            if (begun == null) {
                // for want of memory
                route.session().gate().leave();
            }
        }
    }

    /** An attempt on a node whose connection takes no more: it ends before it has begun. */
    static AttemptException refused(Call call, Route route) {
        new OpenAttempt(call, route).report(Kind.NOT_SENT);
        return AttemptException.notSent(route.instance() + ": its connection is draining", null);
    }

    public Route route() {
        return route;
    }

    /** When it began, on the clock of {@link System#nanoTime}. */
    public long startNanos() {
        return startNanos;
    }

    /** The time that the attempt gets: the options' timeout, or what was left to the deadline when it began. */
    long timeoutNanos() {
        return Math.min(call.options().timeoutNanos(), call.remainingNanos(startNanos));
    }

    /** What is left of its time; without end once it has timed out. */
    public long leftNanos(long now) {
        return state == State.LATE ? Long.MAX_VALUE : timeoutNanos() - (now - startNanos);
    }

    // ---- asking ----

    /** Asks the node and waits for its reply. The attempt has ended when this returns or throws. */
    Result call(List<?> arguments) throws InterruptedException {
        long nanos = timeoutNanos();
        try {
            Result result = reply(call.argumentsFor(arguments, nanos), nanos);
            succeeded();
            return result;
        } catch (AttemptException failure) {
            failed(failure);
            throw failure;
        } catch (InterruptedException interrupt) {
            interrupted();
            throw interrupt;
        } finally {
            close();
        }
    }

    private Result reply(List<?> arguments, long nanos) throws InterruptedException {
        PushingConnection pushing = pushing();
        return pushing == null
                ? route.session().connection().call(call.method(), arguments, nanos)
                : pushing.send(call.method(), arguments, nanos, nanos, this::pushed)
                        .result();
    }

    /** The connection, if it hands over what the procedure pushes and there is a listener for it. */
    private @Nullable PushingConnection pushing() {
        return call.options().pushListener() == null ? null : route.session().pushing();
    }

    /** Asks a node something that is no plain call. */
    public interface Question<T> {
        T ask(OpenAttempt attempt, long timeoutNanos) throws InterruptedException;
    }

    /** As {@link #call}, but asks something else. Calls don't go this way: the question would cost each some 30 bytes. */
    public <T> T ask(Question<T> question) throws InterruptedException {
        try {
            T answer = question.ask(this, timeoutNanos());
            succeeded();
            return answer;
        } catch (AttemptException failure) {
            failed(failure);
            throw failure;
        } catch (InterruptedException interrupt) {
            interrupted();
            throw interrupt;
        } finally {
            close();
        }
    }

    /** What hands over to the call's listener what the procedure pushes; null: there is no listener. */
    @Nullable
    public Consumer<Result> listener() {
        return call.options().pushListener() == null ? null : this::pushed;
    }

    private void pushed(Result value) {
        Consumer<PushedValue> listener = Objects.requireNonNull(call.options().pushListener());
        try {
            Callbacks.run(route.node().observers(), () -> listener.accept(new PushedValue(route.instance(), value)));
        } catch (AttemptException thrown) {
            throw new ListenerException(thrown);
        }
    }

    /**
     * Asks the node and waits for its reply no longer than the caller is patient.
     *
     * @param awaitedNanos how long a reply counts, which may be longer than the attempt's own time
     * @return false if the connection can only wait for its replies; nothing was sent then
     */
    boolean trySend(List<?> arguments, long awaitedNanos, long patienceNanos) throws InterruptedException {
        if (route.session().pipelined() == null) {
            return false;
        }
        send(pushing(), arguments, awaitedNanos, patienceNanos, null);
        return true;
    }

    /** Asks the node without waiting for its reply; a subtask waits if the connection can't do without. */
    void send(List<?> arguments, long awaitedNanos, Subtasks subtasks) throws InterruptedException {
        send(pushing(), arguments, awaitedNanos, 0, subtasks);
    }

    /**
     * Asks the node without waiting for its reply, by a batch of requests if that has room. What the procedure pushes is
     * dropped.
     *
     * @param isWelcomeLate whether a reply counts that comes when the attempt has timed out
     * @param onOutcome run by any thread when there is an outcome; only if this returns true
     * @return false if the current thread is unparked instead
     */
    public boolean sendBy(
            @Nullable Batch batch, List<?> arguments, boolean isWelcomeLate, Runnable onOutcome, Subtasks subtasks)
            throws InterruptedException {
        long awaited = isWelcomeLate ? call.remainingNanos(startNanos) : timeoutNanos();
        if (batch != null) {
            if (add(batch, arguments, awaited, onOutcome)) {
                return true;
            }
            // what takes the room may be waiting in the batch
            batch.send();
        }
        send(null, arguments, awaited, 0, subtasks);
        return false;
    }

    private boolean add(Batch batch, List<?> arguments, long awaitedNanos, Runnable onOutcome) {
        boolean through = false;
        try {
            List<?> sent = call.argumentsFor(arguments, timeoutNanos());
            reply = batch.add(call.method(), sent, startNanos, awaitedNanos, onOutcome);
            through = true;
        } catch (AttemptException failure) {
            failed(failure);
            throw failure;
        } finally {
            if (!through) {
                close();
            }
        }
        return reply != null;
    }

    private void send(
            @Nullable PushingConnection pushing,
            List<?> arguments,
            long awaitedNanos,
            long patienceNanos,
            @Nullable Subtasks subtasks)
            throws InterruptedException {
        try {
            List<?> sent = call.argumentsFor(arguments, timeoutNanos());
            PipelinedConnection pipelined = route.session().pipelined();
            if (pushing != null) {
                reply = pushing.send(call.method(), sent, awaitedNanos, patienceNanos, this::pushed);
            } else if (pipelined != null) {
                reply = pipelined.send(call.method(), sent, awaitedNanos, patienceNanos);
            } else {
                reply = Objects.requireNonNull(subtasks).fork(route, call.method(), sent, awaitedNanos);
            }
        } catch (AttemptException failure) {
            failed(failure);
            throw failure;
        } catch (InterruptedException interrupt) {
            interrupted();
            throw interrupt;
        } finally {
            if (reply == null) {
                close();
            }
        }
    }

    /** By endpoint: a node that was put back meanwhile is another node of the same server. */
    public boolean asks(Node node) {
        return route.node().instance().endpoint().equals(node.instance().endpoint());
    }

    boolean isSent() {
        return reply != null;
    }

    /** Whether there is an outcome to be had from {@link #result}. */
    public boolean isDone() {
        return pending().isDone();
    }

    /** The node's reply, or the failure; either ends the attempt. */
    public Result result() {
        return result(health().nanoTime());
    }

    /**
     * The same for one of many that have come to an end at much the same time.
     *
     * @param now what the client's clock said when it was found to be over
     */
    public Result result(long now) {
        try {
            Result result = pending().result();
            succeeded(now);
            return result;
        } catch (AttemptException failure) {
            failed(failure);
            throw failure;
        } finally {
            close();
        }
    }

    private PendingReply pending() {
        PendingReply present = reply;
        if (present == null) {
            throw new IllegalStateException("nothing was sent to " + route.instance());
        }
        return present;
    }

    // ---- how it ends ----

    private void succeeded() {
        succeeded(health().nanoTime());
    }

    private void succeeded(long now) {
        CallHistory history = call.history();
        if (history != null) {
            history.answeredBy(route.instance());
        }
        if (state == State.OPEN) {
            health().answered(startNanos, now);
            report(null);
        }
        leave();
    }

    private void failed(AttemptException failure) {
        if (state == State.OPEN) {
            learn(failure);
            report(failure.kind());
        }
        leave();
    }

    /** Its time is over. The attempt has failed, but its reply counts if it comes before the call ends. */
    public AttemptException timedOut() {
        String message = route.instance() + ": no reply within " + timeoutNanos() / 1_000_000 + " ms";
        AttemptException timeout = new AttemptException(Kind.TIMEOUT, true, message, null);
        learn(timeout);
        report(Kind.TIMEOUT);
        state = State.LATE;
        return timeout;
    }

    /** Whether it has timed out, and only its reply is still welcome. */
    public boolean isLate() {
        return state == State.LATE;
    }

    /** Gives it up because that attempt of the call has succeeded. */
    public AttemptException lostTo(OpenAttempt winner) {
        return startNanos - winner.startNanos < 0 ? overtaken() : abandoned();
    }

    /** Gives it up because a later attempt of the call succeeded first, which counts against the node. */
    AttemptException overtaken() {
        return givenUp(Kind.ABANDONED, "a later attempt was answered first", true);
    }

    /** Gives it up because another attempt has decided the call, or the call's time is over: no fault of the node's. */
    public AttemptException abandoned() {
        return givenUp(Kind.ABANDONED, "another attempt has decided the call", false);
    }

    /** Gives it up because the caller's thread was interrupted. */
    public AttemptException interrupted() {
        return givenUp(Kind.INTERRUPTED, "the calling thread was interrupted", false);
    }

    private AttemptException givenUp(Kind kind, String why, boolean countsAgainstTheNode) {
        try {
            if (reply != null) {
                reply.abandon();
            }
            AttemptException outcome = new AttemptException(kind, true, why, null);
            if (state == State.OPEN) {
                if (countsAgainstTheNode) {
                    health().failed(startNanos, outcome);
                } else {
                    health().abandoned(startNanos);
                }
                report(kind);
            }
            return outcome;
        } finally {
            leave();
        }
    }

    /**
     * Gives back what it holds if nothing has ended it, and reports nothing: an argument that cannot be sent is the caller's
     * affair, and of an Error there is nothing to learn.
     */
    public void close() {
        if (state != State.ENDED) {
            try {
                if (reply != null) {
                    reply.abandon();
                }
            } finally {
                leave();
            }
        }
    }

    private void leave() {
        if (state != State.ENDED) {
            state = State.ENDED;
            route.session().gate().leave();
        }
    }

    private NodeHealth health() {
        return route.node().health();
    }

    /** What the failure says of the node. */
    private void learn(AttemptException failure) {
        switch (failure.kind()) {
            // whether it counts against the node, the call knows when it has ended
            case SERVER_ERROR -> health().erred(startNanos);
            case UNREADABLE -> health().answered(startNanos);
            case TIMEOUT -> {
                if (isCutShort()) {
                    health().abandoned(startNanos);
                } else {
                    health().failed(startNanos, failure);
                }
            }
            case LOST -> {
                if (route.session().isFirstLoss()) {
                    health().failed(startNanos, failure);
                }
            }
            case INTERRUPTED, ABANDONED -> health().abandoned(startNanos);
            case NOT_SENT -> {}
        }
    }

    /** Whether the call's deadline left it clearly less than the options' timeout, which is no fault of the node's. */
    private boolean isCutShort() {
        long full = call.options().timeoutNanos();
        return timeoutNanos() < full - full / 10;
    }

    private void report(@Nullable Kind failure) {
        if (event != null) {
            event.ended(call.method(), route.instance(), failure);
        }
        Observers observers = route.node().observers();
        // asked first: the event's supplier would be made for every attempt
        if (!observers.isEmpty()) {
            observers.report(ClientObserver::attemptEnded, () -> {
                long took = System.nanoTime() - startNanos;
                return new ClientObserver.AttemptEnded(call.method(), route.instance(), took, failure);
            });
        }
    }
}
