package io.github.moonlibs.discovery.iproto.exchange;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Requests on their way to the socket: a Treiber stack linked through the exchanges; the sender pops all of it at once.
 * What lies at its bottom says which thread has the duty to send, without a lock:
 *
 * <ul>
 *   <li>nothing: none; the thread that adds the first exchange gets the duty.
 *   <li>BUSY: one has it, and looks again before it gives the duty back. So of all threads that add at the same time one
 *       makes a system call, for all.
 *   <li>CLOSED: nothing can be added any more. An exchange is either refused, or seen by the thread that closed.
 * </ul>
 */
@SuppressWarnings("ReferenceEquality") // of a linked stack: the very exchange is meant
public final class Outbox {
    /** What becomes of an exchange that is added. */
    public enum Added {
        /** Another thread will send it. */
        QUEUED,
        /** The thread that added it has the duty to send everything, or to hand that duty over. */
        DUTY,
        /** The outbox is closed. */
        REFUSED
    }

    private static final Exchange BUSY = Exchange.withoutReply(new byte[0]);
    private static final Exchange CLOSED = Exchange.withoutReply(new byte[0]);

    private final AtomicReference<@Nullable Exchange> top = new AtomicReference<>();

    public Added add(Exchange exchange) {
        return addAll(exchange, exchange);
    }

    /** Adds several, linked by {@link Exchange#next} from the youngest to the oldest. */
    public Added addAll(Exchange youngest, Exchange oldest) {
        while (true) {
            Exchange below = top.get();
            if (below == CLOSED) {
                // may be linked to one that lay here before
                oldest.next = null;
                return Added.REFUSED;
            }
            oldest.next = below == BUSY ? null : below;
            if (top.compareAndSet(below, youngest)) {
                return below == null ? Added.DUTY : Added.QUEUED;
            }
        }
    }

    /** For the thread that has the duty: all that is there, the oldest first; null: there is nothing, and the duty is over. */
    @Nullable
    public Exchange take() {
        while (true) {
            Exchange youngest = top.get();
            if (youngest == null || youngest == CLOSED) {
                return null;
            }
            if (youngest == BUSY) {
                if (top.compareAndSet(BUSY, null)) {
                    return null;
                }
            } else if (top.compareAndSet(youngest, BUSY)) {
                return oldestFirst(youngest);
            }
        }
    }

    /** For the thread that has the duty, and keeps it: all that is there, the oldest first. */
    @Nullable
    public Exchange takeMore() {
        while (true) {
            Exchange youngest = top.get();
            if (youngest == null || youngest == BUSY || youngest == CLOSED) {
                return null;
            }
            if (top.compareAndSet(youngest, BUSY)) {
                return oldestFirst(youngest);
            }
        }
    }

    private static Exchange oldestFirst(Exchange youngest) {
        Exchange younger = null;
        Exchange current = youngest;
        while (true) {
            Exchange older = current.next;
            current.next = younger;
            if (older == null) {
                return current;
            }
            younger = current;
            current = older;
        }
    }

    /** Refuses what comes from now on, and fails what is there. */
    public void close() {
        Exchange rest = top.getAndSet(CLOSED);
        if (rest == BUSY || rest == CLOSED) {
            return;
        }
        for (Exchange exchange = rest; exchange != null; exchange = exchange.next) {
            exchange.fail();
        }
    }
}
