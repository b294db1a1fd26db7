package io.github.moonlibs.discovery.micrometer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Lets so many values of a tag be, those that come first, and calls all others alike. Thread-safe. */
final class TagValues {
    static final String OTHER = "other";

    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final int most;

    TagValues(int most) {
        this.most = most;
    }

    String of(String value) {
        if (known.contains(value)) {
            return value;
        }
        synchronized (known) {
            if (known.size() < most) {
                known.add(value);
                return value;
            }
        }
        return OTHER;
    }
}
