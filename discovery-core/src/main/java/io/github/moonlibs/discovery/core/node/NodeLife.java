package io.github.moonlibs.discovery.core.node;

import static java.util.Objects.requireNonNullElse;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.core.node.Asking.End;
import io.github.moonlibs.discovery.core.support.Backoff;
import io.github.moonlibs.discovery.core.support.Startup;
import io.github.moonlibs.discovery.spi.Transport;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The life of one node, lived by one thread from top to bottom:
 *
 * <pre>
 *              ┌─────────── pause ───────────┐
 *              ▼                             │
 *   CONNECTING ──▶ SERVING ◀──▶ SILENT ──▶ DOWN        any state, when stopped:
 *        │            │           ▲          ▲           DRAINING ──▶ CLOSED
 *        │            │ no answer │          │
 *        └────────────┴───────────┴──────────┘ connection refused or lost, or nothing arrives on it
 * </pre>
 *
 * <p>An application error instead of an announcement makes the node SILENT: the connection stays, and the question is
 * asked again. So it stays when the answer is late while others arrive: the server is busy, and its last announcement
 * counts for a while. A connection on which nothing arrives is set aside: its calls end by themselves, and another one is
 * made. Whatever is thrown, an Error included, ends one round of this, not the life.
 *
 * <p>What happens on a connection between its beginning and its end is {@link Asking}.
 */
public final class NodeLife implements Runnable {
    /** A lost connection is established again after the delay, growing to this many times it. */
    private static final int SLOWEST_RECONNECT = 10;

    private static final String LOST = "its connection was lost";
    private static final String SHUTDOWN = "the server announced its shutdown";

    private final Node node;
    private final Transport transport;
    private final NodeRoutes router;
    private final SessionListener sessions;
    private final Opening opening;
    private final ClientOptions options;
    private final RandomGenerator random;
    private final Backoff backoff;
    private final long loginNanos;

    /** Whether the router may have routes of a session that is over, because an Error kept it from letting go of them. */
    private boolean isRouted;

    public NodeLife(
            Node node,
            Transport transport,
            NodeRoutes router,
            SessionListener sessions,
            Startup startup,
            ClientOptions options,
            RandomGenerator random) {
        this(node, transport, router, sessions, startup, options, random, TimeUnit.SECONDS.toNanos(30));
    }

    /** @param loginNanos how old a login must be to be repeated after an access was denied */
    public NodeLife(
            Node node,
            Transport transport,
            NodeRoutes router,
            SessionListener sessions,
            Startup startup,
            ClientOptions options,
            RandomGenerator random,
            long loginNanos) {
        this.node = node;
        this.transport = transport;
        this.router = router;
        this.sessions = sessions;
        this.opening = new Opening(node, startup, options);
        this.options = options;
        this.random = random;
        this.loginNanos = loginNanos;
        long delay = requireNonNullElse(options.reconnectDelay(), Duration.ZERO).toNanos();
        long longest = delay > Long.MAX_VALUE / SLOWEST_RECONNECT ? Long.MAX_VALUE : delay * SLOWEST_RECONNECT;
        this.backoff = new Backoff(delay, longest, random);
    }

    @Override
    public void run() {
        node.begin();
        while (!node.isClosed()) {
            try {
                if (node.isStopping()) {
                    waitFor(Long.MAX_VALUE, node.helpers()::isEmpty);
                    node.moveTo(State.CLOSED, node.stopReason());
                } else {
                    round();
                }
            } catch (Throwable again) {
                // what there is too little of was needed to report it, too; the next round has another chance
                LockSupport.parkNanos(this, backoff.nextNanos());
            }
        }
    }

