package io.github.moonlibs.discovery.iproto.connection;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.Transaction.Isolation;
import io.github.moonlibs.discovery.iproto.codec.Iproto;
import io.github.moonlibs.discovery.iproto.exchange.ByteBudget;
import io.github.moonlibs.discovery.iproto.exchange.Exchange;
import io.github.moonlibs.discovery.iproto.exchange.InFlight;
import io.github.moonlibs.discovery.iproto.loop.Duty;
import io.github.moonlibs.discovery.iproto.loop.IoLoop;
import io.github.moonlibs.discovery.iproto.loop.IoLoops;
import io.github.moonlibs.discovery.iproto.stream.Streams;
import io.github.moonlibs.discovery.iproto.watch.KeyWatches;
import io.github.moonlibs.discovery.iproto.watch.NothingToWatch;
import io.github.moonlibs.discovery.iproto.wire.Handshake;
import io.github.moonlibs.discovery.spi.KeyWatch;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.ServerTransaction;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.types.Types;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An established connection. It has no thread: callers send for themselves and for each other ({@link Sender}), the {@link
 * IoLoop} reads packets and wakes the callers that they are for ({@link Receiver}, {@link Incoming}). A caller never waits
 * for the socket, for two reasons:
 *
 * <ol>
 *   <li>A server that does not read lets a write block for as long as it likes; a caller in it would outlive its
 *       deadline.
 *   <li>The interrupt of a thread in a socket's blocking read or write closes the socket, and with it all calls.
 * </ol>
 *
 * What a caller waits for is its {@link Exchange}.
 */
