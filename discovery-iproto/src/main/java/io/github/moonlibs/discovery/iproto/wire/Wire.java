package io.github.moonlibs.discovery.iproto.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;

/**
 * A pipe of bytes to the server. While the connection is established it waits; from {@link #unblock} on it never does. One
 * thread may read while another writes, unless the wire is {@link #forLoopOnly}; any thread may close it.
 */
public interface Wire {
    /** Reads the bytes that are there, at least one if it waits; −1 at the end. */
    int read(ByteBuffer into) throws IOException;

    /** Whether bytes are left that the channel does not report, because they have been taken from it already. */
    default boolean hasUnread() {
        return false;
    }

    /**
     * Hands bytes to the kernel, as many as it takes.
     *
     * @return how many bytes were taken, which is not undone
     */
    int write(ByteBuffer from) throws IOException;

    /** Whether the kernel has all that was taken; hands it the rest if it can. */
    default boolean flush() throws IOException {
        return true;
    }

    /** Whether reading and writing share state, so that the loop's thread has to do both. */
    default boolean forLoopOnly() {
        return false;
    }

    /**
     * Makes it never wait any more.
     *
     * @return what says when it is ready
     */
    SelectableChannel unblock() throws IOException;

    /** This side's address. */
    String localAddress();

    /** Ends reading and writing. Never waits for the server, never fails. */
    void close();
}
