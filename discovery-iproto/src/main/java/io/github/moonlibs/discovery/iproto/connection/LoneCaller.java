package io.github.moonlibs.discovery.iproto.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a platform thread that reads for itself reads with: made for the first one, and used by one at a time. */
final class LoneCaller {
    private static final int BUFFER = 16 << 10;

    private final SelectableChannel channel;
    private volatile @Nullable Selector selector;
    private @Nullable ByteBuffer buffer;
    private volatile boolean closed;

    LoneCaller(SelectableChannel channel) {
        this.channel = channel;
    }

    ByteBuffer buffer() {
        ByteBuffer present = buffer;
        if (present == null) {
            present = ByteBuffer.allocate(BUFFER);
            buffer = present;
        }
        return present;
    }

    /** Whether a thread can wait with it: the process may have no file descriptor left, or no memory. */
    boolean isReady() {
        try {
            selector();
            return true;
        } catch (IOException | OutOfMemoryError none) {
            return false;
        }
    }

    /**
     * Waits for something to read; false if the time is over, the thread is interrupted, or the connection has ended, which
     * whatever ended it reports.
     */
    boolean await(long nanos) throws IOException {
        try {
            return selector().select(ready -> {}, TimeUnit.NANOSECONDS.toMillis(nanos) + 1) > 0;
        } catch (ClosedSelectorException end) {
            // the exchanges are about to fail; until then there is nothing to wait in
            Thread.onSpinWait();
            return false;
        }
    }

    private Selector selector() throws IOException {
        Selector present = selector;
        if (present == null) {
            present = open();
            selector = present;
            if (closed) {
                present.close();
            }
        }
        return present;
    }

    private Selector open() throws IOException {
        Selector opened = Selector.open();
        boolean registered = false;
        try {
            channel.register(opened, SelectionKey.OP_READ);
            registered = true;
        } finally {
            if (!registered) {
                opened.close();
            }
        }
        return opened;
    }

    /** Wakes the thread that waits. */
    void close() {
        closed = true;
        Selector present = selector;
        if (present != null) {
            try {
                present.close();
            } catch (IOException alreadyGone) {
                // there is nothing left to close
            }
        }
    }
}
