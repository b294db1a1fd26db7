package io.github.moonlibs.discovery.core;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.core.FlightRecorder.DiscoveryEvent;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint that the client is connected to or is trying to connect to, as everybody but its own thread sees it. The
 * thread that lives its life ({@link NodeLife}) is the only one that moves it from state to state; others tell it what
 * happened, and wake it.
 */
final class Node {
    private static final Logger LOG = System.getLogger("io.github.moonlibs.discovery");

    /** Where the node is in its life; replaced whole at every step. */
    private record Phase(
            State state,
            String reason,
            long sinceNanos,
            @Nullable Session session,
            @Nullable Announcement announcement) {}

    private volatile Instance instance;
    private volatile Phase phase = new Phase(State.CONNECTING, "connecting", System.nanoTime(), null, null);
    private volatile @Nullable Thread life;
    private volatile @Nullable String stopReason;
    private volatile boolean hurried;

    /** What the log was told last of its being out of service; empty while it serves. Its own thread's. */
    private String complaint = "";

    private final NodeHealth health;
    private final Observers observers;
    private final LongAdder connects = new LongAdder();
    private final LongAdder earlierLateReplies = new LongAdder();

    /** @param onHealth called, by any thread, when the node is ejected, probed, or back in service */
    Node(Instance instance, Balancing balancing, Observers observers, Consumer<Node> onHealth) {
        this.instance = instance;
        this.observers = observers;
        health = new NodeHealth(
                instance.endpoint().address(),
                balancing.outliers(),
                balancing.nanoTime(),
                () -> healthChanged(onHealth));
    }

    private void healthChanged(Consumer<Node> onHealth) {
        Ejection ejection = health.outlier().ejection();
        LOG.log(
                ejection == null || ejection.isProbing() ? INFO : WARNING,
                () -> instance + " is " + (ejection == null ? "in service again: its probes were answered" : ejection));
        onHealth.accept(this);
        observers.tell(observer -> observer.ejectionChanged(instance, ejection));
    }

    Observers observers() {
        return observers;
    }

    NodeHealth health() {
        return health;
    }

    Instance instance() {
        return instance;
    }

    void relabel(Instance relabelled) {
        instance = relabelled;
    }

    /** Ends the node: from now on nobody enters its session, and its thread lets those inside finish. */
    void stop(String reason) {
        stopReason = reason;
        // the life's thread puts down the session first and looks at stopReason then: one of the two sees the other
        Session session = phase.session();
        if (session != null) {
            session.drain();
        }
        Thread thread = life;
        if (thread != null) {
            // it may be waiting for a connection or an announcement
            thread.interrupt();
        }
    }

    /** Ends the wait for the calls inside, which a stop begins. */
    void hurry() {
        hurried = true;
        wake();
    }

    boolean isHurried() {
        return hurried;
    }

    boolean isStopping() {
        return stopReason != null;
    }

    String stopReason() {
        return Objects.requireNonNull(stopReason);
    }

    boolean isClosed() {
        return phase.state() == State.CLOSED;
    }

    /** Makes the node's thread look at the world again. */
    void wake() {
        LockSupport.unpark(life);
    }

    // ---- for the node's own thread ----

    void begin() {
        life = Thread.currentThread();
    }

    void connected(Session session) {
        connects.increment();
        Phase before = phase;
        phase = new Phase(State.CONNECTING, "connected, asking what it serves", System.nanoTime(), session, null);
        if (isStopping()) {
            session.drain();
        }
        long times = connects.sum();
        observers.tell(observer -> observer.connected(instance, times));
        tellChange(before);
    }

    private void tellChange(Phase before) {
        Phase now = phase;
        FlightRecorder.state(instance, before.state(), now.state(), now.reason());
        observers.tell(observer -> observer.stateChanged(instance, before.state(), now.state(), now.reason()));
    }

    void disconnected(Session session) {
        earlierLateReplies.add(session.connection().lateReplies());
        phase = new Phase(phase.state(), phase.reason(), phase.sinceNanos(), null, null);
    }

    /** Moves to a state. */
    void moveTo(State state, String reason) {
        moveTo(state, reason, null);
    }

    /** Moves to a state because of a defect, whose stack the log shows. */
    void moveTo(State state, String reason, @Nullable Throwable defect) {
        Phase before = phase;
        if (before.state() == state && before.reason().equals(reason)) {
            return;
        }
        Announcement kept = state == State.SERVING || state == State.DRAINING ? before.announcement() : null;
        long since = before.state() == state ? before.sinceNanos() : System.nanoTime();
        phase = new Phase(state, reason, since, before.session(), kept);
        log(state, reason, defect);
        tellChange(before);
    }

    /** A node that fails in the same way again and again is one line, until it has served in between. */
    private void log(State state, String reason, @Nullable Throwable defect) {
        boolean bad = state == State.DOWN || state == State.SILENT;
        if (!bad || !reason.equals(complaint)) {
            LOG.log(bad ? WARNING : INFO, () -> instance + " is " + state + ": " + reason, defect);
        }
        if (bad) {
            complaint = reason;
        } else if (state == State.SERVING) {
            complaint = "";
        }
    }

    void serving(Announcement announcement) {
        moveTo(State.SERVING, "announced what it serves");
        Phase now = phase;
        phase = new Phase(now.state(), now.reason(), now.sinceNanos(), now.session(), announcement);
    }

    /** It was asked what it serves; with a failure, it did not say. */
    void asked(long nanos, @Nullable String failure, @Nullable DiscoveryEvent event) {
        if (event != null) {
            event.ended(instance, failure);
        }
        observers.tell(observer -> observer.discoveryEnded(instance, nanos, failure));
    }

    void warn(String problem) {
        LOG.log(WARNING, () -> instance + ": " + problem);
    }

    NodeSnapshot snapshot() {
        Phase now = phase;
        Session session = now.session();
        long latency = health.latencyNanos();
        return new NodeSnapshot(
                instance,
                now.state(),
                now.reason(),
                Duration.ofNanos(System.nanoTime() - now.sinceNanos()),
                now.announcement(),
                session == null ? null : session.connection().server(),
                session == null ? null : session.connection().localAddress(),
                session == null ? 0 : session.inFlight(),
                latency == 0 ? null : Duration.ofNanos(latency),
                earlierLateReplies.sum()
                        + (session == null ? 0 : session.connection().lateReplies()),
                connects.sum(),
                health.outlier().ejection());
    }
}
