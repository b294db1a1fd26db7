package com.example.discovery.demo;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How many calls had been served at one moment.
 *
 * @param nanoTime the moment, by {@link System#nanoTime}
 * @param served by method and node
 */
record Sample(long nanoTime, Map<Method, Map<String, Long>> served) {
    /** How many calls the node served since the other sample. */
    long since(Sample before, Method method, String node) {
        return of(method, node) - before.of(method, node);
    }

    /** How many calls were served since the other sample. */
    long since(Sample before, Method method) {
        return sum(method) - before.sum(method);
    }

    /** The nodes that served calls since the other sample. */
    Set<String> nodesSince(Sample before, Method method) {
        Set<String> nodes = new TreeSet<>(served.getOrDefault(method, Map.of()).keySet());
        nodes.removeIf(node -> since(before, method, node) == 0);
        return nodes;
    }

    /** The node's share of the method's calls since the other sample, in percent. */
    double share(Sample before, Method method, String node) {
        return 100.0 * since(before, method, node) / Math.max(1, since(before, method));
    }

    /** Converts a number of calls since the other sample into calls per second. */
    double perSecond(Sample before, long calls) {
        return calls * 1e9 / Math.max(1, nanoTime - before.nanoTime);
    }

    private long of(Method method, String node) {
        return served.getOrDefault(method, Map.of()).getOrDefault(node, 0L);
    }

    private long sum(Method method) {
        return served.getOrDefault(method, Map.of()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }
}
