package io.github.moonlibs.discovery.iproto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the server sends. As a rule the {@link IoLoop} does, for all connections and callers. But a platform thread
 * that calls alone reads for itself: waking it costs a fifth of what it waits. So there are turns:
 *
 * <pre>
 *          a lone platform thread wanted it
 *   LOOP ───────────────────────────────────▶ NOBODY ◀──────▶ CALLER     a lone platform thread, while it waits
 *     ▲                                         │
 *     └─────────────────────────────────────────┘
 *       another caller comes, or nobody for REST
 * </pre>
 *
 * A virtual thread never waits in a turn: in a selector it would pin its carrier. While it is nobody's turn, the end of the
 * connection is noticed by the next caller, of whatever kind, before it sends, or by the loop after REST.
 */
final class Receiver {
    private enum Turn {
        LOOP,
        NOBODY,
        CALLER
    }

    /** For how long the loop leaves a connection to lone callers that do not come: at most twice this. */
    static final long REST = TimeUnit.MILLISECONDS.toNanos(20);

    /** A connection that has more to say than this many buffers lets others be read in between. */
    private static final int READS = 4;

    private static final int BUFFER = 16 << 10;

    private final Wire wire;
    private final PacketReader packets;
    private final Owner owner;
    private final IoLoop loop;
    private final @Nullable SelectableChannel channel;
    private final AtomicReference<Turn> turn = new AtomicReference<>(Turn.LOOP);
    private volatile boolean wanted;
    private volatile boolean used;

    // of callers, made when the first one reads for itself
    private volatile @Nullable Selector selector;
    private @Nullable ByteBuffer buffer;
    private volatile boolean closed;

    /** Whom a receiver reads for. */
    interface Owner {
        /** A packet has come. */
        void received(Packet packet) throws IOException;

        /** How many wait for a reply, or have just got it. */
        int callers();

        /** Whether a reply is outstanding. */
        boolean isAwaited();

        /** Nothing can be read any more; only the first reason counts. */
        void ended(String reason, @Nullable Throwable cause);
    }

    /** @param channel what the loop waits for; null if the wire blocks */
    Receiver(Wire wire, PacketReader packets, Owner owner, IoLoop loop, @Nullable SelectableChannel channel) {
        this.wire = wire;
        this.packets = packets;
        this.owner = owner;
        this.loop = loop;
        this.channel = channel;
    }

    @Override
    public String toString() {
        return "read by " + turn.get();
    }

    // ---- the loop

    /** For the loop: reads what is there. */
    void readable(ByteBuffer into) {
        if (turn.get() != Turn.LOOP) {
            return;
        }
        for (int i = 0; i < READS && read(into) == into.capacity(); i++) {
            // there may be more
        }
        // not while anything is awaited: of its reply this may have been but a part
        if (wanted && owner.callers() <= 1 && !owner.isAwaited() && channel != null) {
            wanted = false;
            used = true;
            loop.ignore(channel);
            turn.set(Turn.NOBODY);
            loop.watch(System.nanoTime() + REST);
            // who comes is awaited first, and looks whose turn it is then: one of the two sees the other
            if (owner.isAwaited()) {
                takeBack();
            }
        }
    }

    /** For the loop: takes back what no lone caller uses; says by when to look again. */
    long look(long now, long latest) {
        if (turn.get() == Turn.LOOP) {
            return latest;
        }
        if (used) {
            used = false;
        } else {
            takeBack();
        }
        return latest - now < REST ? latest : now + REST;
    }

    private void takeBack() {
        if (turn.compareAndSet(Turn.NOBODY, Turn.LOOP) && channel != null) {
            loop.heed(channel);
        }
    }

    // ---- callers

    /** Whether the thread may read for itself; then {@link #release} has to follow. */
    boolean take() {
        if (Thread.currentThread().isVirtual() || channel == null || owner.callers() > 1) {
            return false;
        }
        if (lookFirst()) {
            return true;
        }
        wanted = true;
        return false;
    }

    /** Makes sure that somebody reads; for a caller that does not, before it sends. */
    void leaveToLoop() {
        if (lookFirst()) {
            turn.set(Turn.NOBODY);
            takeBack();
        }
    }

    /** Takes the turn if it is nobody's, and notices if the connection has ended while nobody looked. */
    private boolean lookFirst() {
        // read first: as a rule it is the loop's turn, and a failed exchange would cost every call the cache line
        if (turn.get() != Turn.NOBODY || !turn.compareAndSet(Turn.NOBODY, Turn.CALLER)) {
            return false;
        }
        boolean looked = false;
        try {
            read(callersBuffer());
            looked = true;
        } finally {
            if (!looked) {
                release();
            }
        }
        return true;
    }

    /** Reads until the exchange is decided; only for whoever has taken the turn. */
    void readFor(Exchange exchange) throws InterruptedException {
        try {
            Selector waiting = callersSelector();
            while (!exchange.isOver()) {
                long left = exchange.deadline() - System.nanoTime();
                if (left <= 0) {
                    exchange.expire();
                } else if (waiting.select(ready -> {}, TimeUnit.NANOSECONDS.toMillis(left) + 1) > 0) {
                    read(callersBuffer());
                }
                exchange.checkInterrupt();
            }
        } catch (ClosedSelectorException end) {
            // told by whoever ended the connection
        } catch (IOException e) {
            owner.ended(String.valueOf(e.getMessage()), e);
        }
    }

    /** The turn is over. */
    void release() {
        used = true;
        turn.set(Turn.NOBODY);
        // others count themselves first and look whose turn it is then: one of the two sees the other
        if (owner.callers() > 1) {
            takeBack();
        }
    }

    private ByteBuffer callersBuffer() {
        ByteBuffer present = buffer;
        if (present == null) {
            present = ByteBuffer.allocate(BUFFER);
            buffer = present;
        }
        return present;
    }

    private Selector callersSelector() throws IOException {
        Selector present = selector;
        if (present == null && channel != null) {
            present = Selector.open();
            selector = present;
            try {
                channel.register(present, SelectionKey.OP_READ);
            } finally {
                if (closed) {
                    present.close();
                }
            }
        }
        return Objects.requireNonNull(present);
    }

    // ---- both

    private int read(ByteBuffer into) {
        try {
            return readOnce(into);
        } catch (IOException e) {
            owner.ended(String.valueOf(e.getMessage()), e);
            return 0;
        } catch (RuntimeException | Error defect) {
            // what was read is lost, and with it where the next packet begins
            owner.ended("a defect of this library: " + defect, defect);
            throw defect;
        }
    }

    private int readOnce(ByteBuffer into) throws IOException {
        int count = wire.read(into.clear());
        if (count < 0) {
            throw PacketReader.closedByServer();
        }
        int from = into.arrayOffset();
        packets.read(into.array(), from, from + count, owner::received);
        return count;
    }

    /** Reads until the end, for a wire that blocks. */
    void readAll() {
        ByteBuffer own = ByteBuffer.allocate(BUFFER);
        while (!closed) {
            read(own);
        }
    }

    /** Wakes whoever waits to read. */
    void close() {
        closed = true;
        Selector present = selector;
        if (present != null) {
            try {
                present.close();
            } catch (IOException alreadyGone) {
                // there is nothing left to close
            }
        }
    }
}
