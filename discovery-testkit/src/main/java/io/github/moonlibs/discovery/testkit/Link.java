package io.github.moonlibs.discovery.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** A TCP connection that can be ended with FIN or with RST. */
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

    /** Sends FIN: nothing more will be sent. */
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends it with FIN, which is sent first, because closing a socket with unread bytes sends RST. */
    void close() {
        try {
            endOutput();
        } catch (IOException alreadyGone) {
            // there is nothing left to send
        }
        release();
    }

    private void release() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // there is nothing left to close
        }
    }

    /** Ends it with RST. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException alreadyGone) {
            // there is nothing left to reset
        }
        release();
    }

    @Override
    public String toString() {
        return String.valueOf(socket.getRemoteSocketAddress());
    }
}
