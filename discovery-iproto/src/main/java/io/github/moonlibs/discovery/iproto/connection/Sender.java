package io.github.moonlibs.discovery.iproto.connection;

import io.github.moonlibs.discovery.iproto.exchange.Bursts;
import io.github.moonlibs.discovery.iproto.exchange.ByteBudget;
import io.github.moonlibs.discovery.iproto.exchange.Exchange;
import io.github.moonlibs.discovery.iproto.exchange.Gathering;
import io.github.moonlibs.discovery.iproto.exchange.InFlight;
import io.github.moonlibs.discovery.iproto.exchange.Outbox;
import io.github.moonlibs.discovery.iproto.loop.Duty;
import io.github.moonlibs.discovery.iproto.loop.IoLoop;
import io.github.moonlibs.discovery.iproto.wire.Buffers;
import io.github.moonlibs.discovery.iproto.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is queued, in as few writes as possible: a system call costs more than all else that is done for a request.
 * No thread waits for the server. The caller that queues a request while no thread is sending has the duty to send, for
 * all that come meanwhile. If it is a virtual thread, and requests come in {@link Bursts}, it first lets the others run that
 * are ready, and these add theirs to the same write ({@link Gathering}). The {@link IoLoop} takes the duty over from a
 * thread that has no carrier to go on with. A thread hands it to the loop when
 *
 * <ul>
 *   <li>the wire is {@linkplain Wire#forLoopOnly for the loop alone}.
 *   <li>it has sent a stint for others.
 *   <li>the kernel takes no more for now.
 * </ul>
 */
@SuppressWarnings("ReferenceEquality") // the batch's first exchange is meant, and no equal one
final class Sender {
    /** A thread that has sent so many batches, most of them for others, hands the duty over. */
    private static final int STINT = 4;

    /** It also hands the duty over after so many buffers: a large request must not hold up the loop or its caller. */
    private static final int STINT_BUFFERS = 32;

    /** The end of the connection waits so long at most for a write that is under way. */
    private static final long WRITE = TimeUnit.MILLISECONDS.toNanos(1);

    private final Wire wire;
    private final Later later;
    private final InFlight inFlight;
    private final ByteBudget budget;
    private final Ended ended;
    private final Outbox outbox = new Outbox();
    private final Bursts bursts = new Bursts();
    private final Gathering gathering = new Gathering();
    private final Duty duty = new Duty() {
        @Override
        protected void resume() {
            Sender.this.resume();
        }
    };

    // of the thread that has the duty
    private @Nullable Exchange batch;

    /** How many bytes of the batch's first exchange the kernel has. */
    private int offset;

    /** The kernel takes no more: the loop has the duty. */
    private volatile boolean stalled;

    /** What is about to be written counts as sent, and may turn out not to be. */
    private volatile boolean writing;

    /** Takes over what this thread does not go on with: the loop, for one channel. */
    interface Later {
        /** The duty is the loop's from now on. */
        void handOver(Duty duty);

        /** {@link #sendGathered} is to be called soon, and again while it returns true. */
        void gathering();

        /** {@link #resume} is to be called once the kernel takes more. */
        void whenWritable();
    }

    /** Takes note that the connection is over; only the first reason counts. */
    interface Ended {
        void ended(String reason, @Nullable Throwable cause);
    }

    Sender(Wire wire, Later later, InFlight inFlight, ByteBudget budget, Ended ended) {
        this.wire = wire;
        this.later = later;
        this.inFlight = inFlight;
        this.budget = budget;
        this.ended = ended;
    }

    /**
     * Sends the request, now or soon; false if this is closed.
     *
     * @param now by {@link System#nanoTime}; it may be a little late
     * @param isAwaited whether the thread will wait for the reply next, and so may let others run first
     */
    boolean send(Exchange exchange, long now, boolean isAwaited) {
        boolean gathers =
                isAwaited && Thread.currentThread().isVirtual() && inFlight.callers() > 1 && bursts.includes(now);
        return send(exchange, exchange, gathers);
    }

    /** Sends several, which are gathered already, as {@link Outbox#addAll} takes them. */
    boolean sendAll(Exchange youngest, Exchange oldest) {
        return send(youngest, oldest, false);
    }

    private boolean send(Exchange youngest, Exchange oldest, boolean gathers) {
        Outbox.Added added = outbox.addAll(youngest, oldest);
        if (added == Outbox.Added.DUTY) {
            if (wire.forLoopOnly()) {
                later.handOver(duty);
            } else if (!gathers || gather()) {
                resume();
            }
        } else if (!Thread.currentThread().isVirtual() && gathering.end()) {
            // what keeps a virtual thread from going on must not hold up this one
            resume();
        }
        return added != Outbox.Added.REFUSED;
    }

    /** Lets the virtual threads run that are ready; whether it is this thread that has to send now. */
    @SuppressWarnings("ThreadPriorityCheck") // the JDK's scheduler lets all run that are ready
    private boolean gather() {
        gathering.begin();
        later.gathering();
        Thread.yield();
        return gathering.end();
    }

    /** For the loop: sends what a thread gathers that may have no carrier; whether any has gathered since the last time. */
    boolean sendGathered() {
        if (gathering.end()) {
            resume();
        }
        return gathering.wasLately();
    }

    /**
     * Leaves the request to the loop, for what no thread waits for. The loop's own thread first goes on with what it has
     * read, and then sends for all of that at once.
     */
    void sendLater(Exchange exchange) {
        if (outbox.add(exchange) == Outbox.Added.DUTY) {
            later.handOver(duty);
        }
    }

    /** Goes on with the duty. */
    void resume() {
        boolean alive = false;
        stalled = false;
        try {
            sendBatches();
            alive = true;
        } catch (IOException e) {
            ended.ended(String.valueOf(e.getMessage()), e);
            alive = true;
        } finally {
            if (!alive) {
                ended.ended("the sender failed", null);
            }
        }
    }

    private void sendBatches() throws IOException {
        for (int batches = 0; flush(); batches++) {
            if (batches == STINT || batch != null) {
                later.handOver(duty);
                return;
            }
            batch = outbox.take();
            if (batch == null) {
                return;
            }
        }
        stalled = true;
        // from here on the loop may be at it
        later.whenWritable();
    }

    /** False if the kernel takes no more; else a stint is over, or all that was taken from the outbox has gone. */
    private boolean flush() throws IOException {
        if (batch == null) {
            return wire.flush();
        }
        ByteBuffer buffer = Buffers.take();
        try {
            for (int buffers = 0; batch != null && buffers < STINT_BUFFERS; buffers++) {
                if (!write(buffer.clear())) {
                    return false;
                }
            }
        } finally {
            Buffers.give(buffer);
        }
        return wire.flush();
    }

    /** Whether the kernel has taken all that was put into the buffer. */
    private boolean write(ByteBuffer buffer) throws IOException {
        writing = true;
        int filled = 0;
        try {
            filled = fill(buffer);
            buffer.flip();
            while (buffer.hasRemaining() && wire.write(buffer) > 0) {
                // TLS takes a record at a time
            }
        } finally {
            settle(filled, buffer.position());
            writing = false;
        }
        return !buffer.hasRemaining();
    }

    /** Puts in what there is room for, drops what must not be sent any more, and returns how many requests are in. */
    private int fill(ByteBuffer buffer) {
        int filled = 0;
        Exchange before = null;
        for (Exchange exchange = batch; exchange != null && buffer.hasRemaining(); ) {
            int from = exchange == batch ? offset : 0;
            if (from > 0 || exchange.send()) {
                byte[] request = exchange.request();
                buffer.put(request, from, Math.min(buffer.remaining(), request.length - from));
                filled++;
                before = exchange;
                exchange = exchange.next;
            } else {
                exchange = drop(before, exchange);
            }
        }
        return filled;
    }

    /** Drops one that is over; returns the one after it. */
    private @Nullable Exchange drop(@Nullable Exchange before, Exchange dropped) {
        Exchange after = dropped.next;
        if (before == null) {
            batch = after;
        } else {
            before.next = after;
        }
        dropped.next = null; // or one call's exchange would keep the whole batch from being collected
        if (!dropped.endedInQueue()) {
            // its caller gave it up while it was about to be written
            budget.give(dropped.request().length);
        }
        return after;
    }

    /** Sorts out which of the requests that were filled in the kernel has taken, of so many bytes. */
    private void settle(int filled, int taken) {
        int left = taken;
        int given = 0;
        Exchange exchange = batch;
        int open = filled;
        while (open > 0 && exchange != null && left >= exchange.request().length - offset) {
            left -= exchange.request().length - offset;
            given += exchange.request().length;
            offset = 0;
            exchange.sent();
            Exchange after = exchange.next;
            exchange.next = null;
            exchange = after;
            open--;
        }
        batch = exchange;
        if (open > 0 && exchange != null) {
            offset += left;
            Exchange back = offset > 0 ? exchange.next : exchange;
            for (int i = offset > 0 ? 1 : 0; i < open && back != null; i++) {
                back.unsend();
                back = back.next;
            }
        }
        if (given > 0) {
            budget.give(given);
        }
    }

    /** For the loop: drops what is over while the kernel takes no more, so that it does not pile up. */
    void sweep() {
        if (!stalled) {
            return;
        }
        Exchange last = null;
        for (Exchange exchange = batch; exchange != null; ) {
            boolean begun = exchange == batch && offset > 0;
            if (begun || !exchange.isOver()) {
                last = exchange;
                exchange = exchange.next;
            } else {
                exchange = drop(last, exchange);
            }
        }
        Exchange more = outbox.takeMore();
        if (last == null) {
            batch = more;
        } else {
            last.next = more;
        }
    }

    /** Refuses what comes from now on, and fails what is queued. */
    void close() {
        outbox.close();
    }

    /** Waits until the thread that writes knows what was sent; the wire is closed. */
    void settled() {
        for (long end = System.nanoTime() + WRITE; writing && System.nanoTime() - end < 0; ) {
            Thread.onSpinWait();
        }
    }
}
