package io.github.moonlibs.discovery.core.health;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * What first attempts took lately, per method, where hedging asks for it. Methods that are no longer served are forgotten
 * when a new one comes.
 */
public final class Latencies {
    private final ConcurrentHashMap<String, LatencyHistogram> byMethod = new ConcurrentHashMap<>();
    private final Predicate<String> isServed;

    public Latencies(Predicate<String> isServed) {
        this.isServed = isServed;
    }

    /** Of a method that is served. */
    public LatencyHistogram of(String method) {
        LatencyHistogram known = byMethod.get(method);
        if (known != null) {
            return known;
        }
        byMethod.keySet().removeIf(isServed.negate());
        return byMethod.computeIfAbsent(method, name -> new LatencyHistogram(System.nanoTime()));
    }

    public int methods() {
        return byMethod.size();
    }
}
