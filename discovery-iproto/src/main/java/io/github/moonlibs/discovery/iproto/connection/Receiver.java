package io.github.moonlibs.discovery.iproto.connection;

import io.github.moonlibs.discovery.iproto.codec.Frames;
import io.github.moonlibs.discovery.iproto.exchange.Exchange;
import io.github.moonlibs.discovery.iproto.exchange.InFlight;
import io.github.moonlibs.discovery.iproto.loop.IoLoop;
import io.github.moonlibs.discovery.iproto.wire.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reads what the server sends. As a rule the {@link IoLoop} does, for all connections and callers. But a platform thread
 * that calls alone reads for itself ({@link LoneCaller}): waking it costs a fifth of what it waits. So there are turns:
 *
 * <pre>
 *          a lone platform thread wanted it
 *   LOOP ───────────────────────────────────▶ NONE ◀──────▶ CALLER     a lone platform thread, while it waits
 *     ▲                                         │
 *     └─────────────────────────────────────────┘
 *       another caller comes, or none for REST to twice that
 * </pre>
 *
 * A virtual thread never waits in a turn: in a selector it would pin its carrier. While it is no thread's turn, the next
 * caller, of whatever kind, notices the end of the connection before it sends, or the loop does when it has taken its turn back.
 */
final class Receiver {
    private enum Turn {
        LOOP,
        NONE,
        CALLER
    }

    /**
     * For how long the loop leaves a connection to lone callers that do not come: at most twice this. So long may an event be
     * late that the server sends between two calls.
     */
    private static final long REST = TimeUnit.MILLISECONDS.toNanos(4);

    /** A connection that has more to say than this many buffers lets others be read in between. */
    private static final int READS = 4;

    private final Wire wire;
    private final Frames frames;
    private final Frames.Sink sink;
    private final InFlight inFlight;
    private final IoLoop loop;
    private final SelectableChannel channel;
    private final Sender.Ended ended;
    private final LoneCaller loneCaller;
    private final AtomicReference<Turn> turn = new AtomicReference<>(Turn.LOOP);
    private volatile long receivedNanos = System.nanoTime();
    private volatile boolean wanted;
    private volatile boolean used;

    /** The loop looks no more: the caller whose turn it is asks for it again. */
    private volatile boolean leftToCaller;

    /** What was read is lost, and with it where the next packet begins: no byte that follows means anything. */
    private volatile boolean broken;

    Receiver(
            Wire wire,
            Frames frames,
            Frames.Sink sink,
            InFlight inFlight,
            IoLoop loop,
            SelectableChannel channel,
            Sender.Ended ended) {
        this.wire = wire;
        this.frames = frames;
        this.sink = sink;
        this.inFlight = inFlight;
        this.loop = loop;
        this.channel = channel;
        this.ended = ended;
        this.loneCaller = new LoneCaller(channel);
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
        int reads = 0;
        int count;
        do {
            count = read(into);
            reads++;
        } while ((count == into.capacity() && reads < READS) || (count >= 0 && wire.hasUnread()));
        // not while anything is awaited: of its reply this may have been but a part
        if (wanted && inFlight.callers() <= 1 && !inFlight.isAwaited()) {
            wanted = false;
            used = true;
            loop.pauseReads(channel);
            turn.set(Turn.NONE);
            loop.watch(System.nanoTime() + REST);
            // a new caller registers, then reads the turn, so at least one side sees the other
            if (inFlight.isAwaited()) {
                takeBack();
            }
        }
    }

    /** For the loop: takes back what no lone caller uses; returns by when to look again. */
    long look(long now, long latest) {
        if (turn.get() == Turn.LOOP) {
            return latest;
        }
        if (used) {
            used = false;
        } else if (turn.get() == Turn.CALLER) {
            // its call takes long, and nothing is missed meanwhile
            leftToCaller = true;
            // the turn is released, then this is read, so at least one side sees the other
            if (turn.get() == Turn.CALLER) {
                return latest;
            }
        } else {
            takeBack();
        }
        return latest - now < REST ? latest : now + REST;
    }

    private void takeBack() {
        if (turn.compareAndSet(Turn.NONE, Turn.LOOP)) {
            loop.resumeReads(channel);
        }
    }

    // ---- callers

    /** Whether the thread may read for itself; then {@link #readFor} or {@link #release} has to follow. */
    boolean take() {
        if (Thread.currentThread().isVirtual() || wire.forLoopOnly() || inFlight.callers() > 1) {
            return false;
        }
        if (!lookFirst()) {
            wanted = true;
            return false;
        }
        boolean ready = loneCaller.isReady();
        if (!ready) {
            release();
        }
        return ready;
    }

    /** Makes sure that the loop reads; for a caller that does not, before it sends. */
    void leaveToLoop() {
        if (lookFirst()) {
            turn.set(Turn.NONE);
            takeBack();
        }
    }

    /** Takes the turn if it is no thread's, and notices if the connection has ended while none looked. */
    private boolean lookFirst() {
        // read first: as a rule it is the loop's turn, and a failed exchange would cost every call the cache line
        if (turn.get() != Turn.NONE || !turn.compareAndSet(Turn.NONE, Turn.CALLER)) {
            return false;
        }
        boolean looked = false;
        try {
            read(loneCaller.buffer());
            looked = true;
        } finally {
            if (!looked) {
                release();
            }
        }
        return true;
    }

    /**
     * Reads until the exchange is decided or the caller's patience is over; only for the thread that has taken the turn.
     *
     * @param until when the patience ends
     */
    void readFor(Exchange exchange, long until) throws InterruptedException {
        try {
            while (!exchange.isOver()) {
                long left = until - System.nanoTime();
                if (left <= 0) {
                    if (until - exchange.deadline() < 0) {
                        return;
                    }
                    exchange.expire();
                } else if (loneCaller.await(left)) {
                    read(loneCaller.buffer());
                }
                exchange.checkInterrupt();
            }
        } catch (IOException e) {
            ended.ended(String.valueOf(e.getMessage()), e);
        }
    }

    /** The turn is over. */
    void release() {
        used = true;
        turn.set(Turn.NONE);
        if (leftToCaller) {
            leftToCaller = false;
            loop.watch(System.nanoTime() + REST);
        }
        // other callers register, then read the turn, so at least one side sees the other
        if (inFlight.callers() > 1 || inFlight.isAwaited()) {
            takeBack();
        }
    }

    // ---- both

    /** Returns how many bytes there were; −1 if the connection has ended. */
    private int read(ByteBuffer into) {
        if (broken) {
            return -1;
        }
        try {
            return readOnce(into);
        } catch (IOException e) {
            broken = true;
            ended.ended(String.valueOf(e.getMessage()), e);
            return -1;
        } catch (RuntimeException | Error defect) {
            // first: to end the connection may fail for want of memory, too
            broken = true;
            ended.ended(Ending.byDefect(defect), defect);
            throw defect;
        }
    }

    private int readOnce(ByteBuffer into) throws IOException {
        int count = wire.read(into.clear());
        if (count < 0) {
            throw new EOFException("closed by the server");
        }
        if (count > 0) {
            receivedNanos = System.nanoTime();
        }
        int from = into.arrayOffset();
        frames.read(into.array(), from, from + count, sink);
        return count;
    }

    /** When something arrived last, on the clock of {@link System#nanoTime}. */
    long receivedNanos() {
        return receivedNanos;
    }

    /** Wakes a lone caller that reads. */
    void close() {
        loneCaller.close();
    }
}
