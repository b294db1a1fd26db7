package io.github.moonlibs.discovery.iproto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/** A pipe of bytes to the server. One thread may read while another writes; any may close it. */
interface Wire {
    /** Reads some bytes, at least one if it blocks; −1 at the end. */
    int read(ByteBuffer into) throws IOException;

    /** Hands bytes to the kernel: as many as it takes, or all if it blocks. */
    int write(ByteBuffer from) throws IOException;

    /** Whether reading and writing wait. At first they do. */
    default boolean blocks() {
        return true;
    }

    /**
     * Makes it never wait any more, if it can.
     *
     * @return what says when it is ready; null if it goes on blocking
     */
    default @Nullable SelectableChannel unblock() throws IOException {
        return null;
    }

    /** This side's address. */
    String localAddress();

    /** Ends whoever reads or writes. Never blocks, never fails. */
    void close();
}