public final class IprotoConnection
        implements Transport.BatchingConnection,
                Transport.PushingConnection,
                Transport.WatchingConnection,
                Transport.TransactionalConnection,
                IoLoop.Client {
    /** The user of a connection on which nobody has logged in. */
    private static final String GUEST = "guest";

    private final Endpoint endpoint;
    private final Handshake handshake;
    private final InFlight inFlight;
    private final ByteBudget budget = ByteBudget.ofHeap();
    private final SelectableChannel channel;
    private final IoLoop loop;
    private final Notifier notifier;
    private final Ending ending;
    private final Failures failures;
    private final Sender sender;
    private final KeyWatches watches;
    private final Incoming incoming;
    private final Receiver receiver;
    private final Calls calls;
    private final Streams streams;

    /** The loop, as the sender needs it. */
    private record LoopOfChannel(IoLoop loop, SelectableChannel channel) implements Sender.Later {
        @Override
        public void handOver(Duty duty) {
            loop.handOver(duty);
        }

        @Override
        public void gathering() {
            loop.gathering();
        }

        @Override
        public void whenWritable() {
            loop.whenWritable(channel);
        }
    }

    /**
     * @param listener is not notified before the connection was {@link #handedOver}
     * @param ioThreads of so many loops one serves it
     */
    public IprotoConnection(
            Endpoint endpoint, Handshake handshake, Types types, Transport.Listener listener, int ioThreads)
            throws IOException {
        this.endpoint = endpoint;
        this.handshake = handshake;
        inFlight = new InFlight(handshake.lastSync());
        channel = handshake.wire().unblock();
        loop = IoLoops.join(ioThreads);
        boolean made = false;
        try {
            notifier = new Notifier(endpoint, listener);
            watches = new KeyWatches(types, this::sendWithoutReply, notifier::shutdownAnnounced);
            incoming = new Incoming(inFlight, notifier, watches);
            ending = new Ending(this::closeSender, this::closeWire, this::failAll, this::notifyOwner, this::leaveLoop);
            failures = new Failures(endpoint, types, ending);
            sender = new Sender(handshake.wire(), new LoopOfChannel(loop, channel), inFlight, budget, ending::begin);
            receiver = new Receiver(
                    handshake.wire(), handshake.frames(), incoming, inFlight, loop, channel, ending::begin);
            calls = new Calls(
                    inFlight,
                    budget,
                    sender,
                    receiver,
                    loop,
                    failures,
                    types,
                    handshake.frames().maxSize());
            streams = new Streams(calls);
            made = true;
        } finally {
            if (!made) {
                // it would last for ever
                loop.leave(this);
            }
        }
    }

    /** Begins to be served. */
    public void start() {
        try {
            loop.serve(this, channel);
        } catch (ClosedChannelException e) {
            ending.begin("the connection closed while it was established", e);
            return;
        }
        if (handshake.hasWatchers()) {
            watches.watchShutdown();
        }
    }

    @Override
    public @Nullable String user() {
        return GUEST.equals(endpoint.user()) ? null : endpoint.user();
    }

    /** The owner has it, and is notified from now on. */
    public void handedOver() {
        notifier.handedOver(true);
    }

    /** It will have no owner. */
    public void discard() {
        notifier.handedOver(false);
        close();
    }

    // ---- its end, in order

    private boolean closeSender() {
        // first: what is queued would otherwise reach the closed wire
        sender.close();
        return true;
    }

    private boolean closeWire() {
        handshake.wire().close();
        sender.settled();
        return true;
    }

    private boolean failAll() {
        budget.close();
        receiver.close();
        return inFlight.failAll();
    }

    private boolean notifyOwner() {
        notifier.closed(ending.reason().text());
        return true;
    }

    private boolean leaveLoop() {
        loop.leave(this);
        return true;
    }

    @Override
    public void close() {
        ending.begin("closed by this side", null);
    }

    // ---- the loop

    @Override
    public void readable(ByteBuffer buffer) {
        receiver.readable(buffer);
    }

    @Override
    public void writable() {
        sender.resume();
    }

    @Override
    public boolean sendGathered() {
        return sender.sendGathered();
    }

    @Override
    public long expire(long now, long latest) {
        ending.goOn();
        budget.goOn();
        long nearest = inFlight.expire(now, latest);
        sender.sweep();
        return receiver.look(now, nearest);
    }

    @Override
    public void expireLate(long now) {
        inFlight.expireLate(now);
    }

    @Override
    public void abandoned(Throwable defect) {
        ending.begin(Ending.byDefect(defect), defect);
    }

    // ---- callers

    @Override
    public Result call(String procedure, List<?> arguments, long timeoutNanos) throws InterruptedException {
        return request(Iproto.CALL, procedure, arguments, timeoutNanos, timeoutNanos)
                .result();
    }

    @Override
    public Result eval(String expression, List<?> arguments, long timeoutNanos) throws InterruptedException {
        return request(Iproto.EVAL, expression, arguments, timeoutNanos, timeoutNanos)
                .result();
    }

    @Override
    public void ping(long timeoutNanos) throws InterruptedException {
        request(Iproto.PING, "", List.of(), timeoutNanos, timeoutNanos).packet();
    }

    @Override
    public PendingReply send(String procedure, List<?> arguments, long timeoutNanos, long patienceNanos)
            throws InterruptedException {
        return request(Iproto.CALL, procedure, arguments, timeoutNanos, patienceNanos);
    }

    @Override
    public Transport.Batch batch() {
        return new RequestBatch(calls);
    }

    @Override
    public PendingReply send(
            String procedure, List<?> arguments, long timeoutNanos, long patienceNanos, Consumer<Result> onPush)
            throws InterruptedException {
        if (patienceNanos > 0 && Thread.interrupted()) {
            throw new InterruptedException();
        }
        return calls.pushed(0, procedure, arguments, timeoutNanos, patienceNanos, onPush);
    }

    private Pending request(int type, String text, List<?> arguments, long timeoutNanos, long patienceNanos)
            throws InterruptedException {
        return calls.request(0, type, text, arguments, timeoutNanos, patienceNanos, null);
    }

    @Override
    public ServerTransaction begin(Isolation isolation, long longestNanos, long timeoutNanos)
            throws InterruptedException {
        return streams.begin(isolation, longestNanos, timeoutNanos);
    }

    @Override
    public KeyWatch watch(String key, Runnable onChange) {
        return handshake.hasWatchers() ? watches.watch(key, onChange) : NothingToWatch.INSTANCE;
    }

    @Override
    public Result watchOnce(String key, long timeoutNanos) throws InterruptedException {
        return request(Iproto.WATCH_ONCE, key, List.of(), timeoutNanos, timeoutNanos)
                .result();
    }

    private void sendWithoutReply(byte[] request) {
        calls.send(request);
    }

    @Override
    public String server() {
        return handshake.server();
    }

    @Override
    public @Nullable UUID instanceUuid() {
        return handshake.instance();
    }

    @Override
    public @Nullable ServerProtocol protocol() {
        return handshake.protocol();
    }

    @Override
    public String localAddress() {
        return handshake.wire().localAddress();
    }

    @Override
    public boolean hasReceivedSince(long nanoTime) {
        return receiver.receivedNanos() - nanoTime >= 0;
    }

    @Override
    public long lateReplies() {
        return incoming.lateReplies();
    }

    @Override
    public String toString() {
        return endpoint + " (" + handshake.server() + ", " + receiver + ")";
    }
}
