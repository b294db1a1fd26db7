package io.github.moonlibs.discovery.core.topology;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.TopologySnapshot;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.routing.Router;
import io.github.moonlibs.discovery.core.support.BoundedLog;
import io.github.moonlibs.discovery.core.support.FlightRecorder;
import io.github.moonlibs.discovery.core.support.Log;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.core.support.Startup;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.text.SafeText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes there are. A new set of instances changes only what differs, and nothing that a source fails at removes a
 * node. What there is is one value, replaced whole, so that a snapshot waits for no change.
 *
 * <p>It is one thing: a set of nodes, how another one replaces it, and how it is shown.
 */
public final class Topology implements TopologySource.Sink {
    private static final Log LOG = Log.ofCore();

    /**
     * What there is.
     *
     * @param leaving the removed nodes whose calls in flight have not all ended, as far as is known
     * @param confirmedNanos when the source said so last; null: never
     * @param isFinal whether the source has ended: its word does not grow old
     */
    private record Known(
            Map<Endpoint, Node> nodes,
            List<Node> leaving,
            @Nullable Long confirmedNanos,
            @Nullable String lastError,
            boolean isFinal,
            boolean isClosed) {

        Known confirmed(Map<Endpoint, Node> now, List<Node> nowLeaving, @Nullable String problem) {
            return new Known(now, nowLeaving, System.nanoTime(), problem, isFinal, isClosed);
        }

        Known failed(String message) {
            return new Known(nodes, leaving, confirmedNanos, message, isFinal, isClosed);
        }

        Known settled() {
            return new Known(nodes, leaving, confirmedNanos, lastError, true, isClosed);
        }

        Known closed() {
            return new Known(Map.of(), left(nodes.values()), confirmedNanos, lastError, isFinal, true);
        }

        /** Those that are leaving still, and those that are removed now. */
        List<Node> left(Collection<Node> removed) {
            return Stream.concat(leaving.stream().filter(node -> !node.isClosed()), removed.stream())
                    .toList();
        }
    }

    /** Each is a node, with a thread, a connection in the making and some 10 KiB: few words can name very many. */
    static final int MOST_INSTANCES = Math.clamp(Runtime.getRuntime().maxMemory() >> 15, 1_000, 100_000);

    /** More than so many nodes would make a message that is not read. */
    private static final int REASONS = 3;

    private final BoundedLog log = new BoundedLog(LOG);
    private final String source;
    private final boolean acceptEmpty;
    private final Router router;
    private final Observers observers;
    private final Startup startup;
    private final NodeLogs logs = new NodeLogs(LOG);
    private final BiFunction<Instance, BoundedLog, Node> nodeOf;
    private final Consumer<Node> begin;

    /** For the threads that change it. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile Known known = new Known(Map.of(), List.of(), null, null, false, false);
    private List<String> lastDoubles = List.of();

    /**
     * @param nodeOf makes a new node, which writes to that log
     * @param begin starts its life
     */
    public Topology(
            String source,
            boolean acceptEmpty,
            Router router,
            Observers observers,
            Startup startup,
            BiFunction<Instance, BoundedLog, Node> nodeOf,
            Consumer<Node> begin) {
        this.source = SafeText.name(source);
        this.acceptEmpty = acceptEmpty;
        this.router = router;
        this.observers = observers;
        this.startup = startup;
        this.nodeOf = nodeOf;
        this.begin = begin;
    }

    @Override
    public void publish(Collection<Instance> instances) {
        change(() -> replace(instances, null));
    }

    @Override
    public void publish(Collection<Instance> instances, String problem) {
        change(() -> replace(instances, problem));
    }

    @Override
    public void failed(String message) {
        change(() -> fail(message));
    }

    /** Makes a change, unless it is too late for it. What there is to report of it, it reports without the lock. */
    private void change(Supplier<Runnable> change) {
        Runnable news;
        lock.lock();
        try {
            if (known.isClosed()) {
                return;
            }
            news = change.get();
        } finally {
            lock.unlock();
        }
        startup.look();
        log.tick();
        logs.tick();
        news.run();
    }

