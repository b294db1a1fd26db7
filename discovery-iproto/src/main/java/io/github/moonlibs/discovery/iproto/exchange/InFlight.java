package io.github.moonlibs.discovery.iproto.exchange;

import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges that are under way, each in a slot of its own. The slot's index is part of the sync number, so that a
 * reply finds its exchange by looking in one place: a map without hashing, boxes or locks. Any thread may add and remove.
 *
 * <p>A sync is the call's number and, in its lowest bits, the index. Slots come in segments, each as large as all before
 * it together, and never move: there may be more of them any time. When few are taken, no exchange gets a slot in the last
 * segment any more, and once that is empty it goes. A segment is looked through only when a deadline in it has come.
 *
 * <p>It is one class, because finding, growing, shrinking and expiring are about the same slots and the races on them.
 */
@SuppressWarnings("ReferenceEquality") // slots and segments are compared as the objects that they are
public final class InFlight {
    private static final int INDEX_BITS = 24;
    private static final int MOST_SLOTS = 1 << (INDEX_BITS - 1);

    /** The index of requests whose replies no caller waits for: one beyond all slots. */
    private static final int NO_SLOT = MOST_SLOTS;

    private static final int FIRST_SEGMENT_BITS = 6;

    /** The table shrinks when at most one slot of so many is taken. */
    private static final int SPARSE = 8;

    /** Empty segments are looked for so often. */
    private static final long DROP_PAUSE = TimeUnit.SECONDS.toNanos(1);

    /**
     * After so many taken slots in a row, and each time twice as many, it is seen whether half of all are taken, and then
     * more are made. If not, a few long calls lie side by side, and would in a larger table, too.
     */
    private static final int MAX_SKIPS = 8;

    /** In a slot of a segment that is about to go: nothing comes there any more. */
    private static final Exchange CLOSED = Exchange.withoutReply(new byte[0]);

    /** Slots, and the nearest deadline among them. */
    private static final class Segment extends AtomicReferenceArray<@Nullable Exchange> {
        private static final long serialVersionUID = 1;

        /** Nearer than it is at times, never farther. */
        final AtomicLong nearest = new AtomicLong(Long.MAX_VALUE);

        Segment(int slots) {
            super(slots);
        }

        /** @param origin an instant that all deadlines are measured from, lest they overflow */
        void note(long deadline, long origin) {
            long distance = deadline - origin;
            if (distance < nearest.get()) {
                nearest.accumulateAndGet(distance, Math::min);
            }
        }
    }

    private final AtomicReferenceArray<@Nullable Segment> segments =
            new AtomicReferenceArray<>(INDEX_BITS - FIRST_SEGMENT_BITS + 1);
    private final AtomicLong lastNumber;
    private final AtomicInteger callers = new AtomicInteger();
    private final AtomicInteger capacity = new AtomicInteger(1 << FIRST_SEGMENT_BITS);
    private final long origin = System.nanoTime();

    /** When empty segments were looked for. */
    private long lastDropped = origin;

    /** @param lastSync the last one that logging in has used */
    public InFlight(long lastSync) {
        lastNumber = new AtomicLong(lastSync);
        segments.set(0, new Segment(1 << FIRST_SEGMENT_BITS));
    }

    /** A sync for a request whose reply no caller waits for, if one comes. */
    public long nextSync() {
        return lastNumber.incrementAndGet() << INDEX_BITS | NO_SLOT;
    }

    /** Whether a caller has waited for the reply of that sync, as far as the sync says. */
    public static boolean hasCaller(long sync) {
        return index(sync) != NO_SLOT;
    }

    /** How many callers there are: those that wait, and those that have an outcome and have not left yet. */
    public int callers() {
        return callers.get();
    }

    /** How many slots there are. */
    public int slots() {
        int slots = 0;
        for (int i = 0; i < segments.length(); i++) {
            Segment segment = segments.get(i);
            slots += segment == null ? 0 : segment.length();
        }
        return slots;
    }

