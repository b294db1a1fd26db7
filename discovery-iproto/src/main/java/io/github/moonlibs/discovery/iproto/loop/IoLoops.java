package io.github.moonlibs.discovery.iproto.loop;

import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The loops of the process, each of which is there only while it has connections. Thread-safe, and without a lock. */
public final class IoLoops {
    private static final int MAX = 64;

    private static final AtomicReferenceArray<@Nullable IoLoop> LOOPS = new AtomicReferenceArray<>(MAX);

    /** Connections that are established at the same time begin their search at different loops. */
    private static final AtomicInteger TURN = new AtomicInteger();

    private IoLoops() {}

    /**
     * A loop, for one client more; it lasts until as many have left.
     *
     * @param threads how many loops there may be; the one with the fewest clients is taken, whoever these belong to
     */
    public static IoLoop join(int threads) {
        while (true) {
            int place = leastUsed(Math.min(threads, MAX));
            IoLoop current = LOOPS.get(place);
            if (current != null && current.admits()) {
                return current;
            }
            try {
                IoLoop fresh = new IoLoop(place);
                if (LOOPS.compareAndSet(place, current, fresh)) {
                    fresh.start();
                    return fresh;
                }
                fresh.closeSelector();
            } catch (UncheckedIOException | OutOfMemoryError scarce) {
                IoLoop other = any();
                if (other == null) {
                    throw scarce;
                }
                return other;
            }
        }
    }

    /** For want of a file or a thread for another loop: one that is there. */
    private static @Nullable IoLoop any() {
        for (int i = 0; i < MAX; i++) {
            IoLoop loop = LOOPS.get(i);
            if (loop != null && loop.admits()) {
                return loop;
            }
        }
        return null;
    }

    private static int leastUsed(int threads) {
        int first = threads == 1 ? 0 : Math.floorMod(TURN.getAndIncrement(), threads);
        int least = first;
        int fewest = Integer.MAX_VALUE;
        for (int i = 0; i < threads; i++) {
            int place = (first + i) % threads;
            IoLoop loop = LOOPS.get(place);
            int clients = loop == null ? 0 : loop.members();
            if (clients < fewest) {
                fewest = clients;
                least = place;
            }
        }
        return least;
    }

    /** No client joins it any more. */
    static void forget(IoLoop loop) {
        LOOPS.compareAndSet(loop.place(), loop, null);
    }
}
