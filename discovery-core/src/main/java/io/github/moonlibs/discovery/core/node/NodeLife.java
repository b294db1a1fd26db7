package io.github.moonlibs.discovery.core.node;

import static java.util.Objects.requireNonNullElse;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.core.node.AnnouncementReader.NoAnnouncementException;
import io.github.moonlibs.discovery.core.node.AnnouncementReader.Problems;
import io.github.moonlibs.discovery.core.node.AnnouncementReader.Reading;
import io.github.moonlibs.discovery.core.support.Backoff;
import io.github.moonlibs.discovery.core.support.FlightRecorder;
import io.github.moonlibs.discovery.core.support.FlightRecorder.DiscoveryEvent;
import io.github.moonlibs.discovery.core.support.Startup;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.text.SafeText;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The life of one node, lived by one virtual thread from top to bottom:
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
 * <p>It is one thing: a loop that can be read from top to bottom, with what each of its steps may meet.
 */
public final class NodeLife implements Runnable {
    /** A lost connection is established again after the delay, growing to this many times it. */
    private static final int SLOWEST_RECONNECT = 10;

    /** Tarantool's error for a user that may not execute the procedure; a new login may heal it. */
    private static final int ACCESS_DENIED = 42;

    /**
     * Whether this process has connected, or tried to. A first connection or announcement that is not there in time says less
     * of the server than of the process, whose code runs for the first time.
     */
    private static volatile boolean isWarm;

    /** Whether that was not so when the present round began, and nothing of it has been forgiven yet. */
    private boolean isCold;

    private static final String SHUTDOWN = "the server announced its shutdown";

    private final Node node;
    private final Transport transport;
    private final NodeRoutes router;
    private final SessionListener sessions;
    private final Startup startup;
    private final ClientOptions options;
    private final RandomGenerator random;
    private final Backoff backoff;
    private final long loginNanos;

    // of the present session
    /** What was read last, so that it is not read and not complained of again. */
    private @Nullable ByteBuffer lastAnswer;

    private Problems lastProblems = Problems.NONE;
    private long connectedNanos;
    /** When the announcement that counts was asked for, or pushed. */
    private long announcedNanos;
    /** Whether the last question was answered. */
    private boolean isAnswered;

