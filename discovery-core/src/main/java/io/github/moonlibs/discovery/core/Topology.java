package io.github.moonlibs.discovery.core;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.TopologySnapshot;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes there are. A new set of instances changes only what differs, and nothing that a source fails at removes a
 * node.
 */
final class Topology implements TopologySource.Sink {
    private static final Logger LOG = System.getLogger("io.github.moonlibs.discovery");

    private final String source;
    private final boolean acceptEmpty;
    private final Router router;
    private final Observers observers;
    private final Function<Instance, Node> nodeOf;
    private final Consumer<Node> begin;

    private final ReentrantLock lock = new ReentrantLock();

    // guarded by the lock
    private Map<Endpoint, Node> nodes = new LinkedHashMap<>();
    private final List<Node> leaving = new ArrayList<>();
    private @Nullable Long confirmedNanos;
    private boolean isFinal;
    private boolean isClosed;
    private @Nullable String lastError;
    private List<String> lastDoubles = List.of();

    /**
     * @param nodeOf makes a new node
     * @param begin starts its life
     */
    Topology(
            String source,
            boolean acceptEmpty,
            Router router,
            Observers observers,
            Function<Instance, Node> nodeOf,
            Consumer<Node> begin) {
        this.source = source;
        this.acceptEmpty = acceptEmpty;
        this.router = router;
        this.observers = observers;
        this.nodeOf = nodeOf;
        this.begin = begin;
    }

    @Override
    public void publish(Collection<Instance> instances) {
        Runnable news;
        lock.lock();
        try {
            if (isClosed) {
                return;
            }
            if (instances.isEmpty() && !acceptEmpty) {
                news = fail("the topology is empty; expected at least one instance"
                        + (nodes.isEmpty() ? "" : ", the last " + nodes.size() + " stay"));
            } else {
                news = apply(instances);
                confirmedNanos = System.nanoTime();
                lastError = null;
            }
        } finally {
            lock.unlock();
        }
        news.run();
    }

    /** Returns what to tell of it without the lock, under which an observer could wait for itself. */
    private Runnable apply(Collection<Instance> instances) {
        Map<Endpoint, Node> next = new LinkedHashMap<>();
        List<Node> added = new ArrayList<>();
        List<String> doubles = new ArrayList<>();
        for (Instance instance : instances) {
            Node node = next.get(instance.endpoint());
            if (node != null) {
                doubles.add(instance.endpoint() + " is listed twice, as "
                        + node.instance().name() + " and as " + instance.name() + "; the first counts");
                continue;
            }
            node = nodes.get(instance.endpoint());
            if (node == null) {
                node = nodeOf.apply(instance);
                added.add(node);
            } else if (!node.instance().equals(instance)) {
                node.relabel(instance);
                router.relabel(node);
            }
            next.put(instance.endpoint(), node);
        }
        complainOf(doubles);
        List<Node> removed = nodes.values().stream()
                .filter(node -> !next.containsKey(node.instance().endpoint()))
                .toList();
        nodes = next;
        removed.forEach(node -> remove(node, "removed from the topology"));
        added.forEach(begin);
        if (added.isEmpty() && removed.isEmpty()) {
            return () -> {};
        }
        LOG.log(INFO, "{0}: {1} instances, {2} added, {3} removed", source, next.size(), added.size(), removed.size());
        return () -> tellChange(next.size(), instances(added), instances(removed));
    }

    /** A source confirms what it said again and again, its mistakes included. */
    private void complainOf(List<String> doubles) {
        if (!doubles.equals(lastDoubles)) {
            doubles.forEach(twice -> LOG.log(WARNING, () -> source + ": " + twice));
            lastDoubles = doubles;
        }
    }

    private static List<Instance> instances(List<Node> nodes) {
        return nodes.stream().map(Node::instance).toList();
    }

    private void tellChange(int size, List<Instance> added, List<Instance> removed) {
        FlightRecorder.topology(source, size, added, removed);
        observers.tell(observer -> observer.topologyChanged(added, removed));
    }

    private void remove(Node node, String reason) {
        leaving.removeIf(Node::isClosed);
        leaving.add(node);
        node.stop(reason);
        router.withdraw(node);
    }

    @Override
    public void failed(String message) {
        Runnable news;
        lock.lock();
        try {
            news = fail(message);
        } finally {
            lock.unlock();
        }
        news.run();
    }

    private Runnable fail(String message) {
        if (!message.equals(lastError)) {
            LOG.log(WARNING, "{0}: {1}", source, message);
        }
        lastError = message;
        return () -> observers.tell(observer -> observer.topologyFailed(message));
    }

    /** The source has said all that it will ever say: its word does not grow old. */
    void settle() {
        lock.lock();
        try {
            isFinal = true;
        } finally {
            lock.unlock();
        }
    }

    /** Stops every node, and takes no more. Calls in flight are not waited for any longer, those of leaving nodes included. */
    void close() {
        lock.lock();
        try {
            isClosed = true;
            nodes.values().forEach(node -> remove(node, "the client is closing"));
            leaving.forEach(Node::hurry);
        } finally {
            lock.unlock();
        }
    }

    TopologySnapshot snapshot() {
        lock.lock();
        try {
            Duration age =
                    confirmedNanos == null ? null : Duration.ofNanos(isFinal ? 0 : System.nanoTime() - confirmedNanos);
            Stream<Node> stillLeaving = leaving.stream().filter(node -> !node.isClosed());
            Stream<Node> members = isClosed ? Stream.of() : nodes.values().stream();
            return new TopologySnapshot(
                    source,
                    Stream.concat(members, stillLeaving).map(Node::snapshot).toList(),
                    age,
                    lastError);
        } finally {
            lock.unlock();
        }
    }
}
