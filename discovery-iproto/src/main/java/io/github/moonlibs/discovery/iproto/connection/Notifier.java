package io.github.moonlibs.discovery.iproto.connection;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.spi.Transport;
import java.util.concurrent.CompletableFuture;

/**
 * Notifies the owner of a connection, on the thread that learns the news and not before the owner has the connection.
 * Thread-safe.
 */
final class Notifier {
    private static final System.Logger LOG = System.getLogger("io.github.moonlibs.discovery.iproto");

    private final Endpoint endpoint;
    private final Transport.Listener listener;
    private final CompletableFuture<Boolean> handedOver = new CompletableFuture<>();

    Notifier(Endpoint endpoint, Transport.Listener listener) {
        this.endpoint = endpoint;
        this.listener = listener;
    }

    /**
     * The connection has been returned, or discarded.
     *
     * @param owned whether the owner has it, and wants to be notified
     */
    void handedOver(boolean owned) {
        handedOver.complete(owned);
    }

    void shutdownAnnounced() {
        notify(listener::shutdownAnnounced);
    }

    void closed(String reason) {
        notify(() -> listener.closed(reason));
    }

    /** At once, on the thread that reads. */
    void repliedLate() {
        try {
            listener.repliedLate();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /**
     * Now, or when the connection is handed over. Another thread might have to wait for a carrier, and until it got one calls
     * would go to a node that has gone.
     */
    private void notify(Runnable news) {
        var unused = handedOver.thenAccept(owned -> {
            if (owned) {
                try {
                    news.run();
                } catch (RuntimeException e) {
                    failed(e);
                }
            }
        });
    }

    private void failed(RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, endpoint + ": the connection's listener failed", e);
    }
}
