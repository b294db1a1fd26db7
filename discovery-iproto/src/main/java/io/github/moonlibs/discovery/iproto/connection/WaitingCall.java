package io.github.moonlibs.discovery.iproto.connection;

import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import io.github.moonlibs.discovery.iproto.exchange.ByteBudget;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request for which the connection has no room yet. Nothing of it is kept but its size: it is encoded again when it has
 * room, by the thread that made it, which is unparked then and comes by one of these methods.
 */
final class WaitingCall implements Pending {
    private final Calls calls;
    private final long stream;
    private final int type;
    private final String text;
    private final List<?> arguments;
    private final @Nullable Consumer<Result> onPush;
    private final ByteBudget.Place place;
    private final long timeoutNanos;
    private final long deadline;
    private @Nullable PendingExchange exchange;
    private @Nullable RuntimeException failure;
    private boolean left;

    WaitingCall(
            Calls calls,
            long stream,
            int type,
            String text,
            List<?> arguments,
            @Nullable Consumer<Result> onPush,
            int bytes,
            long timeoutNanos,
            long now) {
        this.calls = calls;
        this.stream = stream;
        this.type = type;
        this.text = text;
        this.arguments = arguments;
        this.onPush = onPush;
        this.timeoutNanos = timeoutNanos;
        this.deadline = now + timeoutNanos;
        this.place = calls.budget().queueUp(bytes);
    }

    /** Waits for room and then for the outcome; at most so long. */
    void await(long until) throws InterruptedException {
        boolean through = false;
        try {
            for (long remaining = until - System.nanoTime(); !proceed(until) && remaining > 0; ) {
                LockSupport.parkNanos(this, remaining);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                remaining = until - System.nanoTime();
            }
            PendingExchange sent = exchange;
            if (sent != null) {
                calls.await(sent, until);
            }
            through = true;
        } finally {
            if (!through) {
                abandon();
            }
        }
    }

    /** Whether it waits for room no more; sends it if it has room now. */
    private boolean proceed(long until) {
        if (exchange != null || failure != null || left) {
            return true;
        }
        long now = System.nanoTime();
        if (!place.isGranted() || deadline - now <= 0) {
            return false;
        }
        left = true;
        try {
            byte[] request = calls.encoded(stream, type, text, arguments);
            calls.budget().take(request.length);
            exchange = calls.enter(text, request, timeoutNanos, deadline, until - now > 0 ? until : deadline, onPush);
            calls.send(exchange);
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            calls.budget().give(place.bytes());
        }
        return true;
    }

    @Override
    public boolean isDone() {
        proceed(deadline);
        PendingExchange sent = exchange;
        return failure != null || (sent != null ? sent.isDone() : deadline - System.nanoTime() <= 0);
    }

    @Override
    public Result result() {
        return calls.failures().result(packet(), text);
    }

    @Override
    public ServerPacket packet() {
        proceed(deadline);
        PendingExchange sent = exchange;
        if (sent != null) {
            return sent.packet();
        }
        abandon();
        if (failure != null) {
            throw failure;
        }
        throw calls.failures().timeout(false, "not sent, because too much was queued before it, within ", timeoutNanos);
    }

    @Override
    public void abandon() {
        if (exchange != null) {
            exchange.abandon();
        } else if (!left) {
            left = true;
            calls.budget().leave(place);
        }
    }
}
