package io.github.moonlibs.discovery.iproto.connection;

import io.github.moonlibs.discovery.iproto.codec.Frames;
import io.github.moonlibs.discovery.iproto.codec.Iproto;
import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import io.github.moonlibs.discovery.iproto.exchange.InFlight;
import io.github.moonlibs.discovery.iproto.watch.KeyWatches;
import java.util.concurrent.atomic.AtomicLong;

/** Hands replies to the callers that they are for, and events to what watches for them; on the thread that reads. */
final class Incoming implements Frames.Sink {
    private final InFlight inFlight;
    private final Notifier notifier;
    private final AtomicLong lateReplies = new AtomicLong();
    private final KeyWatches watches;

    Incoming(InFlight inFlight, Notifier notifier, KeyWatches watches) {
        this.inFlight = inFlight;
        this.notifier = notifier;
        this.watches = watches;
    }

    @Override
    public void accept(ServerPacket packet) {
        switch (packet.type()) {
            case Iproto.CHUNK -> inFlight.push(packet); // before the reply of the same sync
            case Iproto.EVENT -> watches.event(packet);
            default -> {
                if (!inFlight.deliver(packet) && InFlight.hasCaller(packet.sync())) {
                    lateReplies.incrementAndGet();
                    notifier.repliedLate();
                }
            }
        }
    }

    long lateReplies() {
        return lateReplies.get();
    }
}
