package io.github.moonlibs.discovery.core.node;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Result;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server has broadcast of its announcement.
 *
 * @param content as it came
 * @param order null: nothing but a hint
 * @param isWhole whether it is the announcement; otherwise it says that there is one
 * @param spreadSeconds within which time clients ask for it
 */
record Push(Result content, @Nullable AnnouncementOrder order, boolean isWhole, double spreadSeconds) {
    private static final double LONGEST_SPREAD_SECONDS = 1;

    /** Reads what was broadcast; what can't be read is a hint. */
    static Push of(Result content) {
        Object value;
        try {
            boolean isReadable = content.size() > 0 && content.raw().remaining() <= AnnouncementReader.MOST_BYTES;
            value = isReadable ? content.get(0) : null;
        } catch (ConversionException unreadable) {
            value = null;
        }
        if (!(value instanceof Map<?, ?> map)) {
            return new Push(content, null, false, 0);
        }
        double spread = map.get("spread") instanceof Number number ? number.doubleValue() : 0;
        return new Push(
                content,
                AnnouncementOrder.of(map),
                map.containsKey("methods"),
                // not a number is no spread
                spread > 0 ? Math.min(spread, LONGEST_SPREAD_SECONDS) : 0);
    }
}
