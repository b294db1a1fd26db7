package io.github.moonlibs.discovery.core.watch;

import io.github.moonlibs.discovery.ClientClosedException;
import io.github.moonlibs.discovery.WatchedValue;
import io.github.moonlibs.discovery.Watching;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.node.SessionListener;
import io.github.moonlibs.discovery.core.routing.RouteWaiters;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.core.support.Supervisor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an application watches. Each watch is put to every session: to those that are there when it begins, and to each that
 * is opened later, so that it lasts through reconnects. Thread-safe.
 */
public final class Watches implements SessionListener {
    private final Supervisor supervisor;
    private final RouteWaiters waiters;
    private final Observers observers;

    /** Lets no session and no watch miss each other. Nothing is waited for while it is held. */
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by the lock
    private final Map<Node, Session> sessions = new HashMap<>();
    private final List<Watcher> watchers = new ArrayList<>();
    private boolean isClosed;

    public Watches(Supervisor supervisor, RouteWaiters waiters, Observers observers) {
        this.supervisor = supervisor;
        this.waiters = waiters;
        this.observers = observers;
    }

    /**
     * Begins to watch, as {@link io.github.moonlibs.discovery.DiscoveryClient#watch} says.
     *
     * @param method values of the nodes that serve it are reported; null: of all
     */
    public Watching watch(String key, @Nullable String method, Consumer<WatchedValue> listener) {
        Watcher watcher = new Watcher(this, key, method, listener, waiters, observers);
        lock.lock();
        try {
            if (isClosed) {
                throw new ClientClosedException("watch " + key, Duration.ZERO, List.of());
            }
            watchers.add(watcher);
            sessions.forEach(watcher::follow);
        } finally {
            lock.unlock();
        }
        supervisor.start("discovery-watch " + key, watcher);
        return watcher;
    }

    /** The watcher has been closed. */
    void ended(Watcher watcher) {
        lock.lock();
        try {
            watchers.remove(watcher);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void opened(Node node, Session session) {
        lock.lock();
        try {
            sessions.put(node, session);
            watchers.forEach(watcher -> watcher.follow(node, session));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void ended(Node node, Session session) {
        lock.lock();
        try {
            sessions.remove(node, session);
            watchers.forEach(watcher -> watcher.leave(node));
        } finally {
            lock.unlock();
        }
    }

    /** Ends all of them, and takes no more. */
    public void close() {
        List<Watcher> open;
        lock.lock();
        try {
            isClosed = true;
            open = List.copyOf(watchers);
        } finally {
            lock.unlock();
        }
        open.forEach(watcher -> {
            watcher.close();
            watcher.interrupt();
        });
    }
}