    private String whyUnresponsive = "";

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
        this.startup = startup;
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
        isCold = !isWarm;
        node.tick();
        long start = System.nanoTime();
        long pauseNanos = connectAndServe();
        cameToNothing(start);
        if (!node.isStopping()) {
            waitFor(options.reconnectDelay() == null ? Long.MAX_VALUE : pauseNanos, node::isStopping);
        }
    }

    /** What was begun then has failed, which may be all that the thread that opens the client waits for. */
    private void cameToNothing(long start) {
        long shortestTimeoutNanos = Math.min(
                options.connectTimeout().toNanos(), options.discoveryTimeout().toNanos());
        boolean isForgiven = isCold && System.nanoTime() - start >= shortestTimeoutNanos;
        isCold = false;
        isWarm = true;
        if (!isForgiven) {
            node.failed();
        }
        startup.look();
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

    /** How a connection comes to be of no more use. */
    private enum End {
        STOPPED,
        SHUTDOWN,
        LOST,
        UNRESPONSIVE
    }

    private void serveOver(Session session) {
        lastAnswer = null;
        isAnswered = true;
        connectedNanos = System.nanoTime();
        End end = End.LOST;
        try {
            isRouted = true;
            node.connected(session);
            sessions.opened(node, session);
            try (Feed feed = new Feed(session, options, random, node::wake)) {
                end = serve(session, feed);
            }
            switch (end) {
                case STOPPED -> drain(session, node.stopReason());
                case SHUTDOWN -> drain(session, SHUTDOWN);
                case LOST -> down("connection lost: " + session.lost());
                case UNRESPONSIVE -> down(whyUnresponsive);
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
        try {
            session.connection().close();
        } finally {
            node.closed(session);
        }
    }

    /** Leaves the calls on it to themselves, and closes it after the last one. */
    private void setAside(Session session) {
        Thread helper = Thread.ofVirtual()
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
        BooleanSupplier isOver = () -> session.isDrained() || session.lost() != null || node.isDrainingStopped();
        waitFor(Long.MAX_VALUE, () -> isOver.getAsBoolean() || node.isStopping());
        waitFor(options.drainTimeout().toNanos(), isOver);
    }

    /** Asks for announcements, and takes those that are pushed, until the session is of no more use. */
    private End serve(Session session, Feed feed) {
        while (true) {
            End end = discover(session, feed);
            if (end != null) {
                return end;
            }
            node.health().outlier().tick();
            node.tick();
            awaitQuestion(session, feed);
            if (session.lost() != null) {
                return End.LOST;
            }
            if (session.isShutdownAnnounced()) {
                return End.SHUTDOWN;
            }
            if (node.isStopping()) {
                return End.STOPPED;
            }
        }
    }

    /**
     * Waits until the next question is due. A server that pushes is also asked when calls wait and nothing has arrived for an
     * interval: it may hang, which the question's time-out will show.
     */
    private void awaitQuestion(Session session, Feed feed) {
        long interval = options.discoveryInterval().toNanos();
        long look = System.nanoTime();
        while (!(node.isStopping() || session.isShutdownAnnounced() || session.lost() != null)) {
            takePush(session, feed);
            long now = System.nanoTime();
            long left = feed.pauseNanos(now);
            if (left <= 0) {
                return;
            }
            if (now - look >= interval) {
                node.health().outlier().tick();
                node.tick();
                if (feed.isFed()
                        && session.inFlight() > 0
                        && !session.connection().hasReceivedSince(look)) {
                    return;
                }
                look = now;
            }
            LockSupport.parkNanos(this, Math.min(left, look + interval - now));
            // an interrupt is a stop, which is looked for
            Thread.interrupted();
        }
    }

    /** Asks for one announcement; returns how the connection has come to be of no more use, or null. */
    private @Nullable End discover(Session session, Feed feed) {
        // a callback may have left an interrupt behind; one that is a stop is known of all the same
        Thread.interrupted();
        if (node.isStopping()) {
            return End.STOPPED;
        }
        DiscoveryEvent event = FlightRecorder.discovery();
        feed.asking();
        long start = System.nanoTime();
        if (feed.isFed() && isAnswered) {
            // up to now the server would have pushed another one
            announcedNanos = start;
        }
        String failure = null;
        try {
            Result answer = session.discover(
                    options.discoveryProcedure(), options.discoveryTimeout().toNanos(), () -> takePush(session, feed));
            backoff.reset();
            accept(session, feed, answer, start);
            return null;
        } catch (ServerException error) {
            failure = failed(error);
            silent(failure, start);
            return isHealedByLogin(error) ? unresponsive(failure + "; logging in anew") : null;
        } catch (NoAnnouncementException | ConversionException applicationError) {
            failure = failed(applicationError);
            silent(failure, start);
            return null;
        } catch (AttemptException noAnswer) {
            failure = failed(noAnswer);
            return unanswered(session, noAnswer, failure, start);
        } catch (InterruptedException interrupt) {
            boolean isStopped = node.isStopping();
            failure = isStopped ? node.stopReason() : failed(interrupt);
            return isStopped ? End.STOPPED : null;
        } finally {
            isAnswered = failure == null;
            feed.ended(failure != null);
            node.asked(System.nanoTime() - start, failure, event);
        }
    }

    private String failed(Exception why) {
        return SafeText.sentence(SafeText.name(options.discoveryProcedure()) + " failed: " + why.getMessage());
    }

    private boolean isHealedByLogin(ServerException error) {
        return error.error().code() == ACCESS_DENIED && System.nanoTime() - connectedNanos >= loginNanos;
    }

    private End unresponsive(String why) {
        whyUnresponsive = why;
        return End.UNRESPONSIVE;
    }

    /** A question that was asked then has no answer. What else arrived since proves the server alive. */
    private @Nullable End unanswered(Session session, AttemptException noAnswer, String failure, long start) {
        if (noAnswer.kind() == Kind.UNREADABLE) {
            // there was one; what is wrong with it is no fault of the connection's
            silent(failure, start);
            return null;
        }
        if (noAnswer.kind() != Kind.TIMEOUT || !session.connection().hasReceivedSince(start)) {
            return unresponsive(failure);
        }
        if (lastAnswer == null
                || System.nanoTime() - announcedNanos
                        >= options.announcementMaxAge().toNanos()) {
            silent(failure, start);
        }
        return null;
    }

    private void accept(Session session, Feed feed, Result answer, long askedNanos) throws NoAnnouncementException {
        ByteBuffer bytes = answer.raw();
        if (bytes.equals(lastAnswer)) {
            // the usual case, ten times a second and node: not even worth decoding
            announcedNanos = askedNanos;
            return;
        }
        Reading reading = AnnouncementReader.read(answer, bytes.remaining());
        takePush(session, feed);
        if (feed.accepts(AnnouncementOrder.of(reading.announcement().attributes()), askedNanos)) {
            announcedNanos = askedNanos;
            apply(session, bytes, reading);
        }
    }

    /**
     * Takes what was pushed since, if an announcement is in force: only an answer puts the first one there, because it proves
     * that the user may call and is answered.
     */
    private void takePush(Session session, Feed feed) {
        Push push = lastAnswer == null ? null : feed.take();
        AnnouncementOrder order = push == null ? null : push.order();
        if (push == null || order == null) {
            return;
        }
        try {
            ByteBuffer bytes = push.content().raw();
            Reading reading = AnnouncementReader.read(push.content(), bytes.remaining());
            feed.accepted(order);
            announcedNanos = System.nanoTime();
            apply(session, bytes, reading);
        } catch (NoAnnouncementException | ConversionException malformed) {
            // what is wrong with it, the answer to a question says
            feed.unusable();
        }
    }

    private void apply(Session session, ByteBuffer bytes, Reading reading) {
        lastAnswer = bytes;
        if (!reading.problems().equals(lastProblems)) {
            reading.problems().lines().forEach(problem -> node.warn("announcement: " + problem));
            lastProblems = reading.problems();
        }
        node.serve(session, reading.announcement(), router);
        isWarm = true;
        startup.look();
    }

    /** The question that was asked then has brought nothing to route by. */
    private void silent(String why, long askedNanos) {
        lastAnswer = null;
        node.withdraw(State.SILENT, why, null, router);
        cameToNothing(askedNanos);
    }

    /** Lets the calls in flight end, up to the drain timeout, or until draining is stopped. */
    private void drain(Session session, String why) {
        session.drain();
        node.withdraw(State.DRAINING, why, null, router);
        waitFor(
                options.drainTimeout().toNanos(),
                () -> session.isDrained() || session.lost() != null || node.isDrainingStopped());
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
