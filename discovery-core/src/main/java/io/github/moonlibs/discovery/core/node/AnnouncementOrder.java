package io.github.moonlibs.discovery.core.node;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What orders the announcements that come on one connection.
 *
 * @param instance the server that counts
 * @param seq grows with each change
 */
record AnnouncementOrder(String instance, BigInteger seq) {
    static final String KEY = "order";

    /** The order among the keys of an announcement; null if there is none that is well-formed. */
    static @Nullable AnnouncementOrder of(Map<?, ?> announcement) {
        if (announcement.get(KEY) instanceof Map<?, ?> order && order.get("instance") instanceof String instance) {
            BigInteger seq = whole(order.get("seq"));
            return seq == null || seq.signum() < 0 ? null : new AnnouncementOrder(instance, seq);
        }
        return null;
    }

    /** The number, if it is whole, in whichever form Lua sends it. */
    private static @Nullable BigInteger whole(@Nullable Object number) {
        return switch (number) {
            case Long value -> BigInteger.valueOf(value);
            case BigInteger value -> value;
            case Double value
            when value == Math.rint(value) && !Double.isInfinite(value) -> new BigDecimal(value).toBigInteger();
            case null, default -> null;
        };
    }

    /** Whether it is known that this one is no older than the other. */
    boolean isAtLeast(@Nullable AnnouncementOrder other) {
        return other != null && instance.equals(other.instance) && seq.compareTo(other.seq) >= 0;
    }
}
