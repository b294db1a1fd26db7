package io.github.moonlibs.discovery.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The counters of one name, by the value of one tag. Finding a counter that exists allocates nothing. Thread-safe. */
final class Counters {
    private final Meters meters;
    private final String name;
    private final String description;
    private final String tag;
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();

    Counters(Meters meters, String name, String description, String tag) {
        this.meters = meters;
        this.name = name;
        this.description = description;
        this.tag = tag;
    }

    Counter of(String value) {
        Counter counter = counters.get(value);
        return counter != null
                ? counter
                : counters.computeIfAbsent(value, first -> meters.counter(name, description, Tags.of(tag, value)));
    }
}
