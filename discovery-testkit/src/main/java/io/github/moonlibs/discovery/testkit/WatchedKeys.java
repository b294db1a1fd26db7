package io.github.moonlibs.discovery.testkit;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The keys that clients can watch, and their watchers. A watcher gets the value at once. It gets the next change only
 * after it has acknowledged the last event, by watching again; several changes in between become one event.
 */
final class WatchedKeys {
    private record Entry(@Nullable Object value, long version) {}

    private static final Entry ABSENT = new Entry(null, 0); // the versions of keys that exist begin at 1

    private static final class Watch {
        long sync;
        long sentVersion;
        boolean acknowledged;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, Map<FakeConnection, Watch>> watches = new HashMap<>();

    void watch(FakeConnection watcher, String key, long sync) {
        lock.lock();
        try {
            Entry now = entries.getOrDefault(key, ABSENT);
            Map<FakeConnection, Watch> watchers = watches.computeIfAbsent(key, any -> new HashMap<>());
            Watch watch = watchers.get(watcher);
            boolean first = watch == null;
            if (watch == null) {
                watch = new Watch();
                watchers.put(watcher, watch);
            }
            watch.sync = sync;
            watch.acknowledged = !first;
            if (first || watch.sentVersion < now.version) {
                notify(watcher, watch, key, now);
            }
        } finally {
            lock.unlock();
        }
    }

    void unwatch(FakeConnection watcher, String key) {
        lock.lock();
        try {
            Map<FakeConnection, Watch> watchers = watches.get(key);
            if (watchers != null) {
                watchers.remove(watcher);
            }
        } finally {
            lock.unlock();
        }
    }

    void forget(FakeConnection watcher) {
        lock.lock();
        try {
            watches.values().forEach(watchers -> watchers.remove(watcher));
        } finally {
            lock.unlock();
        }
    }

    /** Changes a key, and notifies the watchers that have acknowledged the last event. */
    void put(String key, @Nullable Object value) {
        lock.lock();
        try {
            Entry now = new Entry(value, entries.getOrDefault(key, ABSENT).version + 1);
            entries.put(key, now);
            watches.getOrDefault(key, Map.of()).forEach((watcher, watch) -> {
                if (watch.acknowledged) {
                    notify(watcher, watch, key, now);
                }
            });
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all values, as a server that ends. */
    void clear() {
        lock.lock();
        try {
            entries.clear();
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Object[] get(String key) {
        lock.lock();
        try {
            Entry entry = entries.get(key);
            return entry == null ? new Object[0] : new Object[] {entry.value};
        } finally {
            lock.unlock();
        }
    }

    Set<FakeConnection> watchersOf(String key) {
        lock.lock();
        try {
            return new HashSet<>(watches.getOrDefault(key, Map.of()).keySet());
        } finally {
            lock.unlock();
        }
    }

    private static void notify(FakeConnection watcher, Watch watch, String key, Entry now) {
        watch.acknowledged = false;
        watch.sentVersion = now.version;
        Map<Long, @Nullable Object> body = new LinkedHashMap<>();
        body.put(Packet.EVENT_KEY, key);
        if (now.version > 0) {
            body.put(Packet.EVENT_DATA, now.value);
        }
        watcher.sendLater(new Packet(Packet.EVENT, watch.sync, body));
    }
}
