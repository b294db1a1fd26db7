package io.github.moonlibs.discovery.iproto.connection;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.iproto.codec.Iproto;
import io.github.moonlibs.discovery.iproto.codec.Request;
import io.github.moonlibs.discovery.iproto.exchange.ByteBudget;
import io.github.moonlibs.discovery.iproto.exchange.Exchange;
import io.github.moonlibs.discovery.iproto.exchange.InFlight;
import io.github.moonlibs.discovery.iproto.loop.IoLoop;
import io.github.moonlibs.discovery.iproto.stream.Streams;
import io.github.moonlibs.discovery.types.Types;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a caller does, from the request's bytes to its outcome; on the caller's thread. Thread-safe. */
final class Calls implements Streams.Requests {
    private static final long LONGEST = TimeUnit.DAYS.toNanos(36_525);

    private final InFlight inFlight;
    private final ByteBudget budget;
    private final Sender sender;
    private final Receiver receiver;
    private final IoLoop loop;
    private final Failures failures;
    private final Types types;
    private final int maxPushed;

    /** @param maxPushed how many bytes of pushed values may wait for their listener */
    Calls(
            InFlight inFlight,
            ByteBudget budget,
            Sender sender,
            Receiver receiver,
            IoLoop loop,
            Failures failures,
            Types types,
            int maxPushed) {
        this.inFlight = inFlight;
        this.budget = budget;
        this.sender = sender;
        this.receiver = receiver;
        this.loop = loop;
        this.failures = failures;
        this.types = types;
        this.maxPushed = maxPushed;
    }

    /** The request's bytes. */
    byte[] encoded(long stream, int type, String text, List<?> arguments) {
        return Request.of(types, stream, type, text, arguments);
    }

    /**
     * Makes a request and waits for its outcome, at most as long as the caller is patient.
     *
     * @param stream the number of the stream that it belongs to; 0: to none
     * @param onPush gets what the procedure pushes; null: that is dropped
     */
    Pending request(
            long stream,
            int type,
            String text,
            List<?> arguments,
            long timeoutNanos,
            long patienceNanos,
            @Nullable Consumer<Result> onPush)
            throws InterruptedException {
        if (patienceNanos > 0 && Thread.interrupted()) {
            throw new InterruptedException();
        }
        byte[] request = encoded(stream, type, text, arguments);
        long timeout = granted(timeoutNanos);
        long now = System.nanoTime();
        long until = now + Math.clamp(patienceNanos, 0, timeout);
        if (!budget.tryTake(request.length)) {
            WaitingCall waiting =
                    new WaitingCall(this, stream, type, text, arguments, onPush, request.length, timeout, now);
            waiting.await(until);
            return waiting;
        }
        PendingExchange exchange = enter(
                type == Iproto.CALL ? text : "eval",
                request,
                timeout,
                now + timeout,
                patienceNanos > 0 ? until : now + timeout,
                onPush);
        sendAndAwait(exchange, until);
        return exchange;
    }

    /** Calls a procedure and hands over what it pushes, while the caller is patient and afterwards. */
    Pending pushed(
            long stream,
            String procedure,
            List<?> arguments,
            long timeoutNanos,
            long patienceNanos,
            Consumer<Result> onPush)
            throws InterruptedException {
        long start = System.nanoTime();
        Pending request = request(stream, Iproto.CALL, procedure, arguments, timeoutNanos, 0, onPush);
        awaitPushed(request, start, patienceNanos);
        return request;
    }

    @Override
    public Result call(
            long stream, String procedure, List<?> arguments, long timeoutNanos, @Nullable Consumer<Result> onPush)
            throws InterruptedException {
        Pending request = onPush == null
                ? request(stream, Iproto.CALL, procedure, arguments, timeoutNanos, timeoutNanos, null)
                : pushed(stream, procedure, arguments, timeoutNanos, timeoutNanos, onPush);
        return request.result();
    }

    @Override
    public void command(long stream, int type, List<?> arguments, long timeoutNanos) throws InterruptedException {
        request(stream, type, "", arguments, timeoutNanos, timeoutNanos, null).packet();
    }

    @Override
    public void send(byte[] request) {
        Request.number(request, inFlight.nextSync());
        Exchange exchange = Exchange.withoutReply(request);
        budget.take(request.length);
        sender.sendLater(exchange);
    }

    /**
     * How long a request may take that is to take so long.
     *
     * @throws AttemptException if there is no time to send it
     */
    long granted(long timeoutNanos) {
        if (timeoutNanos <= 0) {
            throw failures.timeout(false, "no time to send the request: ", timeoutNanos);
        }
        return Math.min(timeoutNanos, LONGEST);
    }

    ByteBudget budget() {
        return budget;
    }

    Failures failures() {
        return failures;
    }

