package io.github.moonlibs.discovery.iproto;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Requests on their way to the socket: a stack of Treiber's, linked through the exchanges themselves, that is taken whole.
 * What lies at its bottom says whose duty it is to send them, without a lock:
 *
 * <ul>
 *   <li>nothing: nobody's; whoever adds the first exchange gets the duty.
 *   <li>BUSY: somebody's, who will look again before giving the duty back. So of all those who add at the same time one
 *       makes a system call, for all.
 *   <li>CLOSED: nothing can be added any more. So an exchange is either refused, or seen by whoever closed.
 * </ul>
 */
final class Outbox {
    /** What becomes of an exchange that is added. */
    enum Added {
        /** Somebody will send it. */
        QUEUED,
        /** And it is on the thread that added it to see that everything is sent. */
        DUTY,
        /** The outbox is closed. */
        REFUSED
    }

    private static final Exchange BUSY = Exchange.withoutReply(new byte[0]);
    private static final Exchange CLOSED = Exchange.withoutReply(new byte[0]);

    private final AtomicReference<@Nullable Exchange> top = new AtomicReference<>();

    Added add(Exchange exchange) {
        while (true) {
            Exchange below = top.get();
            if (below == CLOSED) {
                return Added.REFUSED;
            }
            exchange.next = below == BUSY ? null : below;
            if (top.compareAndSet(below, exchange)) {
                return below == null ? Added.DUTY : Added.QUEUED;
            }
        }
    }

    /** For whoever has the duty: all that is there, the oldest first; null: there is nothing, and the duty is over. */
    @Nullable
    Exchange take() {
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
    void close() {
        Exchange rest = top.getAndSet(CLOSED);
        if (rest == BUSY || rest == CLOSED) {
            return;
        }
        for (Exchange exchange = rest; exchange != null; exchange = exchange.next) {
            exchange.fail();
        }
    }
}
