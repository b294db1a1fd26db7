package io.github.moonlibs.discovery.iproto;

import java.io.IOException;

/** A pipe of bytes to the server that blocks. One thread may read while another writes; any may close it. */
interface Wire {
    /** Waits for at least one byte; −1 at the end. */
    int read(byte[] into, int offset, int length) throws IOException;

    /** Hands all the bytes to the kernel. */
    void write(byte[] from, int offset, int length) throws IOException;

    /** This side's address. */
    String localAddress();

    /** Ends whoever reads or writes. Never blocks, never fails. */
    void close();
}
