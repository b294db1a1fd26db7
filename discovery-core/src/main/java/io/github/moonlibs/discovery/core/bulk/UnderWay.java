package io.github.moonlibs.discovery.core.bulk;

import org.jspecify.annotations.Nullable;

/** The elements that have begun and not ended, linked by {@link BulkElement#before} and {@link BulkElement#after}. */
final class UnderWay {
    private @Nullable BulkElement first;

    /** The one that began last; null if there is none. */
    @Nullable
    BulkElement first() {
        return first;
    }

    void add(BulkElement element) {
        element.after = first;
        if (first != null) {
            first.before = element;
        }
        first = element;
    }

    void remove(BulkElement element) {
        BulkElement before = element.before;
        BulkElement after = element.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after != null) {
            after.before = before;
        }
    }
}
