package io.github.moonlibs.discovery.core.bulk;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOutcome;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.call.Call;
import io.github.moonlibs.discovery.core.call.CallParts;
import io.github.moonlibs.discovery.core.call.HedgeDelay;
import io.github.moonlibs.discovery.core.call.OpenAttempt;
import io.github.moonlibs.discovery.core.call.Proof;
import io.github.moonlibs.discovery.core.call.Subtasks;
import io.github.moonlibs.discovery.core.routing.Route;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes many calls of one method at once. The caller's thread begins them one after another, gathers their requests, and
 * waits for whichever outcome comes next. Each element is a call of its own: it is routed, retried and hedged by the same
 * rules as a single one, but never waits by itself. What would wait is put aside:
 *
 * <pre>
 *              ┌── a route and a place ──▶ under way ── outcome ──▶ ended
 *   begun ─────┤                            ▲     │ failed
 *              └── none ──▶ waiting ────────┘     ▼
 *                             ▲──────────────── pausing
 * </pre>
 *
 * At most {@link #WINDOW} elements are begun and not ended. While one waits that has tried nothing yet, no further one is
 * begun. The thread waits for a route or place as that of a single call does, if nothing is under way and nothing can begin.
 *
 * <p>It is one class, because what an element waits for and what the thread waits for have to be seen side by side.
 */
public final class BulkCall {
    /** How many elements may be under way at a time. */
    static final int WINDOW = 1_024;

    /** So many outcomes are worth being looked at without waiting for more. */
    private static final int ENOUGH = WINDOW / 4;

    /** While elements are under way, those that wait look for a route or a place so often at least. */
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(1);

    /** For so long elements are begun before what has been gathered is sent, and outcomes are looked at. */
    private static final long ROUND = TimeUnit.MILLISECONDS.toNanos(1);

    /** Counts each element as a call of the client. */
    public interface Counting {
        /**
         * An element begins.
         *
         * @throws CallException if the client is closing
         */
        void begin(Call call);

        /**
         * An element is over.
         *
         * @param failure null if it succeeded
         */
        void end(Call call, @Nullable Throwable failure);
    }

    private final CallParts parts;
    private final Counting counting;
    private final Call whole;
    private final Arrivals arrivals = new Arrivals();
    private final Batches batches = new Batches();

    /** Their outcomes only unpark the thread. */
    private final List<BulkAttempt> polled = new ArrayList<>();

    private final ArrayDeque<BulkElement> waiting = new ArrayDeque<>();

    /** How many of those that wait have tried nothing yet. */
    private int waitingUntried;

    // times of System.nanoTime are compared by their difference
    private final PriorityQueue<BulkElement> pausing =
            new PriorityQueue<>((one, other) -> Long.signum(one.resumeAt - other.resumeAt));

    private final Hedges hedges = new Hedges(2 * WINDOW);
    private final TimeOuts timeOuts = new TimeOuts();
    private final UnderWay underWay = new UnderWay();

    private CallOutcome[] outcomes = {};
    private int begun;
    private int ended;
    private int attempts;
    private long now;

    /** @param whole has the method, the options and the deadline */
    public BulkCall(CallParts parts, Counting counting, Call whole) {
        this.parts = parts;
        this.counting = counting;
        this.whole = whole;
        now = whole.startNanos();
    }

    /** Makes them, and returns what has come of each. */
    public List<CallOutcome> run(List<? extends List<?>> arguments) {
        outcomes = new CallOutcome[arguments.size()];
        Iterator<? extends List<?>> lists = arguments.iterator();
        Throwable thrown = null;
        try (Subtasks subtasks = parts.subtasks(whole)) {
            while (ended < outcomes.length) {
                go(lists, subtasks);
            }
            return Arrays.asList(outcomes);
        } catch (RuntimeException | Error e) {
            thrown = e;
            throw e;
        } finally {
            giveUpRest(thrown);
        }
    }

    private void go(Iterator<? extends List<?>> lists, Subtasks subtasks) {
        try {
            checkInterrupt();
            now = System.nanoTime();
            boolean progress = settleArrived();
            timeOut();
            look(subtasks);
            resume(subtasks);
            hedge(subtasks);
            begin(lists, subtasks);
            batches.send();
            if (!progress && ended < outcomes.length && !canBegin()) {
                await(subtasks);
            }
            checkInterrupt();
        } catch (InterruptedException interrupt) {
            interrupted(interrupt);
        }
    }

    private static void checkInterrupt() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    // ---- beginning

    private boolean canBegin() {
        return begun < outcomes.length && begun - ended < WINDOW && waitingUntried == 0;
    }

    /** Begins what can begin, but not for long: a list may be slow. */
    private void begin(Iterator<? extends List<?>> lists, Subtasks subtasks) throws InterruptedException {
        now = System.nanoTime();
        long end = now + ROUND;
        for (boolean inTime = true; inTime && canBegin(); inTime = now - end < 0) {
            if (whole.remainingNanos(now) <= 0) {
                endRest(parts.plan().tooLate(whole));
                return;
            }
            Call call = whole.another(now);
            try {
                counting.begin(call);
            } catch (CallException closed) {
                endRest(closed);
                return;
            }
            BulkElement element;
            try {
                element = new BulkElement(begun, lists.next(), call);
            } catch (RuntimeException | Error thrown) {
                counting.end(call, thrown);
                throw thrown;
            }
            now = call.readClock();
            begun++;
            underWay.add(element);
            advance(element, subtasks);
            // before what was gathered is sent
            checkInterrupt();
        }
    }

    /** Ends those that have not begun. */
    private void endRest(CallException failure) {
        CallOutcome outcome = new CallOutcome(null, failure);
        Arrays.fill(outcomes, begun, outcomes.length, outcome);
        ended += outcomes.length - begun;
        begun = outcomes.length;
    }

    /** Makes the element's next attempt, or lets it wait for a route or a place. */
    private void advance(BulkElement element, Subtasks subtasks) throws InterruptedException {
        try {
            Route route = element.next(parts.plan());
            if (route == null) {
                putAside(element);
            } else {
                ask(element, route, subtasks);
            }
        } catch (RuntimeException failure) {
            fail(element, failure);
        }
    }

    /** Asks a node on which there is a place; false if nothing was sent. */
    private boolean ask(BulkElement element, Route route, Subtasks subtasks) throws InterruptedException {
        OpenAttempt attempt = OpenAttempt.begin(element.call, route);
        BulkAttempt made = null;
        try {
            made = new BulkAttempt(element, attempt, arrivals);
        } finally {
            if (made == null) {
                attempt.close();
            }
        }
        element.begun(made);
        attempts++;
        boolean isWelcomeLate = parts.hedgeDelay().appliesTo(element.call, route);
        try {
            Batches.Gathered gathered = batches.of(route.session());
            boolean arrives = attempt.sendBy(
                    gathered == null ? null : gathered.batch, element.arguments, isWelcomeLate, made, subtasks);
            if (arrives && gathered != null) {
                batches.added(gathered);
            } else {
                polled.add(made);
            }
        } catch (AttemptException failure) {
            over(made);
            failed(made, failure);
            return false;
        } catch (RuntimeException unsendable) {
            over(made);
            attempt.close();
            throw unsendable;
        }
        if (isWelcomeLate
                && attempt.leftNanos(attempt.startNanos()) < element.call.remainingNanos(attempt.startNanos())) {
            timeOuts.add(made);
        }
        element.hedgePause = 0;
        element.toHedge = null;
        long delay = parts.hedgeDelay().of(element.call, attempt);
        if (delay != HedgeDelay.NEVER) {
            hedges.expect(made, attempt.startNanos() + delay);
        }
        return true;
    }

    // ---- outcomes

    private boolean settleArrived() {
        BulkAttempt arrived = arrivals.take();
        boolean any = arrived != null;
        while (arrived != null) {
            BulkAttempt next = arrived.next;
            arrived.next = null;
            settle(arrived);
            arrived = next;
        }
        for (int i = polled.size() - 1; i >= 0; i--) {
            BulkAttempt attempt = polled.get(i);
            if (attempt.isOver || attempt.attempt.isDone()) {
                polled.set(i, polled.getLast());
                polled.removeLast();
                settle(attempt);
                any = true;
            }
        }
        return any;
    }

    private void settle(BulkAttempt attempt) {
        if (attempt.isOver) {
            return;
        }
        BulkElement element = attempt.element;
        boolean hasFailed = attempt.isLate();
        over(attempt);
        Result result;
        try {
            result = attempt.attempt.result(now);
        } catch (AttemptException failure) {
            if (!hasFailed) {
                failedOrEnded(attempt, failure);
            }
            return;
        } catch (RuntimeException unsendable) {
            fail(element, unsendable);
            return;
        }
        observe(attempt);
        giveUpOthers(attempt);
        end(element, result, null);
    }

    /** Lets attempts fail whose time is over. Their replies still count. */
    private void timeOut() {
        for (BulkAttempt next = timeOuts.next(now); next != null; next = timeOuts.next(now)) {
            failedOrEnded(next, next.attempt.timedOut());
        }
    }

    private void failedOrEnded(BulkAttempt attempt, AttemptException failure) {
        try {
            failed(attempt, failure);
        } catch (RuntimeException last) {
            fail(attempt.element, last);
        }
    }

    /** The attempt has failed, which may not be the end of the call. */
    private void failed(BulkAttempt attempt, AttemptException failure) {
        BulkElement element = attempt.element;
        Call call = element.call;
        Route route = attempt.attempt.route();
        Proof proof = parts.rules().proof(call, route, failure);
        String reason = parts.rules().reasonToStop(call, route, failure, proof);
        if (reason != null) {
            abandonAll(element);
        }
        call.record(route, attempt.attempt.startNanos(), failure, proof);
        if (reason != null) {
            throw call.failed(reason);
        }
        if (element.underWay() == 0) {
            long pause = parts.rules().pauseNanos(call);
            element.resumeAt = System.nanoTime() + pause;
            pausing.add(element);
        }
    }

    private void observe(BulkAttempt attempt) {
        BulkElement element = attempt.element;
        parts.hedgeDelay().observe(element.call, attempt.attempt, attempt.equals(element.first));
    }

    /** Gives up the call's other attempts, because that one has succeeded. */
    private void giveUpOthers(BulkAttempt winner) {
        for (BulkAttempt other = winner.element.open; other != null; other = winner.element.open) {
            over(other);
            other.attempt.lostTo(winner.attempt);
            observe(other);
        }
    }

    /** Gives up the call's attempts, and lists them among its own. */
    private void abandonAll(BulkElement element) {
        for (BulkAttempt open = element.open; open != null; open = element.open) {
            over(open);
            boolean isListed = open.isLate();
            AttemptException outcome = open.attempt.abandoned();
            list(open, outcome, isListed);
        }
    }

    private static void list(BulkAttempt attempt, AttemptException outcome, boolean isListed) {
        if (!isListed) {
            OpenAttempt made = attempt.attempt;
            attempt.element.call.record(made.route(), made.startNanos(), outcome, Proof.NONE);
        }
    }

    private void over(BulkAttempt attempt) {
        attempt.element.over(attempt);
        attempts--;
    }

    private void fail(BulkElement element, RuntimeException failure) {
        abandonAll(element);
        end(element, null, failure);
    }

    private void end(BulkElement element, @Nullable Result result, @Nullable RuntimeException failure) {
        outcomes[element.index] = new CallOutcome(result, failure);
        ended++;
        underWay.remove(element);
        element.stopWaiting();
        counting.end(element.call, failure);
    }

    // ---- what was put aside

    /** Whether it has its outcome. A late reply may end it while it waits for something else. */
    private boolean hasEnded(BulkElement element) {
        return outcomes[element.index] != null;
    }

    private void putAside(BulkElement element) {
        waiting.add(element);
        element.waitsUntried = element.call.isFirstAttempt();
        if (element.waitsUntried) {
            waitingUntried++;
        }
    }

    private BulkElement takeWaiting() {
        BulkElement element = waiting.remove();
        if (element.waitsUntried) {
            waitingUntried--;
        }
        return element;
    }

    /** Looks whether those that wait can go on. */
    private void look(Subtasks subtasks) throws InterruptedException {
        for (int i = waiting.size(); i > 0; i--) {
            BulkElement element = takeWaiting();
            if (!hasEnded(element)) {
                element.call.readClock();
                advance(element, subtasks);
            }
        }
    }

    /** Goes on with those whose pause is over. */
    private void resume(Subtasks subtasks) throws InterruptedException {
        for (BulkElement next = pausing.peek(); next != null && next.resumeAt - now <= 0; next = pausing.peek()) {
            pausing.remove();
            if (!hasEnded(next)) {
                next.call.readClock();
                advance(next, subtasks);
            }
        }
    }

    /** Makes the hedges that are due. */
    private void hedge(Subtasks subtasks) throws InterruptedException {
        for (BulkAttempt next = hedges.next(); next != null && next.hedgeAt - now <= 0; next = hedges.next()) {
            hedges.remove(next);
            BulkElement element = next.element;
            try {
                if (!hedge(element, subtasks)) {
                    // in a while there may be a node or a token
                    hedges.expect(next, now + element.nextHedgePause());
                }
            } catch (RuntimeException failure) {
                fail(element, failure);
            }
        }
    }

    private boolean hedge(BulkElement element, Subtasks subtasks) throws InterruptedException {
        Call call = element.call;
        Route route = parts.plan().hedge(call, element::isAsked, element.underWay());
        if (route == null) {
            return false;
        }
        call.readClock();
        boolean sent = ask(element, route, subtasks);
        if (sent) {
            call.remembered().hedged();
        }
        return sent;
    }

    // ---- waiting

    private void await(Subtasks subtasks) throws InterruptedException {
        if (attempts == 0 && pausing.isEmpty() && !waiting.isEmpty()) {
            awaitRoute(subtasks);
            return;
        }
        long nearest = Math.max(0, whole.remainingNanos(now));
        BulkElement resumed = pausing.peek();
        if (resumed != null) {
            nearest = Math.min(nearest, resumed.resumeAt - now);
        }
        BulkAttempt hedged = hedges.next();
        if (hedged != null) {
            nearest = Math.min(nearest, hedged.hedgeAt - now);
        }
        nearest = Math.min(nearest, timeOuts.leftNanos(now));
        if (!waiting.isEmpty() || !polled.isEmpty()) {
            nearest = Math.min(nearest, LOOK);
        }
        // at the deadline the connections end what is under way
        arrivals.await(
                nearest > 0 || attempts == 0 ? nearest : LOOK, polled.isEmpty() ? Math.min(ENOUGH, attempts) : 1);
    }

    /** Waits as single calls do, each of which queues for a place, until one of them can go on. */
    private void awaitRoute(Subtasks subtasks) throws InterruptedException {
        try {
            queueUp();
            if (!waiting.isEmpty()) {
                parts.plan().awaitAny(waiting.element().call, this::canAnyGo);
                look(subtasks);
            }
        } catch (RuntimeException failure) {
            fail(takeWaiting(), failure);
        } finally {
            // while something is under way, others that wait for a place come first
            waiting.forEach(BulkElement::stopWaiting);
        }
    }

    private void queueUp() {
        for (int i = waiting.size(); i > 0; i--) {
            BulkElement element = takeWaiting();
            try {
                element.queueUp(parts.plan());
                putAside(element);
            } catch (RuntimeException failure) {
                fail(element, failure);
            }
        }
    }

    private boolean canAnyGo() {
        for (BulkElement element : waiting) {
            if (element.canGo()) {
                return true;
            }
        }
        return false;
    }

    // ---- the end of all

    private void interrupted(InterruptedException interrupt) {
        now = System.nanoTime();
        settleArrived();
        waiting.clear();
        waitingUntried = 0;
        pausing.clear();
        for (BulkElement element = underWay.first(); element != null; element = underWay.first()) {
            for (BulkAttempt open = element.open; open != null; open = element.open) {
                over(open);
                boolean isListed = open.isLate();
                AttemptException outcome = open.attempt.interrupted();
                list(open, outcome, isListed);
            }
            end(element, null, element.call.interrupted(interrupt));
        }
        endRest(whole.interrupted(interrupt));
    }

    /** For an Error, or what the list of arguments throws. */
    private void giveUpRest(@Nullable Throwable thrown) {
        Throwable another = null;
        for (BulkElement element = underWay.first(); element != null; element = underWay.first()) {
            try {
                BulkAttempt open = element.open;
                if (open != null) {
                    over(open);
                    open.attempt.close();
                } else {
                    underWay.remove(element);
                    element.stopWaiting();
                    counting.end(element.call, thrown);
                }
            } catch (RuntimeException | Error e) {
                another = e;
            }
        }
        if (another instanceof Error error) {
            throw error;
        }
        if (another instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
