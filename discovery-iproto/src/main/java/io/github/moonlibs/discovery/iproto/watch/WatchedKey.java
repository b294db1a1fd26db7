package io.github.moonlibs.discovery.iproto.watch;

import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A key that is watched, by one watch or more. Only the latest event is kept. Thread-safe; that it begins and ends is guarded
 * by {@link KeyWatches}.
 */
final class WatchedKey {
    private static final System.Logger LOG = System.getLogger("io.github.moonlibs.discovery.iproto");

    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private volatile @Nullable ServerPacket latest;

    @Nullable
    ServerPacket latest() {
        return latest;
    }

    /** Adds a watch, which is notified of the value that is known. */
    void add(Watch watch) {
        watches.add(watch);
        // after it was added: an event in between notifies it twice rather than not at all
        if (latest != null) {
            notify(watch);
        }
    }

    /** Returns whether it was the last one. */
    boolean remove(Watch watch) {
        return watches.remove(watch) && watches.isEmpty();
    }

    void changed(ServerPacket event) {
        latest = event;
        watches.forEach(WatchedKey::notify);
    }

    private static void notify(Watch watch) {
        try {
            watch.onChange.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a watch of the key " + watch.key + " failed", e);
        }
    }
}