    private Runnable replace(Collection<Instance> instances, @Nullable String problem) {
        int count = known.nodes().size();
        String stay = count == 0 ? "" : ", the last " + count + " stay";
        String before = known.lastError();
        if (instances.isEmpty() && !acceptEmpty) {
            if (problem == null) {
                return fail("the topology is empty; expected at least one instance" + stay);
            }
            String message = SafeText.sentence(problem + stay);
            known = known.failed(message);
            return reportNew(message, before);
        }
        if (instances.size() > MOST_INSTANCES) {
            return fail("expected at most " + MOST_INSTANCES + " instances, which this heap has room for, got "
                    + instances.size() + stay);
        }
        String message = problem == null ? null : SafeText.sentence(problem);
        Runnable news = apply(instances, message);
        if (message == null) {
            return news;
        }
        Runnable failure = reportNew(message, before);
        return () -> {
            news.run();
            failure.run();
        };
    }

    private static String twice(Instance first, Instance second) {
        String names = first.name().equals(second.name())
                ? ""
                : ", as " + SafeText.name(first.name()) + " and as " + SafeText.name(second.name());
        return first.endpoint() + " is listed twice" + names + "; the first counts";
    }

    /** Returns what to report of it without the lock, under which an observer could wait for itself. */
    private Runnable apply(Collection<Instance> instances, @Nullable String problem) {
        Map<Endpoint, Node> before = known.nodes();
        Map<Endpoint, Node> next = new LinkedHashMap<>();
        List<Node> added = new ArrayList<>();
        List<Node> relabelled = new ArrayList<>();
        List<String> doubles = new ArrayList<>();
        for (Instance instance : instances) {
            Node node = next.get(instance.endpoint());
            if (node != null) {
                doubles.add(twice(node.instance(), instance));
                continue;
            }
            node = before.get(instance.endpoint());
            if (node == null) {
                node = nodeOf.apply(instance, logs.of(instance.endpoint()));
                added.add(node);
            } else if (!node.instance().equals(instance)) {
                node.relabel(instance);
                relabelled.add(node);
            }
            next.put(instance.endpoint(), node);
        }
        complainOf(doubles);
        List<Node> removed = before.values().stream()
                .filter(node -> !next.containsKey(node.instance().endpoint()))
                .toList();
        // an Error may have kept an earlier change from stopping, or beginning, what it was to
        List<Node> unstopped =
                known.leaving().stream().filter(node -> !node.isStopping()).toList();
        known = known.confirmed(next, known.left(removed), problem);
        logs.retain(next.keySet());
        remove(Stream.concat(unstopped.stream(), removed.stream()).toList(), "removed from the topology");
        if (!relabelled.isEmpty()) {
            router.relabel(relabelled);
        }
        Collection<Node> all = next.values();
        if (added.isEmpty() && removed.isEmpty()) {
            return all.stream().allMatch(Node::isBegun) ? () -> {} : () -> begin(all);
        }
        log.write(
                INFO,
                "change",
                source + ": " + next.size() + " instances, " + added.size() + " added, " + removed.size() + " removed",
                null);
        return () -> {
            reportChange(next.size(), instances(added), instances(removed));
            // after it was reported that they are there, because they report on themselves
            begin(all);
        };
    }

