package io.github.moonlibs.discovery.iproto.codec.values;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Refuses the keys of a map, or the elements of a set, that were made to have the same hash. Java's maps find strings or
 * numbers quickly whatever their hashes are, by their order; but each array, map or record is compared with all the others
 * of the same hash, and so are keys of several kinds. A hundred thousand of them would take minutes. What is bounded is the
 * number of these comparisons, in proportion to the number of keys. Not thread-safe.
 */
public final class KeyGuard {
    /** For each key, on average; points on a grid, whose hashes collide by themselves, stay far below. */
    private static final int COMPARISONS_EACH = 64;

    /** However few the keys are. */
    private static final int COMPARISONS_AT_LEAST = 1_000_000;

    /** With fewer keys there is nothing to guard. */
    private static final int FEW = 64;

    private long left = COMPARISONS_AT_LEAST;
    private int sizeBefore;

    /** While all keys are of one class that has an order: that class. */
    private @Nullable Class<?> only;

    /** Since they are not: how many keys of each hash there are. */
    private @Nullable Map<Integer, Integer> hashes;

    /** Null if so few keys need none. */
    public static @Nullable KeyGuard of(int size) {
        return size > FEW ? new KeyGuard() : null;
    }

    /**
     * The elements to make a set of, each once if they are not all of one kind with an order.
     */
    public static List<@Nullable Object> distinct(List<@Nullable Object> elements) {
        KeyGuard guard = of(elements.size());
        if (guard == null || areOfOneOrder(elements)) {
            return elements;
        }
        Set<@Nullable Object> distinct = new LinkedHashSet<>();
        for (Object element : elements) {
            distinct.add(element);
            guard.added(element, distinct.size());
        }
        return new ArrayList<>(distinct);
    }

    private static boolean areOfOneOrder(List<@Nullable Object> elements) {
        Class<?> one = null;
        for (Object element : elements) {
            if (element != null && (!isOrdered(element) || (one != null && one != element.getClass()))) {
                return false;
            }
            one = element == null ? one : element.getClass();
        }
        return true;
    }

    /**
     * A key has been added.
     *
     * @param size how many different keys there are now
     */
    public void added(@Nullable Object key, int size) {
        boolean isNew = size > sizeBefore;
        sizeBefore = size;
        if (key == null) {
            return;
        }
        if (hashes == null && isOrdered(key) && (only == null || only == key.getClass())) {
            only = key.getClass();
            return;
        }
        hashes = hashes == null ? new HashMap<>() : hashes;
        left += COMPARISONS_EACH - hashes.merge(key.hashCode(), isNew ? 1 : 0, Integer::sum);
        if (left < 0) {
            throw new MismatchException("expected keys that differ in their hashes, got " + size
                    + " arrays, maps or mixed keys with the same few");
        }
    }

    private static boolean isOrdered(Object key) {
        return key instanceof String
                || (key instanceof Number && key instanceof Comparable<?>)
                || key instanceof UUID
                || key instanceof OffsetDateTime
                || key instanceof Instant
                || key instanceof Boolean
                || key instanceof Enum<?>;
    }
}
