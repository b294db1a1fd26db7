package io.github.moonlibs.discovery.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The keys that are pressed while this is open; they are not echoed. */
interface Keyboard extends AutoCloseable {
    /** Waits for a key; null if none was pressed in this time. */
    @Nullable
    Key await(Duration time) throws InterruptedException;

    @Override
    void close();
}
