package io.github.moonlibs.discovery.core.watch;

import static java.lang.System.Logger.Level.WARNING;

import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.WatchedValue;
import io.github.moonlibs.discovery.Watching;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.routing.RouteWaiters;
import io.github.moonlibs.discovery.core.support.Callbacks;
import io.github.moonlibs.discovery.core.support.Log;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.spi.Transport.WatchingConnection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One watch of an application's, over all nodes. Its own thread calls the listener, one value at a time; while it does, each
 * node's latest value is all that is kept. Values of nodes that don't serve the method are kept until they do.
 */
final class Watcher implements Watching, Runnable {
    private static final Log LOG = Log.ofCore();
    private static final Duration LONG = Duration.ofDays(36_525);

    private final Watches all;
    private final String key;
    private final @Nullable String method;
    private final Consumer<WatchedValue> listener;
    private final RouteWaiters waiters;
    private final Observers observers;
    private final Map<Node, NodeWatch> nodes = new ConcurrentHashMap<>();
    private volatile @Nullable Thread thread;
    private volatile boolean isClosed;
    private boolean hasFailed;

    Watcher(
            Watches all,
            String key,
            @Nullable String method,
            Consumer<WatchedValue> listener,
            RouteWaiters waiters,
            Observers observers) {
        this.all = all;
        this.key = key;
        this.method = method;
        this.listener = listener;
        this.waiters = waiters;
        this.observers = observers;
    }

    @Override
    public String key() {
        return key;
    }

    /** Watches on the node's session, instead of an earlier one. For one thread at a time. */
    void follow(Node node, Session session) {
        WatchingConnection connection = session.watching();
        if (connection != null) {
            NodeWatch next = new NodeWatch(connection, key, this::wake);
            nodes.put(node, next);
            wake();
            if (isClosed) {
                // it may have come too late for that
                next.close();
            }
        }
    }

    /** The node's session is over; what it has reported can still be read. For one thread at a time. */
    void leave(Node node) {
        NodeWatch watch = nodes.get(node);
        if (watch != null) {
            watch.close();
            wake();
        }
    }

    @Override
    public void close() {
        isClosed = true;
        all.ended(this);
        nodes.values().forEach(NodeWatch::close);
        wake();
    }

    /** Ends a listener's call that waits for something. */
    void interrupt() {
        Thread listening = thread;
        if (listening != null) {
            listening.interrupt();
        }
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        while (!isClosed) {
            nodes.forEach(this::look);
            await();
        }
    }

    private void look(Node node, NodeWatch watch) {
        // first: what comes before the end counts
        boolean isOver = watch.isOver();
        report(node, watch);
        if (isOver) {
            nodes.remove(node, watch);
        }
    }

    private void report(Node node, NodeWatch watch) {
        // in this order: a value that comes when the node serves the method no more waits
        if (!isClosed && watch.isFresh() && isReported(node)) {
            try {
                Result value = watch.next();
                if (value != null) {
                    WatchedValue news = new WatchedValue(node.instance(), key, value);
                    Callbacks.run(observers, () -> listener.accept(news));
                }
            } catch (Throwable defect) {
                complain(node, defect);
            }
        }
    }

    private void complain(Node node, Throwable defect) {
        if (!hasFailed) {
            hasFailed = true;
            LOG.log(
                    WARNING,
                    () -> node.instance() + ": the watch of " + key + " failed on a value; that is not logged again",
                    defect);
        }
    }

    private boolean isReported(Node node) {
        return method == null || node.whyNot(method).isEmpty();
    }

    /** Waits until there is something to do. */
    private void await() {
        // an interrupt means nothing here; left standing it would make every park a spin
        Thread.interrupted();
        if (method == null) {
            while (isDue() == null) {
                LockSupport.park(this);
                Thread.interrupted();
            }
            return;
        }
        try {
            waiters.watch(method, Deadline.after(LONG), this::isDue);
        } catch (InterruptedException again) {
            // looks again
        }
    }

    /** Null if there is nothing to do. */
    private @Nullable Boolean isDue() {
        boolean isDue = isClosed
                || nodes.entrySet().stream()
                        .anyMatch(each ->
                                each.getValue().isOver() || (each.getValue().isFresh() && isReported(each.getKey())));
        return isDue ? true : null;
    }

    @Override
    public String toString() {
        return "watch of " + key + (method == null ? "" : " on nodes that serve " + method);
    }
}
