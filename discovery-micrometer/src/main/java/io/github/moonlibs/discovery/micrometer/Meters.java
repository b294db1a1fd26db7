package io.github.moonlibs.discovery.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Makes meters that have the prefix of all of the library's and the tags of one client. Thread-safe. */
final class Meters {
    static final String METHOD = "method";
    static final String NODE = "node";
    static final String OUTCOME = "outcome";
    static final String SUCCESS = "success";

    private static final String PREFIX = "discovery.client.";

    private final MeterRegistry registry;
    private final Tags tags;

    Meters(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    Timer.Builder timer(String name, String description, Tags own) {
        return Timer.builder(PREFIX + name).description(description).tags(tags).tags(own);
    }

    Timer register(Timer.Builder timer) {
        return timer.register(registry);
    }

    Counter counter(String name, String description, Tags own) {
        return Counter.builder(PREFIX + name)
                .description(description)
                .tags(tags)
                .tags(own)
                .register(registry);
    }

    /** Gauges of one name whose tags come and go. */
    MultiGauge rows(String name, String description, @Nullable String unit) {
        return MultiGauge.builder(PREFIX + name)
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry);
    }

    <T> Meter gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        return Gauge.builder(PREFIX + name, of, value)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    <T> Meter secondsGauge(String name, String description, T of, ToDoubleFunction<T> seconds) {
        return TimeGauge.builder(PREFIX + name, of, TimeUnit.SECONDS, seconds)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    void remove(Meter meter) {
        registry.remove(meter);
    }
}
