package io.github.moonlibs.discovery.iproto;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges that are under way, each in a slot of its own. The slot's index is part of the sync number, so that a
 * reply finds its exchange by looking in one place: a map without hashing, boxes or locks. Any thread may add and remove.
 *
 * <p>A sync is the call's number and, in its lowest bits, the index. Slots come in segments, each as large as all before
 * it together, and never move: there may be more of them any time.
 */
final class InFlight {
    private static final int INDEX_BITS = 24;
    private static final int MOST_SLOTS = 1 << INDEX_BITS;
    private static final int FIRST_SEGMENT_BITS = 6;

    /**
     * After so many taken slots in a row, and each time twice as many, they are counted, and more are made if half of them
     * are taken. If not, a few long calls lie side by side, and would in a larger table, too.
     */
    private static final int MAX_SKIPS = 8;

    private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable Exchange>> segments =
            new AtomicReferenceArray<>(INDEX_BITS - FIRST_SEGMENT_BITS + 1);
    private final AtomicLong lastNumber;
    private final ReentrantLock growing = new ReentrantLock();
    private volatile int capacity = 1 << FIRST_SEGMENT_BITS;

    /** @param lastSync the last one that logging in has used */
    InFlight(long lastSync) {
        lastNumber = new AtomicLong(lastSync);
        segments.set(0, new AtomicReferenceArray<>(capacity));
    }

    /** A sync for what expects no reply. */
    long nextSync() {
        return lastNumber.incrementAndGet() << INDEX_BITS;
    }

    /** Gives the exchange its sync and a slot. */
    void add(Exchange exchange) {
        for (int skipped = 0; ; skipped++) {
            long number = lastNumber.incrementAndGet();
            int slots = capacity;
            int index = (int) number & slots - 1;
            AtomicReferenceArray<@Nullable Exchange> segment = segment(index);
            int place = place(index);
            if (segment.get(place) == null) {
                exchange.sync = number << INDEX_BITS | index;
                if (segment.compareAndSet(place, null, exchange)) {
                    return;
                }
            }
            if (skipped >= MAX_SKIPS && Integer.bitCount(skipped) == 1 && count(any -> true) >= slots / 2) {
                grow(slots);
                skipped = 0;
            }
        }
    }

    private void grow(int from) {
        growing.lock();
        try {
            if (capacity == from && from < MOST_SLOTS) {
                segments.set(segmentOf(from), new AtomicReferenceArray<>(from));
                capacity = 2 * from;
            }
        } finally {
            growing.unlock();
        }
    }

    private static int segmentOf(int index) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(index >>> FIRST_SEGMENT_BITS);
    }

    private AtomicReferenceArray<@Nullable Exchange> segment(int index) {
        AtomicReferenceArray<@Nullable Exchange> segment = segments.get(segmentOf(index));
        if (segment == null) {
            throw new AssertionError("no slot " + index + " among " + capacity);
        }
        return segment;
    }

    private static int place(int index) {
        return index < 1 << FIRST_SEGMENT_BITS ? index : index - Integer.highestOneBit(index);
    }

    /** Whether an exchange is undecided. */
    boolean isAwaited() {
        return count(exchange -> !exchange.isOver()) > 0;
    }

    private int count(Predicate<Exchange> which) {
        int count = 0;
        for (int i = 0; i < segments.length(); i++) {
            AtomicReferenceArray<@Nullable Exchange> segment = segments.get(i);
            for (int place = 0; segment != null && place < segment.length(); place++) {
                Exchange exchange = segment.get(place);
                count += exchange != null && which.test(exchange) ? 1 : 0;
            }
        }
        return count;
    }

    /** Removes and returns the exchange of that sync, or null if none was sent. */
    @Nullable
    Exchange remove(long sync) {
        int index = (int) sync & MOST_SLOTS - 1;
        if (index >= capacity) {
            return null;
        }
        Exchange exchange = segment(index).get(place(index));
        return exchange != null && exchange.sync == sync && !exchange.isQueued() && remove(exchange) ? exchange : null;
    }

    boolean remove(Exchange exchange) {
        int index = (int) exchange.sync & MOST_SLOTS - 1;
        return segment(index).compareAndSet(place(index), exchange, null);
    }

    /**
     * Expires those whose deadline has come.
     *
     * @param now by the clock of {@link System#nanoTime}
     * @param latest what to return if no deadline is nearer
     * @return the nearest deadline of those that are left
     */
    long expire(long now, long latest) {
        long nearest = latest;
        for (int i = 0; i < segments.length(); i++) {
            AtomicReferenceArray<@Nullable Exchange> segment = segments.get(i);
            for (int place = 0; segment != null && place < segment.length(); place++) {
                Exchange exchange = segment.get(place);
                if (exchange == null) {
                    continue;
                }
                if (exchange.deadline() - now > 0) {
                    nearest = nearest - exchange.deadline() > 0 ? exchange.deadline() : nearest;
                } else {
                    segment.compareAndSet(place, exchange, null);
                    exchange.expire();
                }
            }
        }
        return nearest;
    }

    void failAll() {
        for (int i = 0; i < segments.length(); i++) {
            AtomicReferenceArray<@Nullable Exchange> segment = segments.get(i);
            for (int place = 0; segment != null && place < segment.length(); place++) {
                Exchange exchange = segment.getAndSet(place, null);
                if (exchange != null) {
                    exchange.fail();
                }
            }
        }
    }
}
