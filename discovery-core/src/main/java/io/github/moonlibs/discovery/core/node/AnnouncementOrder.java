package io.github.moonlibs.discovery.core.node;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What orders the announcements that come on one connection.
 *
 * @param instance the server that counts
 * @param seq grows with each change
 */
record AnnouncementOrder(String instance, long seq) {
    static final String KEY = "order";

    /** The order among the keys of an announcement; null if there is none that is well-formed. */
    static @Nullable AnnouncementOrder of(Map<?, ?> announcement) {
        return announcement.get(KEY) instanceof Map<?, ?> order
                        && order.get("instance") instanceof String instance
                        && order.get("seq") instanceof Long seq
                        && seq >= 0
                ? new AnnouncementOrder(instance, seq)
                : null;
    }

    /** Whether it is known that this one is no older than the other. */
    boolean isAtLeast(@Nullable AnnouncementOrder other) {
        return other != null && instance.equals(other.instance) && seq >= other.seq;
    }
}
