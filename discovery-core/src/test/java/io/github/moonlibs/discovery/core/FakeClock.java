package io.github.moonlibs.discovery.core;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A clock that moves when a test says so; it begins near the point where nanoseconds wrap around. */
public final class FakeClock implements LongSupplier {
    private long nanos = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();

    public void advance(Duration time) {
        nanos += time.toNanos();
    }

    @Override
    public long getAsLong() {
        return nanos;
    }
}
