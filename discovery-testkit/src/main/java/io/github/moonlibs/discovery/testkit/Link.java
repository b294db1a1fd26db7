package io.github.moonlibs.discovery.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** A TCP connection that can end in either way. */
final class Link {
    private final Socket socket;

    Link(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
    }

    InputStream in() throws IOException {
        return socket.getInputStream();
    }

    OutputStream out() throws IOException {
        return socket.getOutputStream();
    }

    /** Says that nothing more will be sent. */
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends it with FIN: said first, because closing while something is unread says RST. */
    void close() {
        try {
            endOutput();
        } catch (IOException alreadyGone) {
            // nothing is left to be said
        }
        release();
    }

    private void release() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // nothing is left to be closed
        }
    }

    /** Ends it with RST. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException alreadyGone) {
            // nothing is left to be reset
        }
        release();
    }

    @Override
    public String toString() {
        return String.valueOf(socket.getRemoteSocketAddress());
    }
}
