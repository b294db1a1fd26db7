package io.github.moonlibs.discovery.core.limits;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The places for attempts on a session: never more than a bound are taken, and those that wait for one get it in the order
 * in which they came. Once closed, the gate gives no more. One atomic holds the count and whether it is closed, so that
 * there is no moment between "the last one has left" and "none can enter".
 *
 * <p>A place that comes free while tickets wait is taken again for the first of them, by whichever thread gave it back.
 * Newcomers are turned away as long as tickets wait, so none of them can overtake. No thread spins or holds a lock.
 */
public final class Gate {
    private static final int CLOSED = Integer.MIN_VALUE;

    /** The queue is purged when so many of its tickets, or as many as it has others, wait no more. */
    private static final int MIN_PURGE = 64;

    private final AtomicInteger state = new AtomicInteger();
    private final ConcurrentLinkedQueue<PlaceTicket> queue = new ConcurrentLinkedQueue<>();

    /** How many tickets have been dropped since the last purge, and at how many the next one is due. */
    private final AtomicInteger dropped = new AtomicInteger();

    private volatile int purgeAt = MIN_PURGE;

    private final int max;
    private final Runnable onDrained;

    /**
     * @param max how many places there are
     * @param onDrained called, by any thread, when the closed gate's last place was given back; must not block
     */
    public Gate(int max, Runnable onDrained) {
        this.max = max;
        this.onDrained = onDrained;
    }

    /** Takes a place; false if the gate is closed, all places are taken, or tickets wait for one. */
    public boolean enter() {
        return queue.isEmpty() && take();
    }

    /** Takes a place beyond all bounds, for what must not wait: part of something that the node has let in already. */
    public void enterBeyond() {
        state.incrementAndGet();
    }

    private boolean take() {
        int count = state.get();
        while (count >= 0 && count < max) {
            if (state.compareAndSet(count, count + 1)) {
                return true;
            }
            count = state.get();
        }
        return false;
    }

    /** Gives a place back. */
    public void leave() {
        release();
        if (!queue.isEmpty()) {
            serve();
        }
    }

    private void release() {
        if (state.decrementAndGet() == CLOSED) {
            onDrained.run();
        }
    }

    /** Waits for a place: the ticket is granted one at once or later, unless it is withdrawn. */
    void enqueue(PlaceTicket ticket) {
        queue.add(ticket);
        // a place may have come free before the ticket could be seen
        serve();
    }

    /**
     * A ticket in the queue waits no more. Places that come free skip it; where none does, the queue is purged of such tickets
     * now and then.
     */
    void dropped() {
        int count = dropped.incrementAndGet();
        if (count >= purgeAt && dropped.compareAndSet(count, 0)) {
            queue.removeIf(ticket -> !ticket.isWaiting());
            purgeAt = Math.max(MIN_PURGE, queue.size());
        }
    }

    /** Gives the places that are free to the tickets that wait. */
    private void serve() {
        while (!queue.isEmpty() && take()) {
            if (!grantNext()) {
                release();
            }
        }
    }

    private boolean grantNext() {
        for (PlaceTicket next = queue.poll(); next != null; next = queue.poll()) {
            if (next.grant(this)) {
                return true;
            }
        }
        return false;
    }

    /** Gives no more places; those that wait for one are woken, to look for another. */
    public void close() {
        state.getAndUpdate(count -> count | CLOSED);
        queue.forEach(PlaceTicket::wake);
    }

    public boolean isClosed() {
        return state.get() < 0;
    }

    /** Whether an attempt that came now would have to wait. */
    public boolean isFull() {
        return inside() >= max || !queue.isEmpty();
    }

    public int max() {
        return max;
    }

    /** How many tickets are in the queue, those included that wait no more. */
    int queued() {
        return queue.size();
    }

    public int inside() {
        return state.get() & ~CLOSED;
    }
}
