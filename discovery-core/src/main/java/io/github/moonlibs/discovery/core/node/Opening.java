package io.github.moonlibs.discovery.core.node;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.core.support.Startup;

/**
 * Notifies the thread that opens the client: the node serves, or a try has failed. A first connection or announcement
 * that is not there in time says less about the server than about the process, whose code runs for the first time, and is
 * forgiven once. For the node's own thread.
 */
final class Opening {
    /** Whether this process has connected, or tried to. */
    private static volatile boolean isWarm;

    /** Whether the process was cold when the present round began, and nothing in it has been forgiven yet. */
    private boolean isCold;

    private final Node node;
    private final Startup startup;
    private final long shortestTimeoutNanos;

    Opening(Node node, Startup startup, ClientOptions options) {
        this.node = node;
        this.startup = startup;
        shortestTimeoutNanos = Math.min(
                options.connectTimeout().toNanos(), options.discoveryTimeout().toNanos());
    }

    /** A round of connecting and asking begins. */
    void begin() {
        isCold = !isWarm;
    }

    /**
     * What was begun at {@code start} has failed. The thread that opens the client may be waiting for just that.
     *
     * @param isTriedAgain false: there won't be another chance, so that nothing is forgiven
     */
    void cameToNothing(long start, boolean isTriedAgain) {
        boolean isForgiven = isTriedAgain && isCold && System.nanoTime() - start >= shortestTimeoutNanos;
        isCold = false;
        isWarm = true;
        if (!isForgiven) {
            node.failed();
        }
        startup.look();
    }

    /** The node serves. */
    void served() {
        isWarm = true;
        startup.look();
    }
}