    /** Counts the caller in, and gives its exchange a sync and a slot. {@link #leave} has to follow. */
    public void enter(Exchange exchange) {
        callers.incrementAndGet();
        boolean added = false;
        try {
            add(exchange);
            added = true;
        } finally {
            if (!added) {
                callers.decrementAndGet();
            }
        }
    }

    /** Counts the caller out, and takes its exchange away if that is still there. */
    public void leave(Exchange exchange) {
        callers.decrementAndGet();
        remove(exchange);
    }

    private void add(Exchange exchange) {
        for (int skipped = 0; ; skipped++) {
            long number = lastNumber.incrementAndGet();
            int slots = capacity.get();
            int index = (int) number & slots - 1;
            Segment segment = segment(segmentOf(index));
            int place = place(index);
            if (segment.get(place) == null) {
                exchange.sync = number << INDEX_BITS | index;
                if (segment.compareAndSet(place, null, exchange)) {
                    segment.note(exchange.nextLook(), origin);
                    return;
                }
            }
            if (skipped >= MAX_SKIPS && Integer.bitCount(skipped) == 1 && callers.get() >= slots / 2) {
                grow(slots);
                skipped = 0;
            }
        }
    }

    private void grow(int from) {
        if (from < MOST_SLOTS) {
            capacity.compareAndSet(from, 2 * from);
        }
    }

    /** The segment, made if there is none yet, or none any more. */
    private Segment segment(int index) {
        Segment segment = segments.get(index);
        if (segment == null) {
            int slots = 1 << (FIRST_SEGMENT_BITS + Math.max(0, index - 1));
            segments.compareAndSet(index, null, new Segment(slots));
            return segment(index);
        }
        return segment;
    }

