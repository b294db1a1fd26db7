package io.github.moonlibs.discovery.iproto.stream;

import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.Transaction.Isolation;
import io.github.moonlibs.discovery.iproto.codec.Iproto;
import io.github.moonlibs.discovery.iproto.codec.Request;
import io.github.moonlibs.discovery.spi.ServerTransaction;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of one connection, each in a stream of its own: the server executes a stream's requests one after another,
 * and keeps a transaction open between them. Thread-safe.
 */
public final class Streams {
    /** The connection, as streams need it. */
    public interface Requests {
        /** Calls a procedure and waits for its reply. */
        Result call(
                long stream, String procedure, List<?> arguments, long timeoutNanos, @Nullable Consumer<Result> onPush)
                throws InterruptedException;

        /** Sends BEGIN, COMMIT or ROLLBACK and waits for the reply. */
        void command(long stream, int type, List<?> arguments, long timeoutNanos) throws InterruptedException;

        /** Sends it as soon as possible; must not block. */
        void send(byte[] request);
    }

    private final Requests requests;
    private final AtomicLong last = new AtomicLong();

    public Streams(Requests requests) {
        this.requests = requests;
    }

    /** As {@link io.github.moonlibs.discovery.spi.Transport.TransactionalConnection#begin}. */
    public ServerTransaction begin(Isolation isolation, long longestNanos, long timeoutNanos)
            throws InterruptedException {
        long stream = last.incrementAndGet();
        InStream transaction = new InStream(stream);
        boolean begun = false;
        try {
            double seconds = longestNanos / (double) TimeUnit.SECONDS.toNanos(1);
            requests.command(stream, Iproto.BEGIN, List.of(seconds, number(isolation)), timeoutNanos);
            begun = true;
            return transaction;
        } finally {
            if (!begun) {
                // the server may have begun it all the same
                transaction.abandon();
            }
        }
    }

    private static int number(Isolation isolation) {
        return switch (isolation) {
            case DEFAULT -> 0;
            case READ_COMMITTED -> 1;
            case READ_CONFIRMED -> 2;
            case BEST_EFFORT -> 3;
            case LINEARIZABLE -> 4;
        };
    }

    private final class InStream implements ServerTransaction {
        private final long stream;

        InStream(long stream) {
            this.stream = stream;
        }

        @Override
        public Result call(String procedure, List<?> arguments, long timeoutNanos, @Nullable Consumer<Result> onPush)
                throws InterruptedException {
            return requests.call(stream, procedure, arguments, timeoutNanos, onPush);
        }

        @Override
        public void commit(long timeoutNanos) throws InterruptedException {
            requests.command(stream, Iproto.COMMIT, List.of(), timeoutNanos);
        }

        @Override
        public void rollback(long timeoutNanos) throws InterruptedException {
            requests.command(stream, Iproto.ROLLBACK, List.of(), timeoutNanos);
        }

        @Override
        public void abandon() {
            requests.send(Request.rollback(stream));
        }
    }
}
