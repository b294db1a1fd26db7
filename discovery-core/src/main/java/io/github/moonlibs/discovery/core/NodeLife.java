package io.github.moonlibs.discovery.core;

import static java.util.Objects.requireNonNullElse;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.core.AnnouncementReader.NoAnnouncementException;
import io.github.moonlibs.discovery.core.AnnouncementReader.Reading;
import io.github.moonlibs.discovery.core.FlightRecorder.DiscoveryEvent;
import io.github.moonlibs.discovery.spi.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The life of one node, told by one virtual thread from top to bottom:
 *
 * <pre>
 *              ┌─────────── pause ───────────┐
 *              ▼                             │
 *   CONNECTING ──▶ SERVING ◀──▶ SILENT ──▶ DOWN        any state, when stopped:
 *        │            │           ▲          ▲           DRAINING ──▶ CLOSED
 *        │            │ no answer │          │
 *        └────────────┴───────────┴──────────┘ connection refused or lost, or discovery timed out
 * </pre>
 *
 * An application error instead of an announcement makes the node SILENT: the connection stays, and the question is asked
 * again.
 */
final class NodeLife implements Runnable {
    /** A lost connection is established again after the delay, growing to this many times it. */
    private static final int SLOWEST_RECONNECT = 10;

    private static final String SHUTDOWN = "the server announced its shutdown";

    private final Node node;
    private final Transport transport;
    private final Router router;
    private final Startup startup;
    private final ClientOptions options;
    private final RandomGenerator random;
    private final Backoff backoff;

    // of the present session: what was read last, so that it is not read and not complained of again
    private @Nullable ByteBuffer lastAnswer;
    private List<String> lastProblems = List.of();

    NodeLife(
            Node node,
            Transport transport,
            Router router,
            Startup startup,
            ClientOptions options,
            RandomGenerator random) {
        this.node = node;
        this.transport = transport;
        this.router = router;
        this.startup = startup;
        this.options = options;
        this.random = random;
        long delay = requireNonNullElse(options.reconnectDelay(), Duration.ZERO).toNanos();
        this.backoff = new Backoff(delay, delay * SLOWEST_RECONNECT, random);
    }

    @Override
    public void run() {
        node.begin();
        while (!node.isStopping()) {
            long pauseNanos = connectAndServe();
            startup.look();
            if (!node.isStopping()) {
                waitFor(options.reconnectDelay() == null ? Long.MAX_VALUE : pauseNanos, node::isStopping);
            }
        }
        node.moveTo(State.CLOSED, node.stopReason());
    }

    /** One connection from beginning to end; returns how long to wait before the next one. */
    private long connectAndServe() {
        try {
            serveOver(Session.open(transport, options, node, node::wake));
        } catch (ServerException refused) {
            // nothing that time would heal soon, and every try is a line in the server's log
            node.moveTo(State.DOWN, "login refused: " + refused.getMessage());
            return backoff.longestNanos();
        } catch (AttemptException failed) {
            node.moveTo(State.DOWN, String.valueOf(failed.getMessage()));
        } catch (InterruptedException stopped) {
            return 0;
        } catch (RuntimeException | LinkageError defect) {
            // of a plug-in, most likely: it must not end the node
            node.moveTo(State.DOWN, "defect: " + defect, defect);
        }
        return backoff.nextNanos();
    }

    private void serveOver(Session session) {
        lastAnswer = null;
        node.connected(session);
        boolean drains = false;
        try {
            String whyDown = serve(session);
            drains = session.lost() == null && (node.isStopping() || session.isShutdownAnnounced());
            if (drains) {
                drain(session);
            } else if (!node.isStopping()) {
                node.withdraw(State.DOWN, whyDown, null, router);
            }
        } finally {
            end(session);
        }
        if (drains && !node.isStopping()) {
            node.moveTo(State.DOWN, SHUTDOWN);
        }
    }

    private void end(Session session) {
        try {
            router.withdraw(node);
        } finally {
            session.connection().close();
            node.disconnected(session);
        }
    }

    /** Asks for announcements until the session is of no more use; returns why it is not. */
    private String serve(Session session) {
        while (true) {
            String failure = discover(session);
            if (failure != null) {
                return failure;
            }
            node.health().outlier().tick();
            waitFor(
                    Backoff.jittered(options.discoveryInterval().toNanos(), random),
                    () -> node.isStopping() || session.isShutdownAnnounced() || session.lost() != null);
            if (session.lost() != null) {
                return "connection lost: " + session.lost();
            }
            if (session.isShutdownAnnounced()) {
                return SHUTDOWN;
            }
            if (node.isStopping()) {
                return node.stopReason();
            }
        }
    }

    /** Asks for one announcement; returns why the connection is of no more use, or null. */
    private @Nullable String discover(Session session) {
        DiscoveryEvent event = FlightRecorder.discovery();
        long start = System.nanoTime();
        String failure = null;
        try {
            Result answer = session.discover(
                    options.discoveryProcedure(), options.discoveryTimeout().toNanos());
            backoff.reset();
            accept(session, answer);
            return null;
        } catch (ServerException | NoAnnouncementException | ConversionException applicationError) {
            failure = failed(applicationError);
            silent(failure);
            return null;
        } catch (AttemptException noAnswer) {
            failure = failed(noAnswer);
            return failure;
        } catch (InterruptedException stopped) {
            failure = node.stopReason();
            return failure;
        } finally {
            node.asked(System.nanoTime() - start, failure, event);
        }
    }

    private String failed(Exception why) {
        return options.discoveryProcedure() + " failed: " + why.getMessage();
    }

    private void accept(Session session, Result answer) throws NoAnnouncementException {
        ByteBuffer bytes = answer.raw();
        if (bytes.equals(lastAnswer)) {
            // the usual case, ten times a second and node: not even worth decoding
            return;
        }
        Reading reading = AnnouncementReader.read(answer);
        lastAnswer = bytes;
        if (!reading.problems().equals(lastProblems)) {
            reading.problems().forEach(problem -> node.warn("announcement: " + problem));
            lastProblems = reading.problems();
        }
        node.serve(session, reading.announcement(), router);
        startup.look();
    }

    private void silent(String why) {
        lastAnswer = null;
        node.withdraw(State.SILENT, why, null, router);
        startup.look();
    }

    /** Lets the calls in flight end, up to the drain timeout, or until the node is hurried. */
    private void drain(Session session) {
        session.drain();
        node.withdraw(State.DRAINING, node.isStopping() ? node.stopReason() : SHUTDOWN, null, router);
        waitFor(
                options.drainTimeout().toNanos(),
                () -> session.isDrained() || session.lost() != null || node.isHurried());
        if (session.lost() == null && session.inFlight() > 0) {
            node.warn("closing its connection with " + session.inFlight()
                    + " calls in flight: they did not end within the drain timeout");
        }
    }

    private void waitFor(long nanos, BooleanSupplier over) {
        long start = System.nanoTime();
        long left = nanos;
        while (left > 0 && !over.getAsBoolean()) {
            LockSupport.parkNanos(this, left);
            // an interrupt is a stop, which the condition knows of; left standing it would make every park a spin
            Thread.interrupted();
            left = nanos - (System.nanoTime() - start);
        }
    }
}
