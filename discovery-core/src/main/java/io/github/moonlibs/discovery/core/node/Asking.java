package io.github.moonlibs.discovery.core.node;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.NodeSnapshot.Delivery;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.core.node.AnnouncementReader.NoAnnouncementException;
import io.github.moonlibs.discovery.core.node.AnnouncementReader.Reading;
import io.github.moonlibs.discovery.core.support.Backoff;
import io.github.moonlibs.discovery.core.support.FlightRecorder;
import io.github.moonlibs.discovery.core.support.FlightRecorder.DiscoveryEvent;
import io.github.moonlibs.discovery.text.SafeText;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Learns over one session what its node serves: asks for the announcement again and again, takes the ones that the server
 * pushes, and puts each into force, until the session is of no more use. {@link Feed} says when to ask. For the node's own
 * thread.
 */
final class Asking implements AutoCloseable {
    /** Tarantool's error for a user that may not execute the procedure; a new login may heal it. */
    private static final int ACCESS_DENIED = 42;

    /** How a session comes to be of no more use. */
    enum End {
        STOPPED,
        SHUTDOWN,
        LOST,
        UNRESPONSIVE
    }

    private final Session session;
    private final Node node;
    private final NodeRoutes router;
    private final Opening opening;
    private final Backoff backoff;
    private final ClientOptions options;
    private final Question question;
    private final long loginNanos;
    private final Feed feed;
    private final long connectedNanos = System.nanoTime();

    /** What was read last, so that it is not read again; null: nothing is in force. */
    private @Nullable ByteBuffer lastAnswer;

    /** What was read from it; null: nothing yet. */
    private @Nullable Reading lastReading;

    /** When the announcement that counts was asked for, or pushed. */
    private long announcedNanos;

    /** Whether the last question was answered. */
    private boolean isAnswered = true;

    private String whyUnresponsive = "";

    /**
     * @param backoff reset by every answer
     * @param loginNanos how old a login must be to be repeated after an access was denied
     */
    Asking(
            Session session,
            Node node,
            NodeRoutes router,
            Opening opening,
            Backoff backoff,
            ClientOptions options,
            RandomGenerator random,
            long loginNanos) {
        this.session = session;
        this.node = node;
        this.router = router;
        this.opening = opening;
        this.backoff = backoff;
        this.options = options;
        question = Question.of(options);
        this.loginNanos = loginNanos;
        feed = new Feed(session, question, options, random, node::wake);
    }

    @Override
    public void close() {
        feed.close();
    }

    /** Why it came to {@link End#UNRESPONSIVE}; empty if it did not. */
    String whyUnresponsive() {
        return whyUnresponsive;
    }

