package io.github.moonlibs.discovery.iproto.exchange;

import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One request and the wait for its reply. The caller, the sender, the reader and the loop, which looks after the time, meet
 * here. Whatever happens first decides, by one atomic step of the state:
 *
 * <pre>
 *         ┌─ the kernel took none of it ─┐
 *         ▼                              │
 *       QUEUED ─────── sender ────────▶ SENT ─ reader ──────▶ REPLIED
 *         │                              ├──── the end ─────▶ LOST
 *         ├─ the end ──────▶ NOT_SENT    └──── time, caller ▶ ABANDONED
 *         └─ time, caller ─▶ WITHDRAWN
 * </pre>
 *
 * The sender takes the step to SENT before it offers the request to the kernel, and the step back if the kernel took none
 * of its bytes. So of a request that ended in NOT_SENT or WITHDRAWN it is certain that the server never saw it.
 */
public class Exchange {
    /** Where an exchange stands. */
    public enum State {
        QUEUED,
        SENT,
        REPLIED,
        LOST,
        NOT_SENT,
        WITHDRAWN,
        ABANDONED
    }

    /** A caller waits so much longer than its deadline before it gives up by itself. */
    static final long SLACK = TimeUnit.MILLISECONDS.toNanos(50);

    private static final byte[] GONE = {};
    private static final VarHandle STATE;
    private static final VarHandle UNWOKEN;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Exchange.class, "state", State.class);
            UNWOKEN = lookup.findVarHandle(Exchange.class, "unwoken", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable Thread caller;
    private final long deadline;
    private byte[] request;
    private volatile State state = State.QUEUED;

    /** Opaque: a fence for each write would cost as much as the delivery. */
    private boolean unwoken;

    private @Nullable ServerPacket reply;

    /** When the loop has to look at it: when the caller's patience ends, and then at the deadline. */
    private long nextLook;

    /** The next older one in the {@link Outbox}; then, in a batch that was taken from it, the next younger. */
    @Nullable
    public Exchange next;

    /** Set before any thread but the caller's knows the exchange. */
    public long sync;

    /** @param caller to be woken by the outcome; null if another way {@linkplain #notifyCaller notifies} it, or none has to */
    protected Exchange(byte[] request, @Nullable Thread caller, long deadline, long patientUntil) {
        this.request = request;
        this.caller = caller;
        this.deadline = deadline;
        this.nextLook = patientUntil;
    }

    /**
     * For the current thread to wait for.
     *
     * @param deadline on the clock of {@link System#nanoTime}
     * @param patientUntil when the caller is to be woken, even without an outcome; at most the deadline
     */
    public Exchange(byte[] request, long deadline, long patientUntil) {
        this(request, Thread.currentThread(), deadline, patientUntil);
    }

    /** For the current thread to wait for. */
    public static Exchange of(byte[] request, long deadline) {
        return new Exchange(request, deadline, deadline);
    }

    /** That no thread waits for. */
    public static Exchange withoutReply(byte[] request) {
        return new Exchange(request, null, 0, 0);
    }

    /** What is to be sent; for its sender, and the caller until then. */
    public byte[] request() {
        return request;
    }

    /** When it has to be looked at next. */
    public long nextLook() {
        return nextLook;
    }

    public long deadline() {
        return deadline;
    }

    /** Whether nothing of it was sent, and something may be. */
    public boolean isQueued() {
        return state == State.QUEUED;
    }

    /** Whether it has an outcome. */
    public boolean isOver() {
        State now = state;
        return now != State.QUEUED && now != State.SENT;
    }

    /** Whether it ended while nothing of it was with the sender. */
    public boolean endedInQueue() {
        State now = state;
        return now == State.NOT_SENT || now == State.WITHDRAWN;
    }

    private boolean step(State from, State to) {
        return state == from && STATE.compareAndSet(this, from, to);
    }

    /** It is about to be offered to the kernel; false if it must not be. */
    public boolean send() {
        return step(State.QUEUED, State.SENT);
    }

    /** The kernel took none of its bytes. */
    public void unsend() {
        step(State.SENT, State.QUEUED);
    }

    /** The kernel has all of its bytes; they are not kept for as long as the reply takes. */
    public void sent() {
        request = GONE;
    }

    /** For the caller of one that {@link #endedInQueue}, where it may lie for long: returns how many bytes are let go. */
    public int release() {
        int bytes = request.length;
        request = GONE;
        return bytes;
    }

    /** The reply has come; false if the caller no longer waits. */
    public boolean deliver(ServerPacket packet) {
        if (state != State.SENT) {
            return false;
        }
        reply = packet;
        setUnwoken(true);
        return wakeIf(step(State.SENT, State.REPLIED));
    }

    /** The procedure has pushed something before its reply; dropped unless the caller is to get it. */
    public void pushed(ServerPacket chunk) {}

    /** The connection has ended. */
    public void fail() {
        // again if the sender took it back in between
        while (!isOver()) {
            setUnwoken(true);
            wakeIf(step(State.QUEUED, State.NOT_SENT) || step(State.SENT, State.LOST));
        }
    }

    /** Its time is over. */
    public void expire() {
        // again if the sender took it back in between
        while (!isOver()) {
            setUnwoken(true);
            wakeIf(giveUp());
        }
    }

    /** The caller's patience is over, but not the time. */
    public void wakeImpatient() {
        nextLook = deadline;
        wake();
    }

    /** A thread that decides has set it unwoken before: so no other finds it decided and takes its caller for woken. */
    private boolean wakeIf(boolean decided) {
        if (decided) {
            wake();
        }
        return decided;
    }

    private void setUnwoken(boolean value) {
        UNWOKEN.setOpaque(this, value);
    }

    /** Wakes the caller; to be tried again while it is {@link #isUnwoken}. */
    public void wake() {
        setUnwoken(true);
        try {
            // a caller that reads for itself is awake
            if (caller != Thread.currentThread()) {
                notifyCaller();
            }
            setUnwoken(false);
        } catch (OutOfMemoryError | RejectedExecutionException again) {
            // to schedule a virtual thread takes memory
        }
    }

    /** Lets the caller know of the outcome, or of the end of its patience. May fail for want of memory, and is called again. */
    protected void notifyCaller() {
        LockSupport.unpark(caller);
    }

    /** Whether the caller has to be woken: a thread is about to do so, or has failed to for want of memory. */
    public boolean isUnwoken() {
        return (boolean) UNWOKEN.getOpaque(this);
    }

    private boolean giveUp() {
        return step(State.QUEUED, State.WITHDRAWN) || step(State.SENT, State.ABANDONED);
    }

    /**
     * Waits for the outcome, or for the end of the caller's patience. A virtual thread sets no timer, which would cost more
     * than all the rest of the wait: the loop sees to the time.
     *
     * @param until when the patience ends
     * @throws InterruptedException if the thread was interrupted; the exchange has been given up then
     */
    public void await(long until) throws InterruptedException {
        boolean virtual = Thread.currentThread().isVirtual();
        boolean toTheEnd = until == deadline;
        while (!isOver()) {
            long left = virtual && toTheEnd ? 1 : until - System.nanoTime();
            if (left <= 0 && !toTheEnd) {
                return;
            }
            if (virtual) {
                LockSupport.park(this);
            } else if (left + SLACK > 0) {
                LockSupport.parkNanos(this, left + SLACK);
            } else {
                // the loop should have done it
                giveUp();
            }
            checkInterrupt();
        }
    }

    /** Waits for the outcome. */
    public State await() throws InterruptedException {
        await(deadline);
        return state;
    }

    /** Gives up if the caller's thread, this one, was interrupted. */
    public void checkInterrupt() throws InterruptedException {
        if (Thread.interrupted()) {
            if (giveUp()) {
                throw new InterruptedException();
            }
            // decided in the same moment: the caller learns of both
            Thread.currentThread().interrupt();
        }
    }

    /** How it stands in the end; given up if it was undecided. */
    public State end() {
        while (!isOver()) {
            giveUp();
        }
        return state;
    }

    public ServerPacket reply() {
        ServerPacket packet = reply;
        if (packet == null) {
            throw new IllegalStateException("no reply yet: " + state);
        }
        return packet;
    }

    /** Shown as what a caller's thread is blocked by. */
    @Override
    public String toString() {
        return state + (isUnwoken() ? ", its caller to be woken" : "");
    }
}
