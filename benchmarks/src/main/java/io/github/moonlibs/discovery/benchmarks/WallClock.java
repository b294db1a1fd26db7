package io.github.moonlibs.discovery.benchmarks;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The clock that the processes of a machine share. It may be set while it is read. */
public final class WallClock {
    private WallClock() {}

    /** Nanoseconds since 1970. */
    public static long nanos() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }
}
