package io.github.moonlibs.discovery.micrometer;

import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DiscoveryClient;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The client, from its opening to its closing, and its last snapshot. A scrape reads gauges one by one, so one snapshot
 * serves all that are read within a moment. Thread-safe.
 */
final class Snapshots {
    private static final long MAX_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Consumer<ClientSnapshot> onNew;
    private volatile @Nullable DiscoveryClient client;
    private volatile @Nullable Taken last;

    private record Taken(ClientSnapshot snapshot, long nanoTime) {}

    /** @param onNew gets every snapshot that is taken, on the thread that reads a gauge */
    Snapshots(Consumer<ClientSnapshot> onNew) {
        this.onNew = onNew;
    }

    /** @throws IllegalStateException if there is a client already */
    void open(DiscoveryClient opened) {
        if (client != null) {
            throw new IllegalStateException(
                    "metrics of one client were given to two: each needs its own, with its tags");
        }
        client = opened;
    }

    void close() {
        client = null;
        last = null;
    }

    /** The client; null if there is none now. */
    @Nullable
    DiscoveryClient client() {
        return client;
    }

    /** A value of a snapshot that is at most 200 ms old; NaN if there is no client. */
    double read(ToDoubleFunction<ClientSnapshot> value) {
        DiscoveryClient present = client;
        if (present == null) {
            return Double.NaN;
        }
        Taken taken = last;
        if (taken == null || System.nanoTime() - taken.nanoTime() > MAX_AGE_NANOS) {
            taken = new Taken(present.snapshot(), System.nanoTime());
            last = taken;
            onNew.accept(taken.snapshot());
        }
        return value.applyAsDouble(taken.snapshot());
    }
}