    private void begin(Collection<Node> all) {
        lock.lock();
        try {
            for (Node node : all) {
                if (!node.isBegun()) {
                    begin(node);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void begin(Node node) {
        if (node.isStopping()) {
            // removed before it began
            node.moveTo(State.CLOSED, node.stopReason());
        } else {
            begin.accept(node);
        }
        node.begun();
    }

    /** A source confirms what it said again and again, its mistakes included. */
    private void complainOf(List<String> doubles) {
        if (!doubles.equals(lastDoubles)) {
            doubles.stream().limit(REASONS).forEach(twice -> log.write(WARNING, "double", source + ": " + twice, null));
            int more = doubles.size() - REASONS;
            if (more > 0) {
                log.write(WARNING, "doubles", source + ": " + more + " more endpoints are listed twice", null);
            }
            lastDoubles = doubles;
        }
    }

    private static List<Instance> instances(List<Node> nodes) {
        return nodes.stream().map(Node::instance).toList();
    }

    private void reportChange(int size, List<Instance> added, List<Instance> removed) {
        FlightRecorder.topology(source, size, added, removed);
        observers.report(ClientObserver::topologyChanged, () -> new ClientObserver.TopologyChanged(added, removed));
    }

    /** From the first line on they get no new call. Their routes go with one table, ahead of what their threads do. */
    private void remove(Collection<Node> nodes, String reason) {
        if (nodes.isEmpty()) {
            return;
        }
        nodes.forEach(Node::closeGate);
        router.remove(nodes, reason);
        nodes.forEach(Node::interrupt);
    }

    private Runnable fail(String why) {
        // it may quote documents, or come from a plug-in
        String message = SafeText.sentence(why);
        String before = known.lastError();
        known = known.failed(message);
        return report(message, before);
    }

    /** A problem of a set, which may be confirmed again and again with it. */
    private Runnable reportNew(String message, @Nullable String before) {
        return message.equals(before) ? () -> {} : report(message, before);
    }

    private Runnable report(String message, @Nullable String before) {
        if (!message.equals(before)) {
            log.write(WARNING, "error", source + ": " + message, null);
        }
        return () -> observers.report(ClientObserver::topologyFailed, () -> new ClientObserver.TopologyFailed(message));
    }

    /** The source has said all that it will ever say: its word does not grow old. */
    void settle() {
        lock.lock();
        try {
            known = known.settled();
        } finally {
            lock.unlock();
        }
        startup.look();
    }

    /** Stops every node, and takes no more. Calls in flight are not waited for any longer, those of leaving nodes included. */
    public void close() {
        lock.lock();
        try {
            known = known.closed();
            List<Node> unstopped =
                    known.leaving().stream().filter(node -> !node.isStopping()).toList();
            remove(unstopped, "the client is closing");
            known.leaving().forEach(Node::stopDraining);
        } finally {
            lock.unlock();
        }
        log.end();
        logs.end();
        startup.look();
    }

    /** Whether a node has announced what it serves, or nothing is left to wait for: all, or the source, failed once. */
    public boolean isStarted() {
        Known now = known;
        Collection<Node> nodes = now.nodes().values();
        if (nodes.isEmpty()) {
            return now.confirmedNanos() != null || now.lastError() != null || now.isFinal() || now.isClosed();
        }
        return nodes.stream().anyMatch(Node::hasAnnounced) || nodes.stream().allMatch(Node::hasFailed);
    }

    /** Why the nodes do not serve the method, in one line: a few of them, those first that serve nothing at all. */
    public String whyNot(String method) {
        Known now = known;
        if (now.nodes().isEmpty()) {
            String error = now.lastError();
            return "no node is known" + (error == null ? "" : ": " + error);
        }
        List<String> reasons = now.nodes().values().stream()
                .sorted(Comparator.comparing(Node::isServing))
                .flatMap(node -> node.whyNot(method).stream())
                .toList();
        String few = reasons.stream().limit(REASONS).collect(Collectors.joining("; "));
        return reasons.size() <= REASONS ? few : few + "; and " + (reasons.size() - REASONS) + " more";
    }

    /**
     * The nodes as they were when a routing table was published.
     *
     * @param table the table's number
     */
    public TopologySnapshot snapshot(long table) {
        Known now = known;
        Long confirmed = now.confirmedNanos();
        Duration age = confirmed == null ? null : Duration.ofNanos(now.isFinal() ? 0 : System.nanoTime() - confirmed);
        Stream<Node> stillLeaving = now.leaving().stream().filter(node -> !node.isClosed());
        return new TopologySnapshot(
                source,
                Stream.concat(now.nodes().values().stream(), stillLeaving)
                        .map(node -> node.snapshot(table))
                        .toList(),
                age,
                now.lastError());
    }
}
