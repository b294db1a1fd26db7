package io.github.moonlibs.discovery.spi;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Result;
import org.jspecify.annotations.Nullable;

/**
 * A key that is watched on a connection. Only its latest value is kept, so that a slow reader costs nothing. One thread at a
 * time reads; any thread may close it.
 *
 * @see Transport.WatchingConnection#watch
 */
public interface KeyWatch extends AutoCloseable {
    /**
     * The key's latest value, if this method hasn't returned it yet. Values that were replaced meanwhile are skipped. Never
     * waits; what came before the connection's end can still be had after it.
     *
     * @return the value, as the only one of a result; a result without values if the key has none; null if there is nothing
     *     new
     * @throws ConversionException if the value can't be read; a later one may be readable
     */
    @Nullable
    Result next();

    /** Ends the watching. Idempotent. */
    @Override
    void close();
}
