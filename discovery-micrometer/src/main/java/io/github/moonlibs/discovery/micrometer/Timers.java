package io.github.moonlibs.discovery.micrometer;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The timers of one name, by method, node and outcome. Finding a timer that exists allocates nothing. Thread-safe.
 */
final class Timers {
    /** The same for all, and few, because each bucket is a series for every method, node and outcome. */
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

    private final Meters meters;
    private final String name;
    private final String description;
    private final Map<String, Map<String, Map<String, Timer>>> timers = new ConcurrentHashMap<>();

    Timers(Meters meters, String name, String description) {
        this.meters = meters;
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
        Tags own = Tags.of(Meters.METHOD, method, Meters.NODE, node, Meters.OUTCOME, outcome);
        return meters.register(meters.timer(name, description, own).serviceLevelObjectives(BUCKETS));
    }
}
