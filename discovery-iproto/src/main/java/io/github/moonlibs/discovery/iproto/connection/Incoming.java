package io.github.moonlibs.discovery.iproto.connection;

import io.github.moonlibs.discovery.iproto.codec.Frames;
import io.github.moonlibs.discovery.iproto.codec.Iproto;
import io.github.moonlibs.discovery.iproto.codec.Request;
import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import io.github.moonlibs.discovery.iproto.exchange.InFlight;
import java.util.concurrent.atomic.AtomicLong;

/** Hands replies to the callers that they are for, and events to the connection's owner; on the thread that reads. */
final class Incoming implements Frames.Sink {
    private static final String SHUTDOWN = "box.shutdown";

    private final InFlight inFlight;
    private final Notifier notifier;
    private final AtomicLong lateReplies = new AtomicLong();
    private final Outgoing outgoing;
    private boolean shutdownAnnounced;

    /** Sends what expects no reply. */
    interface Outgoing {
        void send(byte[] request);
    }

    Incoming(InFlight inFlight, Notifier notifier, Outgoing outgoing) {
        this.inFlight = inFlight;
        this.notifier = notifier;
        this.outgoing = outgoing;
    }

    @Override
    public void accept(ServerPacket packet) {
        switch (packet.type()) {
            case Iproto.CHUNK -> {} // from box.session.push, before the reply of the same sync
            case Iproto.EVENT -> event(packet);
            default -> {
                if (!inFlight.deliver(packet)) {
                    lateReplies.incrementAndGet();
                    notifier.repliedLate();
                }
            }
        }
    }

    private void event(ServerPacket packet) {
        if (packet.isLarge()) {
            return;
        }
        boolean shutdown;
        try {
            shutdown = packet.isTrueEvent(SHUTDOWN);
        } catch (MalformedException unreadable) {
            // no call waits for it, and it is no reason to end them all
            return;
        }
        if (!shutdown) {
            // Watching again acknowledges; without it the server sends no further event, not even the one that counts.
            watch();
        } else if (!shutdownAnnounced) {
            shutdownAnnounced = true;
            notifier.shutdownAnnounced();
        }
    }

    /** Asks to be notified of the server's shutdown. */
    void watch() {
        outgoing.send(Request.watch(SHUTDOWN));
    }

    long lateReplies() {
        return lateReplies.get();
    }
}
