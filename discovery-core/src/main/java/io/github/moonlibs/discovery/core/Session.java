package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.FlightRecorder.AttemptEvent;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.Transport.Connection;
import io.github.moonlibs.discovery.spi.Transport.PipelinedConnection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One connection of a node, and the calls in flight on it. A session that drains lets those end and takes no more. */
final class Session {
    private final Connection connection;
    private final Node node;
    private final NodeHealth health;
    private final Ending ending;

    /** Whether a lost call has been counted: those that the connection took with it are one failure of the node. */
    private final AtomicBoolean lossCounted = new AtomicBoolean();

    private Session(Connection connection, Node node, Ending ending) {
        this.connection = connection;
        this.node = node;
        this.health = node.health();
        this.ending = ending;
    }

    /**
     * Connects.
     *
     * @param node to be connected to; its health is told how calls end
     * @param onChange called, by any thread, when the session was lost, begins to drain because of a shutdown, or has
     *     drained; must not block
     * @throws AttemptException as {@link Transport#connect} does
     */
    static Session open(Transport transport, ClientOptions options, Node node, Runnable onChange)
            throws InterruptedException {
        Ending ending = new Ending(new Gate(options.maxInFlightPerNode()), onChange, node);
        return new Session(transport.connect(node.instance().endpoint(), options, ending), node, ending);
    }

    /**
     * Lets an attempt in, to be followed by {@link #call} or {@link #send}.
     *
     * @return false if as many are under way as may be
     * @throws AttemptException {@code NOT_SENT} if this session is draining
     */
    boolean enter(String method) {
        if (ending.gate.enter()) {
            return true;
        }
        if (ending.gate.isClosed()) {
            tellEnd(method, health.nanoTime(), Kind.NOT_SENT, null);
            throw AttemptException.notSent(node.instance() + ": its connection is draining", null);
        }
        return false;
    }

    /**
     * Makes the attempt that was let in.
     *
     * @throws AttemptException as the connection does
     */
    Result call(String method, List<?> arguments, long timeoutNanos) throws InterruptedException {
        AttemptEvent event = FlightRecorder.attempt();
        long began = health.nanoTime();
        try {
            Result result = connection.call(method, arguments, timeoutNanos);
            health.answered(began);
            tellEnd(method, began, null, event);
            return result;
        } catch (AttemptException failure) {
            failed(failure, began);
            tellEnd(method, began, failure.kind(), event);
            throw failure;
        } catch (InterruptedException interrupt) {
            health.abandoned(began);
            tellEnd(method, began, Kind.INTERRUPTED, event);
            throw interrupt;
        } finally {
            leave();
        }
    }

    /**
     * Begins the attempt that was let in. Its end is to be told, and {@link #leave} to be called.
     *
     * @throws AttemptException as the connection does; the attempt has left then
     */
    PendingReply send(String method, List<?> arguments, long timeoutNanos) throws InterruptedException {
        boolean sent = false;
        try {
            PendingReply reply = connection instanceof PipelinedConnection pipelined
                    ? pipelined.send(method, arguments, timeoutNanos, 0)
                    : new ThreadedReply(connection, method, arguments, timeoutNanos);
            sent = true;
            return reply;
        } catch (AttemptException failure) {
            tellEnd(method, health.nanoTime(), failure.kind(), null);
            throw failure;
        } finally {
            if (!sent) {
                leave();
            }
        }
    }

    /** Counts an attempt out. */
    void leave() {
        if (ending.gate.leave()) {
            ending.onChange.run();
        }
    }

    /** Whether as many attempts are under way as may be. */
    boolean isFull() {
        return ending.gate.isFull();
    }

    int maxInFlight() {
        return ending.gate.most();
    }

    /** An attempt that was sent then has succeeded; {@link #call} tells so itself, as it does of other ends. */
    void answered(long began) {
        health.answered(began);
    }

    /** An attempt was given up before it came to anything. */
    void abandoned(long began) {
        health.abandoned(began);
    }

    /** An attempt has failed, which says nothing of the node if it was not sent. */
    void failed(AttemptException failure, long began) {
        switch (failure.kind()) {
            case SERVER_ERROR -> health.answered(began);
            case TIMEOUT -> health.failed(began, failure);
            case LOST -> {
                if (lossCounted.compareAndSet(false, true)) {
                    health.failed(began, failure);
                }
            }
            case INTERRUPTED, ABANDONED -> health.abandoned(began);
            case NOT_SENT -> {}
        }
    }

    /** Tells those who watch that an attempt that began then has ended; {@link #call} tells so itself. */
    void tellEnd(String method, long began, @Nullable Kind failure, @Nullable AttemptEvent event) {
        if (event != null) {
            event.ended(method, node.instance(), failure);
        }
        Observers observers = node.observers();
        if (!observers.isEmpty()) {
            observers.attemptEnded(method, node.instance(), health.nanoTime() - began, failure);
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
        final Gate gate;
        final Runnable onChange;
        final Node node;
        volatile @Nullable String lost;
        volatile boolean shutdownAnnounced;

        Ending(Gate gate, Runnable onChange, Node node) {
            this.gate = gate;
            this.onChange = onChange;
            this.node = node;
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

        @Override
        public void repliedLate() {
            node.observers().tell(observer -> observer.repliedLate(node.instance()));
        }
    }
}
