package io.github.moonlibs.discovery.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The timers of one name, by method, node and outcome. Finding one that there is already allocates nothing. */
final class Timers {
    /** The same for all, and few, because each of them is a series for every method, node and outcome. */
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry registry;
    private final Iterable<Tag> tags;
    private final String name;
    private final String description;
    private final Map<String, Map<String, Map<String, Timer>>> timers = new ConcurrentHashMap<>();

    Timers(MeterRegistry registry, Iterable<Tag> tags, String name, String description) {
        this.registry = registry;
        this.tags = tags;
        this.name = name;
        this.description = description;
    }

    Timer of(String method, String node, String outcome) {
        Map<String, Timer> known = timers.getOrDefault(method, Map.of()).getOrDefault(node, Map.of());
        Timer timer = known.get(outcome);
        return timer != null
                ? timer
                : timers.computeIfAbsent(method, first -> new ConcurrentHashMap<>())
                        .computeIfAbsent(node, first -> new ConcurrentHashMap<>())
                        .computeIfAbsent(outcome, first -> make(method, node, outcome));
    }

    private Timer make(String method, String node, String outcome) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .tags("method", method, "node", node, "outcome", outcome)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }
}
