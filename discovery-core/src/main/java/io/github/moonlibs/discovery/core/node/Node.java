package io.github.moonlibs.discovery.core.node;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import io.github.moonlibs.discovery.NodeSnapshot.StaleMaster;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.core.health.NodeHealth;
import io.github.moonlibs.discovery.core.node.AnnouncementReader.Problems;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.core.support.BoundedLog;
import io.github.moonlibs.discovery.core.support.FlightRecorder;
import io.github.moonlibs.discovery.core.support.FlightRecorder.DiscoveryEvent;
import io.github.moonlibs.discovery.core.support.Log;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.github.moonlibs.discovery.text.SafeText;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint that the client is connected to or is trying to connect to, as all threads but its own see it. Its own thread
 * ({@link NodeLife}) is the only one that moves it from state to state; others note what happened, and wake it. It is one
 * thing, if a long one: the node's phase, which is published whole, and what is read from it.
 */
public final class Node {

    /**
     * Where the node is in its life; replaced whole at every step.
     *
     * @param version the number of the routing table that this phase begins with
     * @param before what counts until that table is published
     */
    private record Phase(
            State state,
            String reason,
            long sinceNanos,
            @Nullable Session session,
            @Nullable Announcement announcement,
            long version,
            @Nullable Phase before) {

        Phase(
                State state,
                String reason,
                long sinceNanos,
                @Nullable Session session,
                @Nullable Announcement announcement) {
            this(state, reason, sinceNanos, session, announcement, 0, null);
        }

        /** This phase from a table on, and another one until then. */
        Phase from(long table, Phase until) {
            Phase past = new Phase(until.state, until.reason, until.sinceNanos, until.session, until.announcement);
            return new Phase(state, reason, sinceNanos, session, announcement, table, past);
        }

        Phase at(long table) {
            return before == null || version <= table ? this : before;
        }
    }

    private volatile Instance instance;
    private volatile Phase phase = new Phase(State.CONNECTING, "connecting", System.nanoTime(), null, null);

    /** What the router has taken of it last. */
    private volatile Announcement announced = new Announcement(null, Map.of(), Map.of());

    /** The node that is called in this one's place. */
    private volatile @Nullable Node twin;

    private volatile @Nullable StaleMaster stale;
    private volatile @Nullable Thread life;
    private volatile @Nullable String stopReason;
    private volatile boolean drainingStopped;
    private final Set<Thread> helpers = ConcurrentHashMap.newKeySet();
    private volatile boolean isBegun;
    private volatile boolean hasAnnounced;
    private volatile boolean hasFailed;

    /** What was logged last about its being out of service; empty while it serves. For its own thread. */
    private String complaint = "";

    /** The problems of an announcement that the last warnings named. For its own thread. */
    private Problems problems = Problems.NONE;

    private final BoundedLog log;
    private final NodeHealth health;
    private final Observers observers;
    private final LongAdder connects = new LongAdder();
    private final LongAdder earlierLateReplies = new LongAdder();

    /** A node with a log of its own. */
    public Node(Instance instance, Balancing balancing, Observers observers, Consumer<Node> onHealth) {
        this(instance, new BoundedLog(Log.ofCore()), balancing, observers, onHealth);
    }

    /**
     * @param log which it shares with those that had its address before
     * @param onHealth called, by any thread, when the node is ejected, probed, or back in service
     */
    public Node(Instance instance, BoundedLog log, Balancing balancing, Observers observers, Consumer<Node> onHealth) {
        this.instance = instance;
        this.log = log;
        this.observers = observers;
        health = new NodeHealth(
                instance.endpoint().address(),
                balancing.outliers(),
                balancing.nanoTime(),
                ejection -> healthChanged(ejection, onHealth));
    }

    private void healthChanged(@Nullable Ejection ejection, Consumer<Node> onHealth) {
        log.write(
                ejection == null || ejection.isProbing() ? INFO : WARNING,
                "ejection",
                instance + " is " + (ejection == null ? "in service again: its probes were answered" : ejection),
                null);
        onHealth.accept(this);
        observers.report(ClientObserver::ejectionChanged, () -> new ClientObserver.EjectionChanged(instance, ejection));
    }

    public Observers observers() {
        return observers;
    }

    public NodeHealth health() {
        return health;
    }

    public Instance instance() {
        return instance;
    }

    public void relabel(Instance relabelled) {
        instance = relabelled;
    }

    /** What it announced last of itself, its methods aside. */
    public Map<String, @Nullable Object> attributes() {
        return announced.attributes();
    }

    /** What it announced last that it serves, weight 0 included. */
    public Set<String> methods() {
        return announced.methods().keySet();
    }

    /** The router has found that it calls itself a master though there is a newer one; null: that is not so. */
    public void stale(@Nullable StaleMaster now) {
        stale = now;
    }

