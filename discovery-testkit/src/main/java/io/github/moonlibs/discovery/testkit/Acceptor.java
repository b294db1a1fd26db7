package io.github.moonlibs.discovery.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Listens on one address, can stop and start again, and passes connections on. */
final class Acceptor {
    private static final int BACKLOG = 1_000;

    private final String host;
    private final Consumer<Link> taker;
    private final AtomicLong accepted = new AtomicLong();
    private int port;
    private volatile @Nullable ServerSocket listener;
    private volatile @Nullable Thread loop;

    /**
     * Begins to listen.
     *
     * @param port 0: any free one, which is kept from then on
     * @param taker is called from the accepting thread; must not block
     * @throws UncheckedIOException if the port is taken
     */
    Acceptor(String host, int port, Consumer<Link> taker) {
        this.host = host;
        this.port = port;
        this.taker = taker;
        listen();
    }

    /** Listens again; does nothing if it already does. */
    void listen() {
        if (listener != null) {
            return;
        }
        ServerSocket opened = open();
        port = opened.getLocalPort();
        listener = opened;
        loop = Thread.ofVirtual().name("accept " + this).start(() -> accept(opened));
    }

    /** Retries a given port for a while, because a client's short-lived connection may occupy it. */
    private ServerSocket open() {
        long deadline = System.nanoTime() + Waiting.BOUND.toNanos();
        while (true) {
            try {
                return bind();
            } catch (IOException e) {
                if (port == 0 || System.nanoTime() > deadline) {
                    throw new UncheckedIOException("cannot listen on " + this, e);
                }
                Waiting.pause();
            }
        }
    }

    private ServerSocket bind() throws IOException {
        ServerSocket server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(host, port), BACKLOG);
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Link link = new Link(from.accept());
                accepted.incrementAndGet();
                taker.accept(link);
            } catch (IOException closedOrClientGone) {
                // the loop's condition distinguishes the two
            }
        }
    }

    /** Refuses new connections. When it returns, every accepted one has been passed on. Idempotent. */
    void stop() {
        ServerSocket open = listener;
        Thread accepting = loop;
        if (open == null || accepting == null) {
            return;
        }
        listener = null;
        try {
            open.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Waiting.until(() -> this + " did not stop listening", () -> !accepting.isAlive());
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    /** How many connections were accepted so far. */
    long accepted() {
        return accepted.get();
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
