package io.github.moonlibs.discovery.iproto;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Requests on their way to the writer: a stack of Treiber's, linked through the exchanges themselves, which the writer
 * takes whole. Two marks at its bottom make it a queue that can be slept on and closed, without a lock:
 *
 * <ul>
 *   <li>IDLE: the writer sleeps, or is about to; whoever pushes onto it wakes the writer. While the writer is busy nobody
 *       does, which saves a system call or a scheduling step for nearly every request under load.
 *   <li>CLOSED: nothing can be pushed any more. So an exchange is either refused, or seen by whoever closed.
 * </ul>
 */
final class Outbox {
    private static final Exchange IDLE = Exchange.withoutReply(new byte[0]);
    private static final Exchange CLOSED = Exchange.withoutReply(new byte[0]);

    private final AtomicReference<@Nullable Exchange> top = new AtomicReference<>();
    private @Nullable Thread writer;

    /** False if closed. */
    boolean add(Exchange exchange) {
        while (true) {
            Exchange below = top.get();
            if (below == CLOSED) {
                return false;
            }
            exchange.next = below == IDLE ? null : below;
            if (top.compareAndSet(below, exchange)) {
                if (below == IDLE) {
                    LockSupport.unpark(writer);
                }
                return true;
            }
        }
    }

    /** For the writer: waits, and returns all that is there, the oldest first; null if closed. */
    @Nullable
    Exchange take() {
        writer = Thread.currentThread();
        while (true) {
            Exchange youngest = top.get();
            if (youngest == CLOSED) {
                return null;
            }
            if (youngest == null || youngest == IDLE) {
                // wakes without a reason are allowed: it looks again
                if (youngest == IDLE || top.compareAndSet(null, IDLE)) {
                    LockSupport.park(this);
                }
            } else if (top.compareAndSet(youngest, null)) {
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

    /** Refuses what comes from now on, fails what is there, and wakes the writer. */
    void close() {
        Exchange rest = top.getAndSet(CLOSED);
        if (rest == CLOSED) {
            return;
        }
        for (Exchange exchange = rest == IDLE ? null : rest; exchange != null; exchange = exchange.next) {
            exchange.fail();
        }
        LockSupport.unpark(writer);
    }
}
