package io.github.moonlibs.discovery.iproto;

import java.io.IOException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The writing thread's life: takes what is queued, numbers it, and sends it together. One write for many requests is
 * what makes a busy connection cheap: a system call costs more than encoding a request.
 */
final class Writer implements Runnable {
    private static final int BUFFER = 32 << 10;

    private final Wire wire;
    private final Outbox outbox;
    private final InFlight inFlight;
    private final BiConsumer<String, @Nullable Throwable> ended;
    private final byte[] buffer = new byte[BUFFER];
    private int filled;

    /** @param ended is told why nothing can be sent any more; only the first reason counts */
    Writer(Wire wire, Outbox outbox, InFlight inFlight, BiConsumer<String, @Nullable Throwable> ended) {
        this.wire = wire;
        this.outbox = outbox;
        this.inFlight = inFlight;
        this.ended = ended;
    }

    @Override
    public void run() {
        try {
            for (Exchange batch = outbox.take(); batch != null; batch = outbox.take()) {
                send(batch);
            }
        } catch (IOException told) {
            // whatever comes from the outbox now must not be marked as sent
        } finally {
            ended.accept("the writer failed", null);
            // once more after the end's own sweep: what has been numbered since is in nobody else's sight
            inFlight.failAll();
        }
    }

    private void send(Exchange batch) throws IOException {
        Exchange exchange = batch;
        try {
            while (exchange != null) {
                Exchange younger = exchange.next;
                append(exchange);
                exchange.next = null; // or one call's exchange would keep the whole batch from being collected
                exchange = younger;
            }
            flush();
        } catch (IOException e) {
            ended.accept(String.valueOf(e.getMessage()), e);
            throw e;
        } finally {
            for (; exchange != null; exchange = exchange.next) {
                exchange.fail();
            }
        }
    }

    private void append(Exchange exchange) throws IOException {
        byte[] request = exchange.request();
        if (filled + request.length > BUFFER) {
            flush();
        }
        if (exchange.isOver()) {
            return;
        }
        Request.number(request, exchange.expectsReply() ? inFlight.add(exchange) : inFlight.nextSync());
        if (!exchange.send()) {
            inFlight.remove(exchange);
        } else if (request.length > BUFFER) {
            wire.write(request, 0, request.length);
        } else {
            System.arraycopy(request, 0, buffer, filled, request.length);
            filled += request.length;
        }
    }

    private void flush() throws IOException {
        if (filled > 0) {
            wire.write(buffer, 0, filled);
            filled = 0;
        }
    }
}