    @Nullable
    public StaleMaster stale() {
        return stale;
    }

    /** The router has taken the announcement. */
    public void announcedOf(Announcement announcement) {
        announced = announcement;
    }

    /** Another node leads to the same instance, and is called in this one's place; null: this one is called itself. */
    public void standsBehind(@Nullable Node other) {
        twin = other;
    }

    /**
     * Whether the announcement takes something back that the node's last one offered, or may take it from another node:
     * from a stale master.
     */
    public boolean withdrawsBy(Announcement announcement) {
        Announcement last = phase.announcement();
        BigDecimal term = announcement.term();
        BigDecimal before = last == null ? null : last.term();
        if (Boolean.TRUE.equals(announcement.isMaster())
                && term != null
                && (before == null || term.compareTo(before) != 0)) {
            return true;
        }
        return last != null
                && last.methods().entrySet().stream().anyMatch(entry -> {
                    Announcement.Method now = announcement.methods().get(entry.getKey());
                    return entry.getValue().weight() > 0 && (now == null || now.weight() == 0);
                });
    }

    /** Begins the node's end. To be followed by {@link #interrupt}. */
    public void stop(String reason) {
        stopReason = reason;
        // the life's thread puts down the session first and looks at stopReason then: one of the two sees the other
        closeGate();
    }

    /** From now on no call enters its session. */
    public void closeGate() {
        Session session = phase.session();
        if (session != null) {
            session.drain();
        }
    }

    /** Whether its life has begun, or is about to. */
    public boolean isBegun() {
        return isBegun;
    }

    public void begun() {
        isBegun = true;
    }

    /** Makes the node's thread notice that it is stopped, and let the calls inside finish. */
    public void interrupt() {
        Thread thread = life;
        if (thread != null) {
            // it may be waiting for a connection or an announcement
            thread.interrupt();
        }
        helpers.forEach(LockSupport::unpark);
    }

    /** Ends the wait for the calls inside, which a stop begins. */
    public void stopDraining() {
        drainingStopped = true;
        wake();
    }

    boolean isDrainingStopped() {
        return drainingStopped;
    }

    public boolean isStopping() {
        return stopReason != null;
    }

    public String stopReason() {
        return Objects.requireNonNull(stopReason);
    }

    /** Whether it has ever served. */
    public boolean hasAnnounced() {
        return hasAnnounced;
    }

    /** It has come to nothing, which the start of a client need not wait for. */
    void failed() {
        hasFailed = true;
    }

    /** Whether it has ever come to nothing: could not be connected to, or did not say what it serves. */
    public boolean hasFailed() {
        return hasFailed;
    }

    public boolean isServing() {
        return phase.state() == State.SERVING && !isStopping();
    }

    /** Why no call of the method goes to it; empty if one may. */
    public Optional<String> whyNot(String method) {
        Phase now = phase;
        if (now.state() != State.SERVING) {
            return Optional.of(instance + " is " + now.state() + " (" + now.reason() + ")");
        }
        Announcement.Method announced = this.announced.methods().get(method);
        if (announced == null) {
            String wrong = this.announced.leftOut().get(method);
            return Optional.of(
                    instance + (wrong == null ? " does not announce it" : " announces it, but not rightly: " + wrong));
        }
        if (announced.weight() == 0) {
            return Optional.of(instance + " announces it with weight 0");
        }
        Node called = twin;
        if (called != null) {
            return Optional.of(
                    instance + " is the same instance as " + called.instance() + ", which is called for both");
        }
        // it may serve other methods; the caller asks only about one that isn't routed to it
        StaleMaster why = stale;
        return why == null ? Optional.empty() : Optional.of(instance + " is " + why);
    }

    public boolean isClosed() {
        return phase.state() == State.CLOSED;
    }

    /** Makes the node's threads look at the world again. */
    void wake() {
        LockSupport.unpark(life);
        helpers.forEach(LockSupport::unpark);
    }

    // ---- for the node's own thread ----

    void begin() {
        life = Thread.currentThread();
    }

    /** Threads that wait beside the node's own. */
    Set<Thread> helpers() {
        return helpers;
    }

    void connected(Session session) {
        connects.increment();
        Phase before = phase;
        phase = new Phase(State.CONNECTING, "connected, asking what it serves", System.nanoTime(), session, null);
        if (isStopping()) {
            session.drain();
        }
        FlightRecorder.connected(
                instance, session.connection().server(), session.connection().protocol());
        long times = connects.sum();
        observers.report(ClientObserver::connected, () -> new ClientObserver.Connected(instance, times));
        reportChange(before);
    }

    private void reportChange(Phase before) {
        Phase now = phase;
        FlightRecorder.state(instance, before.state(), now.state(), now.reason());
        observers.report(
                ClientObserver::stateChanged,
                () -> new ClientObserver.StateChanged(instance, before.state(), now.state(), now.reason()));
    }

