package io.github.moonlibs.discovery.iproto.connection;

import io.github.moonlibs.discovery.iproto.codec.Request;
import io.github.moonlibs.discovery.iproto.exchange.ByteBudget;
import io.github.moonlibs.discovery.iproto.exchange.Exchange;
import io.github.moonlibs.discovery.iproto.exchange.InFlight;
import io.github.moonlibs.discovery.iproto.loop.IoLoop;
import io.github.moonlibs.discovery.types.Types;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a caller does, from the request's bytes to its outcome; on the caller's thread. Thread-safe. */
final class Calls {
    private final InFlight inFlight;
    private final ByteBudget budget;
    private final Sender sender;
    private final Receiver receiver;
    private final IoLoop loop;
    private final Failures failures;
    private final Types types;

    Calls(
            InFlight inFlight,
            ByteBudget budget,
            Sender sender,
            Receiver receiver,
            IoLoop loop,
            Failures failures,
            Types types) {
        this.inFlight = inFlight;
        this.budget = budget;
        this.sender = sender;
        this.receiver = receiver;
        this.loop = loop;
        this.failures = failures;
        this.types = types;
    }

    /** The request's bytes. */
    byte[] encoded(int type, String text, List<?> arguments) {
        return Request.of(types, type, text, arguments);
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
     */
    PendingExchange enter(String procedure, byte[] request, long timeoutNanos, long deadline, long until) {
        return enter(procedure, request, timeoutNanos, deadline, until, null);
    }

    /** @param onOutcome run by the outcome; null: the current thread is woken instead */
    PendingExchange enter(
            String procedure,
            byte[] request,
            long timeoutNanos,
            long deadline,
            long until,
            @Nullable Runnable onOutcome) {
        PendingExchange entered = null;
        boolean through = false;
        try {
            PendingExchange exchange = onOutcome == null
                    ? new PendingExchange(this, procedure, request, timeoutNanos, deadline, until)
                    : new RequestBatch.Batched(this, procedure, request, timeoutNanos, deadline, onOutcome);
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
        receiver.leaveToLoop();
        hand(exchange);
    }

    private void hand(PendingExchange exchange) {
        if (!sender.send(exchange)) {
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
            if (receiver.take()) {
                sendAndRead(exchange, until);
            } else {
                send(exchange);
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
            hand(exchange);
            receiver.readFor(exchange, until);
        } finally {
            receiver.release();
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
