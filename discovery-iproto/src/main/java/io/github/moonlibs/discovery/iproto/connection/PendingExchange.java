package io.github.moonlibs.discovery.iproto.connection;

import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import io.github.moonlibs.discovery.iproto.exchange.Exchange;
import org.jspecify.annotations.Nullable;

/** An exchange as its caller sees it, which is the thread that made it. */
class PendingExchange extends Exchange implements Pending {
    private final Calls calls;
    private final String procedure;
    private final long timeoutNanos;
    private boolean left;

    PendingExchange(
            Calls calls, String procedure, byte[] request, long timeoutNanos, long deadline, long patientUntil) {
        this(calls, procedure, request, Thread.currentThread(), timeoutNanos, deadline, patientUntil);
    }

    PendingExchange(
            Calls calls,
            String procedure,
            byte[] request,
            @Nullable Thread caller,
            long timeoutNanos,
            long deadline,
            long patientUntil) {
        super(request, caller, deadline, patientUntil);
        this.calls = calls;
        this.procedure = procedure;
        this.timeoutNanos = timeoutNanos;
    }

    /** When its time began. */
    long began() {
        return deadline() - timeoutNanos;
    }

    @Override
    public boolean isDone() {
        return isOver();
    }

    @Override
    public final Result result() {
        return calls.failures().result(packet(), procedure);
    }

    @Override
    public ServerPacket packet() {
        return calls.failures().checked(this, leave(), timeoutNanos);
    }

    @Override
    public void abandon() {
        leave();
    }

    private State leave() {
        State state = end();
        if (!left) {
            left = true;
            calls.leave(this);
        }
        return state;
    }
}