    private void round() {
        if (isRouted) {
            withdraw();
        }
        opening.begin();
        node.tick();
        long start = System.nanoTime();
        long pauseNanos = connectAndServe();
        opening.cameToNothing(start, options.reconnectDelay() != null);
        if (!node.isStopping()) {
            waitFor(options.reconnectDelay() == null ? Long.MAX_VALUE : pauseNanos, node::isStopping);
        }
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
        } catch (Throwable defect) {
            // of a plug-in most likely, or a lack of memory; withdrawn again, because that may have failed before
            node.withdraw(State.DOWN, "defect: " + defect, defect, router);
        }
        return backoff.nextNanos();
    }

    private void serveOver(Session session) {
        End end = End.LOST;
        try {
            isRouted = true;
            node.connected(session);
            sessions.opened(node, session);
            Asking asking = new Asking(session, node, router, opening, backoff, options, random, loginNanos);
            try (asking) {
                end = asking.untilEnd();
            }
            switch (end) {
                case STOPPED -> drain(session, node.stopReason());
                case SHUTDOWN -> drain(session, SHUTDOWN);
                case LOST -> down("connection lost: " + session.lost());
                case UNRESPONSIVE -> down(asking.whyUnresponsive());
            }
        } finally {
            leave(session, end);
        }
        if (end == End.SHUTDOWN && !node.isStopping()) {
            node.moveTo(State.DOWN, SHUTDOWN);
        }
    }

    private void down(String why) {
        if (!node.isStopping()) {
            node.withdraw(State.DOWN, why, null, router);
        }
    }

    private void leave(Session session, End end) {
        // each of these steps, whatever is thrown by the one before
        try {
            session.drain();
        } finally {
            try {
                withdraw();
            } finally {
                try {
                    sessions.ended(node, session);
                } finally {
                    try {
                        node.disconnected();
                    } finally {
                        if (end == End.UNRESPONSIVE) {
                            setAside(session);
                        } else {
                            close(session);
                        }
                    }
                }
            }
        }
    }

    private void withdraw() {
        router.withdraw(node);
        isRouted = false;
    }

    private void close(Session session) {
        // before it is closed from this side
        String why = whyOver(session);
        try {
            session.connection().close();
        } finally {
            try {
                session.over(why);
            } finally {
                node.closed(session);
            }
        }
    }

    /** Why a transaction that is still open on it ends. */
    private String whyOver(Session session) {
        if (session.lost() != null) {
            return LOST;
        }
        if (node.isStopping()) {
            return node.stopReason();
        }
        return session.isShutdownAnnounced() ? SHUTDOWN : LOST;
    }

    /** Leaves the calls on it to themselves, and closes it after the last one. */
    private void setAside(Session session) {
        Thread helper = Thread.ofPlatform()
                .daemon()
                .name("discovery-drain " + node.instance().endpoint().address())
                .unstarted(() -> {
                    try {
                        closeDrained(session);
                    } finally {
                        // whatever a transport's close throws, the node must not wait for this for ever
                        node.helpers().remove(Thread.currentThread());
                        node.wake();
                    }
                });
        boolean started = false;
        try {
            node.helpers().add(helper);
            helper.start();
            started = true;
        } finally {
            if (!started) {
                node.helpers().remove(helper);
                close(session);
            }
        }
    }

    private void closeDrained(Session session) {
        try {
            awaitDrained(session);
        } finally {
            close(session);
        }
    }

    /** Waits without a limit while the node stays; after it was stopped, up to the drain timeout. */
    private void awaitDrained(Session session) {
        waitFor(Long.MAX_VALUE, session::expireTransactions, () -> isDrained(session) || node.isStopping());
        waitFor(options.drainTimeout().toNanos(), session::expireTransactions, () -> isDrained(session));
    }

    private boolean isDrained(Session session) {
        return session.isDrained() || session.lost() != null || node.isDrainingStopped();
    }

    /** Lets the calls in flight end, up to the drain timeout, or until draining is stopped. */
    private void drain(Session session, String why) {
        session.drain();
        node.withdraw(State.DRAINING, why, null, router);
        waitFor(options.drainTimeout().toNanos(), session::expireTransactions, () -> isDrained(session));
        if (session.lost() == null && !session.isDrained()) {
            node.warn("closing its connection with " + session.inFlight() + " calls in flight and "
                    + session.openTransactions()
                    + " transactions open: they did not end within the drain timeout");
        }
    }

    private void waitFor(long nanos, BooleanSupplier over) {
        waitFor(nanos, () -> Long.MAX_VALUE, over);
    }

    /** @param look run before each pause; returns how long that may be */
    private void waitFor(long nanos, LongSupplier look, BooleanSupplier over) {
        long start = System.nanoTime();
        long left = nanos;
        while (left > 0 && !over.getAsBoolean()) {
            LockSupport.parkNanos(this, Math.min(left, look.getAsLong()));
            // an interrupt is a stop, which the condition knows of; left standing it would make every park a spin
            Thread.interrupted();
            left = nanos - (System.nanoTime() - start);
        }
    }
}
