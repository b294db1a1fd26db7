package io.github.moonlibs.discovery.iproto.connection;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An exchange whose caller gets what the procedure pushes before its reply. The thread that reads only keeps it and wakes the
 * caller, which hands it over.
 */
final class PushedExchange extends PendingExchange {
    private final Calls calls;
    private final String procedure;
    private final Consumer<Result> onPush;
    private final int maxBytes;
    private final Queue<ServerPacket> pushed = new ConcurrentLinkedQueue<>();

    /** How many bytes are in the queue. */
    private final AtomicInteger bytes = new AtomicInteger();

    private volatile boolean isTooMuch;

    // of the caller's thread
    private @Nullable AttemptException refusal;
    private boolean isAbandoned;

    PushedExchange(
            Calls calls,
            String procedure,
            byte[] request,
            long timeoutNanos,
            long deadline,
            long patientUntil,
            Consumer<Result> onPush,
            int maxBytes) {
        super(calls, procedure, request, timeoutNanos, deadline, patientUntil);
        this.calls = calls;
        this.procedure = procedure;
        this.onPush = onPush;
        this.maxBytes = maxBytes;
    }

    @Override
    public void pushed(ServerPacket chunk) {
        // when one was too much, nothing may follow it
        if (!isTooMuch) {
            isTooMuch = bytes.addAndGet(chunk.size()) > maxBytes;
            if (!isTooMuch) {
                pushed.add(chunk);
            }
            wake();
        }
    }

    /** Hands over what has come before the outcome. */
    @Override
    public boolean isDone() {
        // first: what was pushed before the reply is in the queue then
        boolean isOver = isOver();
        handOver();
        return isOver || refusal != null;
    }

    private void handOver() {
        while (!isAbandoned && refusal == null) {
            ServerPacket next = pushed.poll();
            if (isTooMuch) {
                refusal = calls.failures().pushedTooMuch(maxBytes);
            } else if (next == null) {
                return;
            } else {
                bytes.addAndGet(-next.size());
                handOver(next);
            }
        }
    }

    private void handOver(ServerPacket chunk) {
        Result value;
        try {
            value = calls.failures().result(chunk, procedure);
        } catch (AttemptException unreadable) {
            refusal = unreadable;
            return;
        }
        try {
            onPush.accept(value);
        } finally {
            // it may have waited for something else, and taken a wake-up that was meant for its caller
            LockSupport.unpark(Thread.currentThread());
        }
    }

    @Override
    public ServerPacket packet() {
        // first: of one that has its reply, what was pushed before that is in the queue then
        end();
        boolean through = false;
        try {
            handOver();
            through = refusal == null;
        } finally {
            if (!through) {
                abandon();
            }
        }
        if (refusal != null) {
            throw refusal;
        }
        return super.packet();
    }

    @Override
    public void abandon() {
        isAbandoned = true;
        pushed.clear();
        super.abandon();
    }
}
