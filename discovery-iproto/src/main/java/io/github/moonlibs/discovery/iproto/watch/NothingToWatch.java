package io.github.moonlibs.discovery.iproto.watch;

import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.spi.KeyWatch;
import org.jspecify.annotations.Nullable;

/** A watch on a server that reports nothing. */
public final class NothingToWatch implements KeyWatch {
    public static final NothingToWatch INSTANCE = new NothingToWatch();

    private NothingToWatch() {}

    @Override
    public @Nullable Result next() {
        return null;
    }

    @Override
    public void close() {}
}
