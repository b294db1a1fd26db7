package io.github.moonlibs.discovery.iproto.connection;

import io.github.moonlibs.discovery.iproto.codec.Iproto;
import io.github.moonlibs.discovery.iproto.exchange.Exchange;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requests that one thread gathers. They are under way as all others are, but reach the sender by one step, which makes
 * few writes of them. Until then no other thread waits for this one.
 */
final class RequestBatch implements Transport.Batch {
    /** An exchange whose outcome wakes no thread but runs something. */
    static final class Batched extends PendingExchange {
        private final Runnable onOutcome;

        Batched(Calls calls, String procedure, byte[] request, long timeoutNanos, long deadline, Runnable onOutcome) {
            super(calls, procedure, request, null, timeoutNanos, deadline, deadline);
            this.onOutcome = onOutcome;
        }

        @Override
        protected void notifyCaller() {
            onOutcome.run();
        }
    }

    private final Calls calls;
    private @Nullable Exchange youngest;
    private @Nullable Exchange oldest;

    RequestBatch(Calls calls) {
        this.calls = calls;
    }

    @Override
    public @Nullable PendingReply add(
            String procedure, List<?> arguments, long nowNanos, long timeoutNanos, Runnable onOutcome) {
        byte[] request = calls.encoded(0, Iproto.CALL, procedure, arguments);
        long timeout = calls.granted(timeoutNanos);
        if (!calls.budget().tryTake(request.length)) {
            return null;
        }
        long deadline = nowNanos + timeout;
        PendingExchange exchange = calls.enterBatched(procedure, request, timeout, deadline, onOutcome);
        exchange.next = youngest;
        youngest = exchange;
        if (oldest == null) {
            oldest = exchange;
        }
        return exchange;
    }

    @Override
    public void send() {
        Exchange last = youngest;
        Exchange first = oldest;
        if (last != null && first != null) {
            youngest = null;
            oldest = null;
            calls.sendAll(last, first);
        }
    }
}