    /** Asks for announcements, and takes those that are pushed, until the session is of no more use. */
    End untilEnd() {
        while (true) {
            End end = discover();
            if (end != null) {
                return end;
            }
            tick();
            awaitQuestion();
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
     * Waits until the next question is due. A server that pushes is also asked when calls wait and nothing has arrived for
     * an interval: it may hang, which the question's time-out will show.
     */
    private void awaitQuestion() {
        long interval = options.discoveryInterval().toNanos();
        long look = System.nanoTime();
        while (!(node.isStopping() || session.isShutdownAnnounced() || session.lost() != null)) {
            takePush();
            session.deliversBy(feed.isFed() ? Delivery.PUSHED : Delivery.ASKED);
            long now = System.nanoTime();
            long left = feed.pauseNanos(now);
            if (left <= 0) {
                return;
            }
            if (now - look >= interval) {
                tick();
                if (feed.isFed()
                        && session.inFlight() > 0
                        && !session.connection().hasReceivedSince(look)) {
                    return;
                }
                look = now;
            }
            LockSupport.parkNanos(this, Math.min(left, look + interval - now));
            // an interrupt means a stop, which the loop's condition sees
            Thread.interrupted();
        }
    }

    /** Time has passed. */
    private void tick() {
        node.health().outlier().tick();
        node.tick();
        session.expireTransactions();
    }

    /** Asks for one announcement; returns how the connection has come to be of no more use, or null. */
    private @Nullable End discover() {
        // a callback may have left an interrupt behind; a stop is noticed without one
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
                    question.procedure(), options.discoveryTimeout().toNanos(), this::takePush);
            backoff.reset();
            accept(answer, start);
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
            return unanswered(noAnswer, failure, start);
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
        return SafeText.sentence(SafeText.name(question.procedure()) + " failed: " + why.getMessage());
    }

    private boolean isHealedByLogin(ServerException error) {
        return canReconnect()
                && error.error().code() == ACCESS_DENIED
                && System.nanoTime() - connectedNanos >= loginNanos;
    }

    /** A connection that is never made again isn't given up for want of an answer: the node is asked again. */
    private boolean canReconnect() {
        return options.reconnectDelay() != null;
    }

    private End unresponsive(String why) {
        whyUnresponsive = why;
        return End.UNRESPONSIVE;
    }

    /** The question that was asked at {@code start} has no answer. Whatever has arrived since proves the server alive. */
    private @Nullable End unanswered(AttemptException noAnswer, String failure, long start) {
        if (noAnswer.kind() == Kind.UNREADABLE) {
            // there was an answer, and the connection is not to blame for what is wrong with it
            silent(failure, start);
            return null;
        }
        boolean isAlive =
                noAnswer.kind() == Kind.TIMEOUT && session.connection().hasReceivedSince(start);
        if (!isAlive && (noAnswer.kind() != Kind.TIMEOUT || canReconnect())) {
            return unresponsive(failure);
        }
        if (!isAlive
                || lastAnswer == null
                || System.nanoTime() - announcedNanos
                        >= options.announcementMaxAge().toNanos()) {
            silent(failure, start);
        }
        return null;
    }

    private void accept(Result answer, long askedNanos) throws NoAnnouncementException {
        ByteBuffer bytes = answer.raw();
        if (bytes.equals(lastAnswer)) {
            // the usual case, ten times a second and node: not even worth decoding
            announcedNanos = askedNanos;
            return;
        }
        Reading reading = question.read(answer, bytes.remaining());
        takePush();
        if (feed.accepts(AnnouncementOrder.of(reading.announcement().attributes()), askedNanos)) {
            announcedNanos = askedNanos;
            apply(bytes, reading);
        }
    }

    /**
     * Takes what was pushed since, if an announcement is in force. Only an answer puts the first one in force, because it
     * proves that the user may call and is answered.
     */
    private void takePush() {
        Push push = lastAnswer == null ? null : feed.take();
        AnnouncementOrder order = push == null ? null : push.order();
        if (push == null || order == null) {
            return;
        }
        try {
            ByteBuffer bytes = push.content().raw();
            Reading reading = question.read(push.content(), bytes.remaining());
            feed.accepted(order);
            announcedNanos = System.nanoTime();
            apply(bytes, reading);
        } catch (NoAnnouncementException | ConversionException malformed) {
            // the answer to a question will say what is wrong with it
            feed.unusable();
        }
    }

    private void apply(ByteBuffer bytes, Reading reading) {
        // answers to the question of the role differ each time, what follows from them rarely does
        boolean isInForce = lastAnswer != null && reading.equals(lastReading);
        lastAnswer = bytes;
        lastReading = reading;
        if (isInForce) {
            return;
        }
        node.complainOf(reading.problems());
        node.serve(session, reading.announcement(), router);
        opening.served();
    }

    /** The question that was asked at {@code askedNanos} has brought nothing to route by. */
    private void silent(String why, long askedNanos) {
        lastAnswer = null;
        node.withdraw(State.SILENT, why, null, router);
        opening.cameToNothing(askedNanos, true);
    }
}
