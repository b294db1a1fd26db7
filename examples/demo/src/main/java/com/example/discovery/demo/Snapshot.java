package com.example.discovery.demo;

import java.util.Map;
import java.util.stream.Stream;

/**
 * The state of the demo at one moment.
 *
 * @param second the seconds of traffic so far
 * @param states what the client knows of each instance, by name
 * @param before the calls served until about a second ago
 * @param now the calls served until now
 * @param traffic the rest of the counters
 */
record Snapshot(long second, Map<String, String> states, Sample before, Sample now, Traffic traffic) {
    double share(Method method, String node) {
        return now.share(before, method, node);
    }

    double perSecond(Method method, String node) {
        return now.perSecond(before, now.since(before, method, node));
    }

    double perSecond() {
        return now.perSecond(
                before,
                Stream.of(Method.values())
                        .mapToLong(method -> now.since(before, method))
                        .sum());
    }
}