    void disconnected() {
        phase = new Phase(phase.state(), phase.reason(), phase.sinceNanos(), null, null);
    }

    /** A session, which may be an earlier one, has come to its end. */
    void closed(Session session) {
        earlierLateReplies.add(session.connection().lateReplies());
    }

    /** Moves to a state. */
    public void moveTo(State state, String reason) {
        moveTo(state, reason, null);
    }

    /** Moves to a state because of a defect, whose stack the log shows. */
    public void moveTo(State state, String reason, @Nullable Throwable defect) {
        moveTo(state, reason, phase.announcement(), defect, stage -> stage.accept(0));
    }

    /**
     * Moves to a state that nothing is routed to the node in. The state and the table that has none of its routes are
     * published together.
     */
    void withdraw(State state, String reason, @Nullable Throwable defect, NodeRoutes router) {
        moveTo(state, reason, phase.announcement(), defect, staging -> router.withdraw(List.of(this), staging));
    }

    /** It serves what it announces. The state, the announcement and its routes are published together. */
    void serve(Session session, Announcement announcement, NodeRoutes router) {
        moveTo(
                State.SERVING,
                "announced what it serves",
                announcement,
                null,
                staging -> router.announce(this, session, announcement, staging));
    }

    /** @param publication makes the move, with what it gets, in time for a table */
    private void moveTo(
            State state,
            String why,
            @Nullable Announcement announcement,
            @Nullable Throwable defect,
            Consumer<LongConsumer> publication) {
        Phase before = phase;
        // it may quote the server or a plug-in
        String reason = SafeText.sentence(why);
        boolean isStep = before.state() != state || !before.reason().equals(reason);
        Announcement kept = state == State.SERVING || state == State.DRAINING ? announcement : null;
        long since = before.state() == state ? before.sinceNanos() : System.nanoTime();
        Phase next = new Phase(state, reason, since, before.session(), kept);
        publication.accept(table -> phase = next.from(table, before));
        hasAnnounced |= state == State.SERVING;
        if (isStep) {
            log(state, reason, defect);
            reportChange(before);
        }
    }

    /** A node that fails in the same way again and again is one line, until it has served in between. */
    private void log(State state, String reason, @Nullable Throwable defect) {
        boolean bad = state == State.DOWN || state == State.SILENT;
        if (!bad || !reason.equals(complaint)) {
            log.write(bad ? WARNING : INFO, state.toString(), instance + " is " + state + ": " + reason, defect);
        }
        if (bad) {
            complaint = reason;
        } else if (state == State.SERVING) {
            complaint = "";
        }
    }

    /** It was asked what it serves; with a failure, it did not say. */
    void asked(long nanos, @Nullable String failure, @Nullable DiscoveryEvent event) {
        if (event != null) {
            event.ended(instance, failure);
        }
        observers.report(
                ClientObserver::discoveryEnded, () -> new ClientObserver.DiscoveryEnded(instance, nanos, failure));
    }

    /** To be called now and then, for lines of the log that were held back. */
    void tick() {
        log.tick();
    }

    void warn(String problem) {
        log.write(WARNING, "problem", instance + ": " + SafeText.sentence(problem), null);
    }

    /** Warns of the problems in an announcement that can be used otherwise, unless the last warnings named the same. */
    void complainOf(Problems now) {
        if (!now.equals(problems)) {
            now.lines().forEach(problem -> warn("announcement: " + problem));
            problems = now;
        }
    }

    /**
     * The node as it was when a routing table was published.
     *
     * @param table the table's number
     */
    public NodeSnapshot snapshot(long table) {
        Phase now = phase.at(table);
        String stopped = stopReason;
        // its routes are going, and its thread is about to notice
        boolean isLeaving = stopped != null && now.state() == State.SERVING;
        Session session = now.session();
        long latency = health.latencyNanos();
        Node called = twin;
        return new NodeSnapshot(
                instance,
                isLeaving ? State.DRAINING : now.state(),
                isLeaving ? Objects.requireNonNull(stopped) : now.reason(),
                Duration.ofNanos(System.nanoTime() - now.sinceNanos()),
                now.announcement(),
                session == null ? null : SafeText.name(session.connection().server()),
                session == null ? null : SafeText.name(session.connection().localAddress()),
                session == null ? 0 : session.inFlight(),
                latency == 0 ? null : Duration.ofNanos(latency),
                earlierLateReplies.sum()
                        + (session == null ? 0 : session.connection().lateReplies()),
                connects.sum(),
                health.outlier().ejection(),
                called == null ? null : called.instance(),
                stale,
                session == null ? null : session.connection().protocol(),
                session == null ? null : session.delivery());
    }
}
