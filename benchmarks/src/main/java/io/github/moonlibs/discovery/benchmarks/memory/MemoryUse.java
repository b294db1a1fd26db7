package io.github.moonlibs.discovery.benchmarks.memory;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The memory of each of many things.
 *
 * @param what the things
 * @param count how many there were
 * @param total bytes per thing
 * @param stacks bytes per thing that are frames of its virtual threads
 * @param largest bytes per thing by class, the largest first
 */
public record MemoryUse(String what, int count, double total, double stacks, Map<String, Double> largest) {
    /** A call that waits for its reply, with the virtual thread that made it. */
    public static final String CALL = "call in flight";

    /** A node that an idle client is connected to. */
    public static final String NODE = "node of an idle client";

    private static final int LARGEST = 10;

    static MemoryUse of(String what, int count, Heap heap) {
        Map<String, Double> largest = new LinkedHashMap<>();
        heap.bytes().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(LARGEST)
                .forEach(entry -> largest.put(entry.getKey(), (double) entry.getValue() / count));
        return new MemoryUse(what, count, (double) heap.total() / count, (double) heap.stacks() / count, largest);
    }

    /** Bytes per thing that are not frames. */
    public double beyondStacks() {
        return total - stacks;
    }
}
