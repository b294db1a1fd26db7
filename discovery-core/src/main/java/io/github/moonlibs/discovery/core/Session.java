package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.Transport.Connection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection of a node, and the calls in flight on it. A session that drains lets those end and takes no more. */
final class Session {
    private final Connection connection;
    private final Ending ending;

    private Session(Connection connection, Ending ending) {
        this.connection = connection;
        this.ending = ending;
    }

    /**
     * Connects.
     *
     * @param onChange called, by any thread, when the session was lost, begins to drain because of a shutdown, or has
     *     drained; must not block
     * @throws AttemptException as {@link Transport#connect} does
     */
    static Session open(Transport transport, Endpoint endpoint, ClientOptions options, Runnable onChange)
            throws InterruptedException {
        Ending ending = new Ending(onChange);
        return new Session(transport.connect(endpoint, options, ending), ending);
    }

    /** @throws AttemptException as the connection does; {@code NOT_SENT} if this session is draining */
    Result call(String method, List<?> arguments, long timeoutNanos) throws InterruptedException {
        enter();
        try {
            return connection.call(method, arguments, timeoutNanos);
        } finally {
            leave();
        }
    }

    /** Like {@link #call}, but does not wait; when the reply is not awaited any more, {@link #leave} is to be called. */
    PendingReply send(String method, List<?> arguments, long timeoutNanos) {
        enter();
        boolean sent = false;
        try {
            PendingReply reply = connection.send(method, arguments, timeoutNanos);
            sent = true;
            return reply;
        } finally {
            if (!sent) {
                leave();
            }
        }
    }

    private void enter() {
        if (!ending.gate.enter()) {
            throw AttemptException.notSent("its connection is draining", null);
        }
    }

    void leave() {
        if (ending.gate.leave()) {
            ending.onChange.run();
        }
    }

    /** Asks for an announcement. It is not a call of the application, and does not count as one in flight. */
    Result discover(String procedure, long timeoutNanos) throws InterruptedException {
        return connection.call(procedure, List.of(), timeoutNanos);
    }

    Connection connection() {
        return connection;
    }

    int inFlight() {
        return ending.gate.inside();
    }

    /** Takes no more calls. */
    void drain() {
        ending.gate.close();
    }

    /** Whether it takes no more calls and the last one has ended. */
    boolean isDrained() {
        return ending.gate.isClosed() && ending.gate.inside() == 0;
    }

    /** Why the connection ended; null while it lasts. */
    @Nullable
    String lost() {
        return ending.lost;
    }

    boolean isShutdownAnnounced() {
        return ending.shutdownAnnounced;
    }

    /** How a session comes to its end; there before the connection is, because the connection tells it. */
    private static final class Ending implements Transport.Listener {
        final Gate gate = new Gate();
        final Runnable onChange;
        volatile @Nullable String lost;
        volatile boolean shutdownAnnounced;

        Ending(Runnable onChange) {
            this.onChange = onChange;
        }

        @Override
        public void closed(String reason) {
            lost = reason;
            onChange.run();
        }

        @Override
        public void shutdownAnnounced() {
            shutdownAnnounced = true;
            gate.close();
            onChange.run();
        }
    }
}