    private static int segmentOf(int index) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(index >>> FIRST_SEGMENT_BITS);
    }

    private static int place(int index) {
        return index < 1 << FIRST_SEGMENT_BITS ? index : index - Integer.highestOneBit(index);
    }

    /** Whether an exchange is undecided. */
    public boolean isAwaited() {
        for (int i = 0; i < segments.length(); i++) {
            Segment segment = segments.get(i);
            for (int place = 0; segment != null && place < segment.length(); place++) {
                Exchange exchange = segment.get(place);
                if (exchange != null && !exchange.equals(CLOSED) && !exchange.isOver()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Hands the reply to the exchange of its sync; false if none of those that were sent waits for it. */
    public boolean deliver(ServerPacket reply) {
        Segment segment = segmentFor(reply.sync());
        Exchange exchange = find(segment, reply.sync());
        if (segment == null || exchange == null || !exchange.deliver(reply)) {
            return false;
        }
        if (exchange.isUnwoken()) {
            segment.note(origin, origin);
        } else {
            remove(exchange);
        }
        return true;
    }

    /** Hands what a procedure pushes before its reply to the exchange of its sync, if that still waits. */
    public void push(ServerPacket chunk) {
        Segment segment = segmentFor(chunk.sync());
        Exchange exchange = find(segment, chunk.sync());
        if (segment != null && exchange != null && !exchange.isOver()) {
            exchange.pushed(chunk);
            if (exchange.isUnwoken()) {
                segment.note(origin, origin);
            }
        }
    }

    private boolean remove(Exchange exchange) {
        Segment segment = segmentFor(exchange.sync);
        int place = place(index(exchange.sync));
        // read first: a caller that leaves with its reply finds the slot empty or another's, and need not take the
        // cache line
        return segment != null && segment.get(place) == exchange && segment.compareAndSet(place, exchange, null);
    }

    private @Nullable Segment segmentFor(long sync) {
        return segments.get(segmentOf(index(sync)));
    }

    /** The exchange of that sync in its segment; null if there is none any more. */
    private static @Nullable Exchange find(@Nullable Segment segment, long sync) {
        Exchange exchange = segment == null ? null : segment.get(place(index(sync)));
        return exchange != null && exchange.sync == sync ? exchange : null;
    }

    private static int index(long sync) {
        return (int) sync & (1 << INDEX_BITS) - 1;
    }

    /**
     * Expires those whose deadline has come, wakes callers whose patience is over, and shrinks the table; for one thread.
     *
     * @param now by the clock of {@link System#nanoTime}
     * @param latest what to return if no deadline is nearer
     * @return the nearest deadline of those that are left
     */
    public long expire(long now, long latest) {
        long nearest = latest;
        for (int i = 0; i < segments.length(); i++) {
            Segment segment = segments.get(i);
            if (segment != null) {
                if (segment.nearest.get() <= now - origin) {
                    expire(segment, now);
                }
                long distance = segment.nearest.get();
                nearest = distance < nearest - origin ? origin + distance : nearest;
            }
        }
        shrink(now);
        return nearest;
    }

    private void expire(Segment segment, long now) {
        // what is added from now on notes itself; what was added before is seen
        segment.nearest.set(Long.MAX_VALUE);
        boolean through = false;
        try {
            for (int place = 0; place < segment.length(); place++) {
                Exchange exchange = segment.get(place);
                if (exchange != null && !exchange.equals(CLOSED)) {
                    expire(segment, exchange, now);
                }
            }
            through = true;
        } finally {
            if (!through) {
                segment.note(now, origin);
            }
        }
    }

    private void expire(Segment segment, Exchange exchange, long now) {
        if (exchange.isUnwoken()) {
            exchange.wake();
        }
        if (exchange.deadline() - now <= 0) {
            exchange.expire();
        } else if (exchange.nextLook() - now <= 0) {
            exchange.wakeImpatient();
        }
        if (exchange.isUnwoken()) {
            segment.note(now, origin);
        } else if (exchange.deadline() - now <= 0) {
            remove(exchange);
        } else {
            segment.note(exchange.nextLook(), origin);
        }
    }

    /** Expires those whose deadline has come; for any thread. */
    public void expireLate(long now) {
        for (int i = 0; i < segments.length(); i++) {
            Segment segment = segments.get(i);
            for (int place = 0; segment != null && place < segment.length(); place++) {
                Exchange exchange = segment.get(place);
                if (exchange != null && !exchange.equals(CLOSED) && exchange.deadline() - now <= 0) {
                    exchange.expire();
                }
            }
        }
    }

    private void shrink(long now) {
        int slots = capacity.get();
        if (slots > 1 << FIRST_SEGMENT_BITS && (long) SPARSE * callers.get() < slots) {
            capacity.compareAndSet(slots, slots / 2);
        }
        int last = segmentOf(capacity.get() - 1);
        if (now - lastDropped < DROP_PAUSE || last + 1 == segments.length()) {
            return;
        }
        lastDropped = now;
        for (int i = last + 1; i < segments.length(); i++) {
            Segment unused = segments.get(i);
            if (unused != null) {
                drop(i, unused);
            }
        }
    }

    /** Takes a segment away if it is empty and none comes meanwhile. */
    private void drop(int index, Segment unused) {
        int closed = 0;
        while (closed < unused.length() && unused.compareAndSet(closed, null, CLOSED)) {
            closed++;
        }
        if (closed == unused.length()) {
            segments.compareAndSet(index, unused, null);
            return;
        }
        for (int place = 0; place < closed; place++) {
            unused.set(place, null);
        }
    }

    /** Fails all; false if there was not enough memory to wake all callers, and it is to be called again. */
    public boolean failAll() {
        boolean allWoken = true;
        for (int i = 0; i < segments.length(); i++) {
            Segment segment = segments.get(i);
            for (int place = 0; segment != null && place < segment.length(); place++) {
                Exchange exchange = segment.get(place);
                if (exchange != null && !exchange.equals(CLOSED)) {
                    exchange.fail();
                    if (exchange.isUnwoken()) {
                        exchange.wake();
                    }
                    if (exchange.isUnwoken()) {
                        allWoken = false;
                    } else {
                        remove(exchange);
                    }
                }
            }
        }
        return allWoken;
    }
}
