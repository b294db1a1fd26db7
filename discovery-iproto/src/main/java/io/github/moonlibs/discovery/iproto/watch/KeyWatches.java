package io.github.moonlibs.discovery.iproto.watch;

import io.github.moonlibs.discovery.iproto.codec.Request;
import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import io.github.moonlibs.discovery.spi.KeyWatch;
import io.github.moonlibs.discovery.types.Types;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The keys that are watched on one connection. The server reports a key's value when it is watched first, and from then on
 * only what has changed since the last event was acknowledged, by watching the key again: so an event is acknowledged as soon
 * as it is read, whatever its readers do. A key that several watch is watched once. Thread-safe.
 */
public final class KeyWatches {
    private static final String SHUTDOWN = "box.shutdown";

    /** Sends what expects no reply. */
    public interface Outgoing {
        /** Sends it soon; must not block. */
        void send(byte[] request);
    }

    private final Types types;
    private final Outgoing outgoing;
    private final Runnable onShutdown;
    private final Map<String, WatchedKey> keys = new ConcurrentHashMap<>();

    /** Keeps the first and the last watch of a key in the order of what is sent. The thread that reads never takes it. */
    private final ReentrantLock lock = new ReentrantLock();

    private boolean isShutdownAnnounced;

    /**
     * Watches nothing yet.
     *
     * @param types what the values are read as
     * @param onShutdown called when the server announces its shutdown; must not block
     */
    public KeyWatches(Types types, Outgoing outgoing, Runnable onShutdown) {
        this.types = types;
        this.outgoing = outgoing;
        this.onShutdown = onShutdown;
    }

    Types types() {
        return types;
    }

    /** Asks to be notified of the server's shutdown. */
    @SuppressWarnings("resource") // lasts as long as the connection
    public void watchShutdown() {
        watch(SHUTDOWN, () -> {});
    }

    /** As {@link io.github.moonlibs.discovery.spi.Transport.WatchingConnection#watch}. */
    public KeyWatch watch(String key, Runnable onChange) {
        lock.lock();
        try {
            WatchedKey known = keys.get(key);
            WatchedKey watched = known == null ? new WatchedKey() : known;
            Watch watch = new Watch(this, key, watched, onChange);
            watched.add(watch);
            if (known == null) {
                keys.put(key, watched);
                outgoing.send(Request.watch(key));
            }
            return watch;
        } finally {
            lock.unlock();
        }
    }

    /** The watch is no longer wanted. */
    void end(Watch watch) {
        lock.lock();
        try {
            if (watch.watched().remove(watch)) {
                keys.remove(watch.key);
                outgoing.send(Request.unwatch(watch.key));
            }
        } finally {
            lock.unlock();
        }
    }

    /** For the thread that reads. */
    public void event(ServerPacket packet) {
        String key;
        try {
            key = packet.eventKey();
        } catch (MalformedException unreadable) {
            // whichever key it was: what was acknowledged already can be again, and the next event may be readable
            keys.keySet().forEach(this::acknowledge);
            return;
        }
        WatchedKey watched = keys.get(key);
        if (watched == null) {
            // unwatched meanwhile; without an acknowledgement no further event comes
            return;
        }
        if (!isShutdown(key, packet)) {
            acknowledge(key);
        } else if (!isShutdownAnnounced) {
            isShutdownAnnounced = true;
            onShutdown.run();
        }
        watched.changed(packet);
    }

    private void acknowledge(String key) {
        outgoing.send(Request.watch(key));
    }

    private static boolean isShutdown(String key, ServerPacket packet) {
        try {
            return key.equals(SHUTDOWN) && !packet.isLarge() && packet.isTrueEvent();
        } catch (MalformedException unreadable) {
            return false;
        }
    }
}
