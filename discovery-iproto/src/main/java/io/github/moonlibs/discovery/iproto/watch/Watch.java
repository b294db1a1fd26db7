package io.github.moonlibs.discovery.iproto.watch;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.iproto.codec.ServerPacket;
import io.github.moonlibs.discovery.iproto.codec.msgpack.MalformedException;
import io.github.moonlibs.discovery.spi.KeyWatch;
import org.jspecify.annotations.Nullable;

/** One of those that watch a key. The values are decoded on the thread that asks for them. */
final class Watch implements KeyWatch {
    final String key;
    final Runnable onChange;
    private final KeyWatches all;
    private final WatchedKey watched;

    /** What {@link #next} has returned last. */
    private @Nullable ServerPacket returned;

    Watch(KeyWatches all, String key, WatchedKey watched, Runnable onChange) {
        this.all = all;
        this.key = key;
        this.watched = watched;
        this.onChange = onChange;
    }

    WatchedKey watched() {
        return watched;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // each event is a packet of its own
    public @Nullable Result next() {
        ServerPacket latest = watched.latest();
        if (latest == null || latest == returned) {
            return null;
        }
        returned = latest;
        try {
            return latest.eventValue(all.types(), key);
        } catch (MalformedException unreadable) {
            throw new ConversionException("key " + key + ": " + unreadable.getMessage(), unreadable);
        }
    }

    @Override
    public void close() {
        all.end(this);
    }
}
