package io.github.moonlibs.discovery.iproto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One request and the wait for its reply. Three threads meet here: the caller, which waits; the writer, which sends; and
 * the reader, which delivers. Whatever happens first decides, by one atomic step of the state:
 *
 * <pre>
 * QUEUED ─ writer ──→ SENT ─ reader ──→ REPLIED
 *    │                  └─── the end ─→ LOST
 *    ├─ the end ──→ NOT_SENT
 *    └─ caller ───→ WITHDRAWN           caller, from SENT ──→ ABANDONED
 * </pre>
 *
 * The writer takes the step to SENT before the first byte goes to the kernel. So of a request in any state that was
 * entered from QUEUED it is certain that the server never saw it.
 */
final class Exchange {
    /** Where an exchange stands. */
    enum State {
        QUEUED,
        SENT,
        REPLIED,
        LOST,
        NOT_SENT,
        WITHDRAWN,
        ABANDONED
    }

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Exchange.class, "state", State.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final byte[] request;
    private final @Nullable Thread caller;
    private volatile State state = State.QUEUED;
    private @Nullable Packet reply;

    /** The next older one in the {@link Outbox}; then, in a batch that was taken from it, the next younger. */
    @Nullable
    Exchange next;

    /** Set by the writer, before the state becomes SENT. */
    long sync;

    private Exchange(byte[] request, @Nullable Thread caller) {
        this.request = request;
        this.caller = caller;
    }

    /** For the current thread to wait for. */
    static Exchange of(byte[] request) {
        return new Exchange(request, Thread.currentThread());
    }

    /** That nobody waits for. */
    static Exchange withoutReply(byte[] request) {
        return new Exchange(request, null);
    }

    boolean expectsReply() {
        return caller != null;
    }

    byte[] request() {
        return request;
    }

    /** Whether nothing can happen to it any more. */
    boolean isOver() {
        return state != State.QUEUED && state != State.SENT;
    }

    private boolean step(State from, State to) {
        return state == from && STATE.compareAndSet(this, from, to);
    }

    /** The writer is about to send it; false if it must not. */
    boolean send() {
        return step(State.QUEUED, State.SENT);
    }

    /** The reader has the reply; false if nobody waits any more. */
    boolean deliver(Packet packet) {
        if (state != State.SENT) {
            return false;
        }
        reply = packet;
        return wakeIf(step(State.SENT, State.REPLIED));
    }

    /** The connection has ended. */
    void fail() {
        wakeIf(step(State.QUEUED, State.NOT_SENT) || step(State.SENT, State.LOST));
    }

    private boolean wakeIf(boolean decided) {
        if (decided) {
            LockSupport.unpark(caller);
        }
        return decided;
    }

    private boolean giveUp() {
        return step(State.QUEUED, State.WITHDRAWN) || step(State.SENT, State.ABANDONED);
    }

    /**
     * Waits until it is decided, by the caller itself if the time is over.
     *
     * @throws InterruptedException if the thread was interrupted; the exchange has been given up then
     */
    State await(long nanos) throws InterruptedException {
        long start = System.nanoTime();
        while (!isOver()) {
            long left = nanos - (System.nanoTime() - start);
            if (left <= 0) {
                giveUp();
            } else {
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) {
                    if (giveUp()) {
                        throw new InterruptedException();
                    }
                    // decided in the same moment: the caller learns of both
                    Thread.currentThread().interrupt();
                }
            }
        }
        return state;
    }

    Packet reply() {
        Packet packet = reply;
        if (packet == null) {
            throw new IllegalStateException("no reply yet: " + state);
        }
        return packet;
    }
}
