package io.github.moonlibs.discovery.micrometer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Bounds the values of a tag: the first ones stay as they are, and all later ones become one. Thread-safe. */
final class TagValues {
    static final String OTHER = "other";

    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final ReentrantLock adding = new ReentrantLock();
    private final int max;

    TagValues(int max) {
        this.max = max;
    }

    String of(String value) {
        return known.contains(value) || add(value) ? value : OTHER;
    }

    private boolean add(String value) {
        adding.lock();
        try {
            // another thread may have added it meanwhile
            return known.contains(value) || (known.size() < max && known.add(value));
        } finally {
            adding.unlock();
        }
    }
}
