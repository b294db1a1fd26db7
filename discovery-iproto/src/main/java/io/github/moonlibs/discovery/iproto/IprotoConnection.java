package io.github.moonlibs.discovery.iproto;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.spi.Transport;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An established connection. It has two virtual threads: one reads packets and wakes the callers that they are for; one
 * writes everything that has been queued, in as few writes as possible. Callers never touch the socket, for two reasons:
 *
 * <ol>
 *   <li>A server that does not read lets a write block for as long as it likes; a caller in it would outlive its
 *       deadline.
 *   <li>The interrupt of a virtual thread in a socket's read or write closes the socket, and with it everybody's calls.
 * </ol>
 *
 * The end comes once, from whatever notices it first: the reader, the writer, a caller with a malformed reply, or {@link
 * #close}. It closes the outbox, which refuses whoever is late, and the wire, which ends both threads; an exchange
 * between the two is found by the writer on its way out.
 */
final class IprotoConnection implements Transport.Connection {
    private static final System.Logger LOG = System.getLogger("io.github.moonlibs.discovery.iproto");
    private static final String SHUTDOWN = "box.shutdown";

    /** Why it is over. */
    private record End(String reason, @Nullable Throwable cause) {}

    private final Endpoint endpoint;
    private final Session session;
    private final Transport.Listener listener;
    private final Outbox outbox = new Outbox();
    private final InFlight inFlight;
    private final AtomicLong lateReplies = new AtomicLong();
    private final AtomicReference<@Nullable End> end = new AtomicReference<>();
    private final CompletableFuture<Boolean> handedOver = new CompletableFuture<>();
    private final Thread writer;
    private boolean shutdownAnnounced;

    IprotoConnection(Endpoint endpoint, Session session, Transport.Listener listener) {
        this.endpoint = endpoint;
        this.session = session;
        this.listener = listener;
        this.inFlight = new InFlight(session.lastSync());
        this.writer = Thread.ofVirtual()
                .name("discovery-write " + endpoint.address())
                .unstarted(new Writer(session.wire(), outbox, inFlight, this::ended));
        if (session.watchers()) {
            watch();
        }
    }

    private void watch() {
        outbox.add(Exchange.withoutReply(Request.watch(SHUTDOWN)));
    }

    /** The owner has it, and hears of it from now on. */
    void handedOver() {
        handedOver.complete(true);
    }

    /** Nobody will ever own it. */
    void discard() {
        handedOver.complete(false);
        close();
    }

    /** The reader's life, on the thread that connected. */
    void read() {
        writer.start();
        try {
            while (end.get() == null) {
                received(session.packets().next());
            }
        } catch (IOException e) {
            ended(String.valueOf(e.getMessage()), e);
        } finally {
            // counts only if the reader is broken or out of memory: callers must not wait for it then
            ended("the reader failed", null);
            lastWord();
        }
    }

    private void received(Packet packet) throws IOException {
        switch (packet.type()) {
            case Iproto.CHUNK -> {} // from box.session.push, before the reply of the same sync
            case Iproto.EVENT -> event(packet);
            default -> {
                Exchange exchange = inFlight.remove(packet.sync());
                if (exchange == null || !exchange.deliver(packet)) {
                    lateReplies.incrementAndGet();
                }
            }
        }
    }

    private void event(Packet packet) throws IOException {
        if (!packet.isTrueEvent(SHUTDOWN)) {
            // Watching again acknowledges; without it the server sends no further event, not even the one that counts.
            watch();
        } else if (!shutdownAnnounced) {
            shutdownAnnounced = true;
            tell(listener::shutdownAnnounced);
        }
    }

    private void lastWord() {
        try {
            writer.join();
        } catch (InterruptedException e) {
            // only a listener can have done that, to its own thread
            Thread.currentThread().interrupt();
        }
        tell(() -> listener.closed(why().reason()));
    }

    private void tell(Runnable news) {
        if (handedOver.join()) {
            try {
                news.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, endpoint + ": the connection's listener failed", e);
            }
        }
    }

    private void ended(String reason, @Nullable Throwable cause) {
        if (end.compareAndSet(null, new End(reason, cause))) {
            // the outbox first: what is in it would otherwise reach the closed wire, and count as sent
            outbox.close();
            session.wire().close();
            inFlight.failAll();
        }
    }

    private End why() {
        End why = end.get();
        return why == null ? new End("still open", null) : why;
    }

    @Override
    public Result call(String procedure, List<?> arguments, long timeoutNanos) throws InterruptedException {
        return result(exchange(Request.call(procedure, arguments), timeoutNanos));
    }

    @Override
    public Result eval(String expression, List<?> arguments, long timeoutNanos) throws InterruptedException {
        return result(exchange(Request.eval(expression, arguments), timeoutNanos));
    }

    @Override
    public void ping(long timeoutNanos) throws InterruptedException {
        exchange(Request.ping(), timeoutNanos);
    }

    private Result result(Packet reply) {
        try {
            return reply.result();
        } catch (MalformedException e) {
            throw malformed(e);
        }
    }

    /** @return a reply that is no error */
    private Packet exchange(byte[] request, long timeoutNanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (timeoutNanos <= 0) {
            throw timeout(false, "no time to send the request: ", timeoutNanos);
        }
        Exchange exchange = Exchange.of(request);
        if (!outbox.add(exchange)) {
            throw notSent();
        }
        return switch (await(exchange, timeoutNanos)) {
            case REPLIED -> checked(exchange.reply());
            case NOT_SENT -> throw notSent();
            case LOST -> throw lost();
            case WITHDRAWN -> throw timeout(false, "not even sent within ", timeoutNanos);
            case ABANDONED -> throw timeout(true, "no reply within ", timeoutNanos);
            case QUEUED, SENT -> throw new AssertionError("an undecided exchange");
        };
    }

    private Exchange.State await(Exchange exchange, long timeoutNanos) throws InterruptedException {
        boolean replied = false;
        try {
            Exchange.State state = exchange.await(timeoutNanos);
            replied = state == Exchange.State.REPLIED;
            return state;
        } finally {
            if (!replied) {
                inFlight.remove(exchange);
            }
        }
    }

    private Packet checked(Packet reply) {
        try {
            if (reply.isError()) {
                throw new ServerException(endpoint.toString(), reply.error());
            }
            if (reply.type() != Iproto.OK) {
                throw new MalformedException(
                        "expected a reply, got a packet of type 0x" + Integer.toHexString(reply.type()));
            }
            return reply;
        } catch (MalformedException e) {
            throw malformed(e);
        }
    }

    /** Whoever garbles one reply cannot be trusted with the others. */
    private AttemptException malformed(MalformedException cause) {
        ended(String.valueOf(cause.getMessage()), cause);
        return new AttemptException(Kind.LOST, true, endpoint + ": " + cause.getMessage(), cause);
    }

    private AttemptException notSent() {
        End why = why();
        return AttemptException.notSent(
                endpoint + ": the connection ended before the request was sent: " + why.reason(), why.cause());
    }

    private AttemptException lost() {
        End why = why();
        return new AttemptException(
                Kind.LOST,
                true,
                endpoint + ": the connection ended while the reply was awaited: " + why.reason(),
                why.cause());
    }

    private AttemptException timeout(boolean sent, String what, long nanos) {
        String within = nanos < 10_000_000 ? nanos / 1_000 + " µs" : nanos / 1_000_000 + " ms";
        return new AttemptException(Kind.TIMEOUT, sent, endpoint + ": " + what + within, null);
    }

    @Override
    public String server() {
        return session.server();
    }

    @Override
    public String localAddress() {
        return session.wire().localAddress();
    }

    @Override
    public long lateReplies() {
        return lateReplies.get();
    }

    @Override
    public void close() {
        ended("closed by this side", null);
    }

    @Override
    public String toString() {
        return endpoint + " (" + session.server() + ")";
    }
}
