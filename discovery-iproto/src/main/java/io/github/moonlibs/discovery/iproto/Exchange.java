package io.github.moonlibs.discovery.iproto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One request and the wait for its reply. The caller waits; whoever sends, delivers, or looks after the time meets it
 * here. Whatever happens first decides, by one atomic step of the state:
 *
 * <pre>
 * QUEUED ─ sender ──→ SENT ─ receiver ─→ REPLIED
 *    │                  └─── the end ──→ LOST
 *    ├─ the end ─────→ NOT_SENT
 *    └─ time, caller → WITHDRAWN         time or caller, from SENT → ABANDONED
 * </pre>
 *
 * The sender takes the step to SENT before the first byte goes to the kernel. So of a request in any state that was
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
    private final long deadline;
    private volatile State state = State.QUEUED;
    private @Nullable Packet reply;

    /** The next older one in the {@link Outbox}; then, in a batch that was taken from it, the next younger. */
    @Nullable
    Exchange next;

    /** Set before anybody but the caller knows the exchange. */
    long sync;

    private Exchange(byte[] request, @Nullable Thread caller, long deadline) {
        this.request = request;
        this.caller = caller;
        this.deadline = deadline;
    }

    /**
     * For the current thread to wait for.
     *
     * @param deadline on the clock of {@link System#nanoTime}
     */
    static Exchange of(byte[] request, long deadline) {
        return new Exchange(request, Thread.currentThread(), deadline);
    }

    /** That nobody waits for. */
    static Exchange withoutReply(byte[] request) {
        return new Exchange(request, null, 0);
    }

    byte[] request() {
        return request;
    }

    long deadline() {
        return deadline;
    }

    /** Whether nothing of it was sent, and something may be. */
    boolean isQueued() {
        return state == State.QUEUED;
    }

    /** Whether nothing can happen to it any more. */
    boolean isOver() {
        State now = state;
        return now != State.QUEUED && now != State.SENT;
    }

    private boolean step(State from, State to) {
        return state == from && STATE.compareAndSet(this, from, to);
    }

    /** It is about to be sent; false if it must not be. */
    boolean send() {
        return step(State.QUEUED, State.SENT);
    }

    /** The reply has come; false if nobody waits any more. */
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

    /** Its time is over. */
    void expire() {
        wakeIf(giveUp());
    }

    private boolean wakeIf(boolean decided) {
        // a caller that reads for itself is awake
        if (decided && caller != Thread.currentThread()) {
            LockSupport.unpark(caller);
        }
        return decided;
    }

    private boolean giveUp() {
        return step(State.QUEUED, State.WITHDRAWN) || step(State.SENT, State.ABANDONED);
    }

    /**
     * Waits until it is decided. The caller sets no timer of its own, which would cost more than all the rest of the wait:
     * the {@link IoLoop} sees to the deadline.
     *
     * @throws InterruptedException if the thread was interrupted; the exchange has been given up then
     */
    State await() throws InterruptedException {
        while (!isOver()) {
            LockSupport.park(this);
            checkInterrupt();
        }
        return state;
    }

    /** Gives up if the caller's thread, this one, was interrupted. */
    void checkInterrupt() throws InterruptedException {
        if (Thread.interrupted()) {
            if (giveUp()) {
                throw new InterruptedException();
            }
            // decided in the same moment: the caller learns of both
            Thread.currentThread().interrupt();
        }
    }

    /** How it stands in the end; given up if it was undecided. */
    State end() {
        while (!isOver()) {
            giveUp();
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
