package io.github.moonlibs.discovery.micrometer;

import io.github.moonlibs.discovery.text.SafeText;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds the values of a tag: the first ones stay as they are, but that they are safe to show, and all later ones become
 * one. Thread-safe.
 */
final class TagValues {
    static final String OTHER = "other";

    /** What is shown of each value. */
    private final Map<String, String> known = new ConcurrentHashMap<>();

    private final ReentrantLock adding = new ReentrantLock();
    private final int max;

    TagValues(int max) {
        this.max = max;
    }

    String of(String value) {
        String shown = known.get(value);
        return shown != null ? shown : add(value);
    }

    private String add(String value) {
        adding.lock();
        try {
            // another thread may have added it meanwhile
            String present = known.get(value);
            if (present != null || known.size() >= max) {
                return present != null ? present : OTHER;
            }
            String shown = SafeText.name(value);
            known.put(value, shown);
            return shown;
        } finally {
            adding.unlock();
        }
    }
}
