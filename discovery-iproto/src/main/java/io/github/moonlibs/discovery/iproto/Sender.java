package io.github.moonlibs.discovery.iproto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is queued, in as few writes as possible: a system call costs more than all else that is done for a request.
 * No thread waits for it. Whoever queues a request while nobody is sending does it, for all who come meanwhile, and never
 * waits for the server: what the kernel does not take, the {@link IoLoop} sends when it does.
 */
final class Sender {
    /** A caller that has sent so many batches, most of them for others, hands the duty over. */
    private static final int STINT = 4;

    private final Wire wire;
    private final Owner owner;
    private final Outbox outbox = new Outbox();

    /** Whoever has the duty lets others add their requests, and anybody may take it over. */
    private final AtomicBoolean gathering = new AtomicBoolean();

    // of whoever has the outbox's duty
    private @Nullable ByteBuffer buffer;
    private @Nullable Exchange batch;
    private int offset;

    /** Whom a sender sends for. */
    interface Owner {
        /** Whether there are other callers, waiting or just woken. */
        boolean isBusy();

        /** The kernel takes no more for now; {@link Sender#resume} is to be called once it does. */
        void stalled();

        /** Nothing can be sent any more; only the first reason counts. */
        void ended(String reason, @Nullable Throwable cause);
    }

    Sender(Wire wire, Owner owner) {
        this.wire = wire;
        this.owner = owner;
    }

    /** Sends the request, now or soon; false if this is closed. */
    boolean send(Exchange exchange) {
        Outbox.Added added = outbox.add(exchange);
        if (added == Outbox.Added.DUTY) {
            if (wire.blocks()) {
                startThread();
            } else if (gather()) {
                resume();
            }
        } else if (added == Outbox.Added.QUEUED && !Thread.currentThread().isVirtual() && endGathering()) {
            // the one who gathers may have to wait for its carrier; a platform thread has no part in that
            resume();
        }
        return added != Outbox.Added.REFUSED;
    }

    /**
     * Lets the virtual threads that are ready add their requests to the same write. Who is alone does not wait. Callers that
     * were just woken count as well: they are the ones who call again.
     *
     * @return whether the duty is still this thread's
     */
    @SuppressWarnings("ThreadPriorityCheck") // a gain where the scheduler does as one likes, no loss where it does not
    private boolean gather() {
        if (!owner.isBusy() || !Thread.currentThread().isVirtual()) {
            return true;
        }
        gathering.set(true);
        Thread.yield();
        return endGathering();
    }

    private boolean endGathering() {
        return gathering.get() && gathering.compareAndSet(true, false);
    }

    private void startThread() {
        Thread.ofVirtual().name("discovery-send").start(() -> run(wire.blocks() ? Integer.MAX_VALUE : STINT));
    }

    /** Goes on with the duty. */
    void resume() {
        run(STINT);
    }

    private void run(int stint) {
        boolean alive = false;
        try {
            alive = sendBatches(stint);
        } catch (IOException e) {
            owner.ended(String.valueOf(e.getMessage()), e);
        } finally {
            if (!alive) {
                owner.ended("the sender failed", null);
            }
        }
    }

    private boolean sendBatches(int stint) throws IOException {
        for (int batches = 0; flush(); batches++) {
            if (batches == stint) {
                startThread();
                return true;
            }
            batch = outbox.take();
            if (batch == null) {
                return true;
            }
        }
        owner.stalled();
        return true;
    }

    /** Whether everything that was taken is with the kernel now. */
    private boolean flush() throws IOException {
        fill();
        while (buffer != null) {
            buffer.flip();
            int written = wire.write(buffer);
            buffer.compact();
            if (written == 0) {
                return false;
            }
            fill();
            if (buffer.position() == 0) {
                Buffers.give(buffer);
                buffer = null;
            }
        }
        return true;
    }

    private void fill() {
        while (batch != null && (buffer == null || buffer.hasRemaining())) {
            Exchange exchange = batch;
            if (offset > 0 || exchange.send()) {
                ByteBuffer into = buffer == null ? Buffers.take() : buffer;
                buffer = into;
                byte[] request = exchange.request();
                int length = Math.min(into.remaining(), request.length - offset);
                into.put(request, offset, length);
                offset += length;
                if (offset < request.length) {
                    return;
                }
            }
            offset = 0;
            batch = exchange.next;
            exchange.next = null; // or one call's exchange would keep the whole batch from being collected
        }
    }

    /** Refuses what comes from now on, and fails what is queued. */
    void close() {
        outbox.close();
    }
}