    /**
     * Makes an exchange of a request that has its room, and counts its caller in. {@link #leave} has to follow.
     *
     * @param procedure what is called, for messages
     * @param until when the caller's patience ends, if that is to come
     * @param onPush gets what the procedure pushes; null: that is dropped
     */
    PendingExchange enter(
            String procedure,
            byte[] request,
            long timeoutNanos,
            long deadline,
            long until,
            @Nullable Consumer<Result> onPush) {
        return enter(procedure, request, timeoutNanos, deadline, until, onPush, null);
    }

    /** The same for a request whose outcome wakes no thread but runs something. */
    PendingExchange enterBatched(
            String procedure, byte[] request, long timeoutNanos, long deadline, Runnable onOutcome) {
        return enter(procedure, request, timeoutNanos, deadline, deadline, null, onOutcome);
    }

    private PendingExchange enter(
            String procedure,
            byte[] request,
            long timeoutNanos,
            long deadline,
            long until,
            @Nullable Consumer<Result> onPush,
            @Nullable Runnable onOutcome) {
        PendingExchange entered = null;
        boolean through = false;
        try {
            PendingExchange exchange;
            if (onPush != null) {
                exchange =
                        new PushedExchange(this, procedure, request, timeoutNanos, deadline, until, onPush, maxPushed);
            } else if (onOutcome != null) {
                exchange = new RequestBatch.Batched(this, procedure, request, timeoutNanos, deadline, onOutcome);
            } else {
                exchange = new PendingExchange(this, procedure, request, timeoutNanos, deadline, until);
            }
            inFlight.enter(exchange);
            entered = exchange;
            Request.number(request, exchange.sync);
            loop.watch(exchange.nextLook());
            through = true;
            return exchange;
        } finally {
            if (!through) {
                giveUp(request, entered);
            }
        }
    }

    /** For want of memory, as a rule: the request's room is the next one's. */
    private void giveUp(byte[] request, @Nullable PendingExchange entered) {
        if (entered == null) {
            budget.give(request.length);
        } else {
            entered.abandon();
        }
    }

    /** Counts the caller out; the exchange has an outcome. */
    void leave(Exchange exchange) {
        inFlight.leave(exchange);
        if (exchange.endedInQueue()) {
            budget.give(exchange.release());
        }
    }

    /** Sends, and leaves it to the loop to read. */
    void send(PendingExchange exchange) {
        send(exchange, false);
    }

    private void send(PendingExchange exchange, boolean isAwaited) {
        receiver.leaveToLoop();
        hand(exchange, isAwaited);
    }

    private void hand(PendingExchange exchange, boolean isAwaited) {
        if (!sender.send(exchange, exchange.began(), isAwaited)) {
            exchange.fail();
            exchange.abandon();
            throw failures.notSent();
        }
    }

    /** Sends several, linked by {@link Exchange#next} from the youngest to the oldest. */
    void sendAll(Exchange youngest, Exchange oldest) {
        receiver.leaveToLoop();
        if (!sender.sendAll(youngest, oldest)) {
            for (Exchange exchange = youngest; exchange != null; ) {
                Exchange older = exchange.next;
                exchange.next = null;
                exchange.fail();
                exchange = older;
            }
        }
    }

    /** Sends, and waits for the outcome or the end of the caller's patience. */
    void sendAndAwait(PendingExchange exchange, long until) throws InterruptedException {
        boolean through = false;
        try {
            boolean isAwaited = until - exchange.began() > 0;
            // what is pushed is for a caller that is woken
            if (isAwaited && !(exchange instanceof PushedExchange) && receiver.take()) {
                sendAndRead(exchange, until);
            } else {
                send(exchange, isAwaited);
            }
            exchange.await(until);
            through = true;
        } finally {
            if (!through) {
                exchange.abandon();
            }
        }
    }

    private void sendAndRead(PendingExchange exchange, long until) throws InterruptedException {
        try {
            hand(exchange, true);
            receiver.readFor(exchange, until);
        } finally {
            receiver.release();
        }
    }

    /** Waits for the outcome of a request of which the caller gets what is pushed, or for the end of its patience. */
    private static void awaitPushed(Pending request, long startNanos, long patienceNanos) throws InterruptedException {
        boolean through = false;
        try {
            long left = patienceNanos;
            while (!request.isDone() && left > 0) {
                LockSupport.parkNanos(request, left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                left = patienceNanos - (System.nanoTime() - startNanos);
            }
            through = true;
        } finally {
            if (!through) {
                request.abandon();
            }
        }
    }

    /** Waits for the outcome of one that was sent, or for the end of the caller's patience. */
    void await(PendingExchange exchange, long until) throws InterruptedException {
        boolean through = false;
        try {
            exchange.await(until);
            through = true;
        } finally {
            if (!through) {
                exchange.abandon();
            }
        }
    }
}
