package io.github.moonlibs.discovery.etcd;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A configuration that is put together of others, as Tarantool's loader does it: maps are merged at every level, lists and
 * scalars are replaced as a whole, and null replaces nothing.
 *
 * <p>A map that an alias repeats is one object in several places, so it is copied where something is merged into it. Only
 * what is added is walked through, which takes time in proportion to it.
 */
final class Merged extends LinkedHashMap<String, @Nullable Object> {
    private static final long serialVersionUID = 1;

    Merged() {}

    private Merged(Map<String, @Nullable Object> copied) {
        super(copied);
    }

    /** Adds what is missing here. */
    void addMissing(Map<String, @Nullable Object> other) {
        merge(other, false);
    }

    /** Adds what is missing here, and replaces what differs. */
    void override(Map<String, @Nullable Object> other) {
        merge(other, true);
    }

    @SuppressWarnings("unchecked") // YamlDocument makes maps of this type alone
    private void merge(Map<String, @Nullable Object> other, boolean othersWin) {
        other.forEach((key, value) -> {
            Object own = get(key);
            if (own instanceof Map<?, ?> low && value instanceof Map<?, ?> high) {
                Merged merged = low instanceof Merged ready ? ready : new Merged((Map<String, @Nullable Object>) low);
                put(key, merged);
                merged.merge((Map<String, @Nullable Object>) high, othersWin);
            } else if (own == null || (othersWin && value != null)) {
                put(key, value);
            }
        });
    }
}
