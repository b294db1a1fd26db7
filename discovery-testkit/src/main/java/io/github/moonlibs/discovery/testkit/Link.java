package io.github.moonlibs.discovery.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** An accepted TCP connection that can end in either way. */
final class Link {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int BACKLOG = 1_000;

    private final Socket socket;

    Link(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
    }

    /**
     * Listens.
     *
     * @param port 0: any free one; else waits for it up to 5 s, since a client's passing connection may occupy it
     * @throws UncheckedIOException if it stays taken
     */
    static ServerSocket listen(String host, int port) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return bind(new InetSocketAddress(host, port));
            } catch (IOException e) {
                if (port == 0 || System.nanoTime() > deadline) {
                    throw new UncheckedIOException("cannot listen on " + host + ":" + port, e);
                }
                Waiting.pause();
            }
        }
    }

    private static ServerSocket bind(InetSocketAddress address) throws IOException {
        ServerSocket server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            server.bind(address, BACKLOG);
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    InputStream in() throws IOException {
        return socket.getInputStream();
    }

    OutputStream out() throws IOException {
        return socket.getOutputStream();
    }

    /** Ends it with FIN. */
    void close() {
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
        close();
    }

    @Override
    public String toString() {
        return String.valueOf(socket.getRemoteSocketAddress());
    }
}
