package io.github.moonlibs.discovery.core.watch;

import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.spi.KeyWatch;
import io.github.moonlibs.discovery.spi.Transport.WatchingConnection;
import org.jspecify.annotations.Nullable;

/** A key that is watched on one connection, and whether there is something new. */
final class NodeWatch {
    private final KeyWatch watch;
    private volatile boolean isFresh;
    private volatile boolean isOver;

    /** @param wake called, by any thread, when there is something new; must not block */
    NodeWatch(WatchingConnection connection, String key, Runnable wake) {
        watch = connection.watch(key, () -> {
            isFresh = true;
            wake.run();
        });
    }

    boolean isFresh() {
        return isFresh;
    }

    /** What is new. */
    @Nullable
    Result next() {
        // first: what comes from now on is looked at again
        isFresh = false;
        return watch.next();
    }

    /** Whether nothing more comes. */
    boolean isOver() {
        return isOver;
    }

    void close() {
        watch.close();
        isOver = true;
    }
}
