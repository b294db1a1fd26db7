package io.github.moonlibs.discovery.iproto;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An established connection. It has no thread: the {@link IoLoop} reads packets and wakes the callers that they are for;
 * callers send for themselves and for each other ({@link Sender}). A caller never waits for the socket, for two reasons:
 *
 * <ol>
 *   <li>A server that does not read lets a write block for as long as it likes; a caller in it would outlive its
 *       deadline.
 *   <li>The interrupt of a thread in a socket's blocking read or write closes the socket, and with it everybody's calls.
 * </ol>
 *
 * TLS is the exception: it is read and written by virtual threads that nobody interrupts.
 *
 * <p>The end comes once, from whatever notices it first: the loop, a sender, a caller with a malformed reply, or {@link
 * #close}. It closes the outbox, which refuses whoever is late, and the wire; whoever is in flight then fails.
 */
final class IprotoConnection implements Transport.PipelinedConnection, IoLoop.Client, Sender.Owner, Receiver.Owner {
    private static final System.Logger LOG = System.getLogger("io.github.moonlibs.discovery.iproto");
    private static final String SHUTDOWN = "box.shutdown";

    /** Why it is over. */
    private record End(String reason, @Nullable Throwable cause) {}

    private final Endpoint endpoint;
    private final Session session;
    private final Wire wire;
    private final Transport.Listener listener;
    private final InFlight inFlight;
    private final Sender sender;
    private final @Nullable SelectableChannel channel;
    private final IoLoop loop;
    private final Receiver receiver;
    private final AtomicLong lateReplies = new AtomicLong();
    private final AtomicInteger callers = new AtomicInteger();
    private final AtomicReference<@Nullable End> end = new AtomicReference<>();
    private final CompletableFuture<Boolean> handedOver = new CompletableFuture<>();
    private boolean shutdownAnnounced;

    IprotoConnection(Endpoint endpoint, Session session, Transport.Listener listener) throws IOException {
        this.endpoint = endpoint;
        this.session = session;
        this.wire = session.wire();
        this.listener = listener;
        this.inFlight = new InFlight(session.lastSync());
        this.sender = new Sender(wire, this);
        this.channel = wire.unblock();
        this.loop = IoLoop.join();
        this.receiver = new Receiver(wire, session.packets(), this, loop, channel);
    }

    private void watch() {
        byte[] request = Request.watch(SHUTDOWN);
        Request.number(request, inFlight.nextSync());
        sender.send(Exchange.withoutReply(request));
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

    /** Begins to be served. */
    void start() {
        try {
            loop.serve(this, channel);
        } catch (ClosedChannelException e) {
            ended("the connection closed while it was established", e);
            return;
        }
        if (session.watchers()) {
            watch();
        }
        if (channel == null) {
            Thread.ofVirtual().name("discovery-read " + endpoint.address()).start(this::readAll);
        }
    }

    private void readAll() {
        try {
            receiver.readAll();
        } finally {
            // counts only if the reader is broken or out of memory: callers must not wait for it then
            ended("the reader failed", null);
        }
    }

    @Override
    public void readable(ByteBuffer buffer) {
        receiver.readable(buffer);
    }

    @Override
    public void writable() {
        sender.resume();
    }

    @Override
    public long expire(long now, long latest) {
        return receiver.look(now, inFlight.expire(now, latest));
    }

    @Override
    public void abandoned(Throwable defect) {
        ended("a defect of this library: " + defect, defect);
    }

    @Override
    public int callers() {
        return callers.get();
    }

    @Override
    public boolean isAwaited() {
        return inFlight.isAwaited();
    }

    @Override
    public boolean isBusy() {
        return callers() > 1;
    }

    @Override
    public void stalled() {
        if (channel != null) {
            loop.whenWritable(channel);
        }
    }

    @Override
    public void received(Packet packet) throws IOException {
        switch (packet.type()) {
            case Iproto.CHUNK -> {} // from box.session.push, before the reply of the same sync
            case Iproto.EVENT -> event(packet);
            default -> {
                Exchange exchange = inFlight.remove(packet.sync());
                if (exchange == null || !exchange.deliver(packet)) {
                    lateReplies.incrementAndGet();
                    listener.repliedLate();
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

    /** On a thread of its own, because the owner may not have it yet. */
    private void tell(Runnable news) {
        Thread.ofVirtual().name("discovery-tell " + endpoint.address()).start(() -> {
            if (handedOver.join()) {
                try {
                    news.run();
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.WARNING, endpoint + ": the connection's listener failed", e);
                }
            }
        });
    }

    @Override
    public void ended(String reason, @Nullable Throwable cause) {
        if (end.compareAndSet(null, new End(reason, cause))) {
            // the outbox first: what is in it would otherwise reach the closed wire, and count as sent
            sender.close();
            wire.close();
            inFlight.failAll();
            receiver.close();
            loop.leave(this);
            tell(() -> listener.closed(reason));
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
    public PendingReply send(String procedure, List<?> arguments, long timeoutNanos, long patienceNanos)
            throws InterruptedException {
        Exchange exchange = begin(Request.call(procedure, arguments), timeoutNanos);
        receiver.leaveToLoop();
        if (!sender.send(exchange)) {
            end(exchange, Exchange.State.NOT_SENT);
            throw notSent();
        }
        Pending pending = new Pending(exchange, timeoutNanos);
        long start = System.nanoTime();
        for (long left = patienceNanos; left > 0 && !exchange.isOver(); ) {
            LockSupport.parkNanos(this, left);
            try {
                exchange.checkInterrupt();
            } catch (InterruptedException interrupt) {
                pending.abandon();
                throw interrupt;
            }
            left = patienceNanos - (System.nanoTime() - start);
        }
        return pending;
    }

    /** An exchange whose caller waits by other means: it is unparked like one that waits here. */
    private final class Pending implements PendingReply {
        private final Exchange exchange;
        private final long timeoutNanos;
        private boolean ended;

        Pending(Exchange exchange, long timeoutNanos) {
            this.exchange = exchange;
            this.timeoutNanos = timeoutNanos;
        }

        @Override
        public boolean isDone() {
            return exchange.isOver();
        }

        @Override
        public Result result() {
            return IprotoConnection.this.result(outcome(exchange, ended(), timeoutNanos));
        }

        @Override
        public void abandon() {
            ended();
        }

        private Exchange.State ended() {
            Exchange.State state = exchange.end();
            if (!ended) {
                ended = true;
                end(exchange, state);
            }
            return state;
        }
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
        Exchange exchange = begin(request, timeoutNanos);
        Exchange.State state = Exchange.State.QUEUED;
        try {
            state = sendAndAwait(exchange);
        } finally {
            end(exchange, state);
        }
        return outcome(exchange, state, timeoutNanos);
    }

    private Exchange begin(byte[] request, long timeoutNanos) {
        if (timeoutNanos <= 0) {
            throw timeout(false, "no time to send the request: ", timeoutNanos);
        }
        Exchange exchange = Exchange.of(request, System.nanoTime() + timeoutNanos);
        callers.incrementAndGet();
        inFlight.add(exchange);
        Request.number(request, exchange.sync);
        loop.watch(exchange.deadline());
        return exchange;
    }

    private void end(Exchange exchange, Exchange.State state) {
        callers.decrementAndGet();
        if (state != Exchange.State.REPLIED) {
            inFlight.remove(exchange);
        }
    }

    private Packet outcome(Exchange exchange, Exchange.State state, long timeoutNanos) {
        return switch (state) {
            case REPLIED -> checked(exchange.reply());
            case NOT_SENT -> throw notSent();
            case LOST -> throw lost();
            case WITHDRAWN -> throw timeout(false, "not even sent within ", timeoutNanos);
            case ABANDONED -> throw timeout(true, "no reply within ", timeoutNanos);
            case QUEUED, SENT -> throw new AssertionError("an undecided exchange");
        };
    }

    private Exchange.State sendAndAwait(Exchange exchange) throws InterruptedException {
        if (!receiver.take()) {
            receiver.leaveToLoop();
            return sender.send(exchange) ? exchange.await() : Exchange.State.NOT_SENT;
        }
        try {
            if (!sender.send(exchange)) {
                return Exchange.State.NOT_SENT;
            }
            receiver.readFor(exchange);
        } finally {
            receiver.release();
        }
        return exchange.await();
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
        return wire.localAddress();
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
        return endpoint + " (" + session.server() + ", " + receiver + ")";
    }
}
