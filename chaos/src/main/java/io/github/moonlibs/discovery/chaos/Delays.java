package io.github.moonlibs.discovery.chaos;

import java.util.Comparator;
import java.util.List;

/** By how much timers were late: each from when it was due to when its thread ran. Immutable. */
final class Delays {
    private final List<Stretch> sorted;
    private final long longest;

    Delays(List<Stretch> stretches) {
        sorted = stretches.stream()
                .sorted(Comparator.comparingLong(Stretch::from))
                .toList();
        longest = stretches.stream().mapToLong(Stretch::length).max().orElse(0);
    }

    /** The longest of all, in nanoseconds. */
    long longest() {
        return longest;
    }

    /** The longest of those that had a part in that time, in nanoseconds; 0 if there is none. */
    long longest(long from, long to) {
        long found = 0;
        for (int i = firstFrom(from - longest);
                i < sorted.size() && sorted.get(i).from() <= to;
                i++) {
            if (sorted.get(i).to() >= from) {
                found = Math.max(found, sorted.get(i).length());
            }
        }
        return found;
    }

    private int firstFrom(long from) {
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted.get(middle).from() < from) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
