package com.example.discovery.demo;

import java.util.Map;
import java.util.stream.Stream;

/**
 * One look at what goes on.
 *
 * @param second counts the seconds of traffic
 * @param states what the client knows of each instance, by name
 * @param before about a second before now
 * @param now how many calls were served so far
 * @param traffic the rest of the counters
 */
record Look(long second, Map<String, String> states, Sample before, Sample now, Traffic traffic) {
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
