package io.github.moonlibs.discovery.iproto;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges that await a reply, by sync: a slot each, found by the sync's lowest bits. Only the writer adds, and it
 * is free to choose the number: it skips those whose slot is taken by a slow call. That makes of a plain array a map
 * without collisions, boxes or locks. Anyone may remove.
 */
final class InFlight {
    private static final int INITIAL_SLOTS = 64;

    /** After so many taken slots in a row, more are made. */
    private static final int MAX_SKIPS = 8;

    private volatile AtomicReferenceArray<@Nullable Exchange> slots = new AtomicReferenceArray<>(INITIAL_SLOTS);
    private long lastSync;

    /** @param lastSync the last one that logging in has used */
    InFlight(long lastSync) {
        this.lastSync = lastSync;
    }

    /** For the writer: a number that no exchange in flight has. */
    long nextSync() {
        return ++lastSync;
    }

    /** For the writer: gives the exchange its number, and returns it. */
    long add(Exchange exchange) {
        for (int skipped = 0; ; skipped++) {
            long sync = nextSync();
            Exchange there = slots.get(slot(slots, sync));
            if (there == null || there.isOver()) {
                exchange.sync = sync;
                slots.set(slot(slots, sync), exchange);
                return sync;
            }
            if (skipped == MAX_SKIPS) {
                grow();
                skipped = 0;
            }
        }
    }

    private void grow() {
        AtomicReferenceArray<@Nullable Exchange> narrow = slots;
        AtomicReferenceArray<@Nullable Exchange> wide = new AtomicReferenceArray<>(2 * narrow.length());
        for (int i = 0; i < narrow.length(); i++) {
            Exchange exchange = narrow.get(i);
            if (exchange != null) {
                wide.set(slot(wide, exchange.sync), exchange);
            }
        }
        // One that is removed from the old slots only now stays behind in the new ones. It is over, and gives way.
        slots = wide;
    }

    private static int slot(AtomicReferenceArray<?> slots, long sync) {
        return (int) sync & slots.length() - 1;
    }

    /** Removes and returns the exchange of that number, or null if there is none. */
    @Nullable
    Exchange remove(long sync) {
        Exchange exchange = slots.get(slot(slots, sync));
        return exchange != null && exchange.sync == sync && remove(exchange) ? exchange : null;
    }

    boolean remove(Exchange exchange) {
        AtomicReferenceArray<@Nullable Exchange> now = slots;
        return now.compareAndSet(slot(now, exchange.sync), exchange, null);
    }

    void failAll() {
        AtomicReferenceArray<@Nullable Exchange> now = slots;
        for (int i = 0; i < now.length(); i++) {
            Exchange exchange = now.getAndSet(i, null);
            if (exchange != null) {
                exchange.fail();
            }
        }
    }
}
