package io.github.moonlibs.discovery.core.strategy;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.OutlierPolicy;
import java.util.function.LongSupplier;

/**
 * The rules by which a node is chosen for a call; the same for all tables and nodes of a client.
 *
 * @param slowStartNanos how long a node takes to its full share
 * @param nanoTime the clock; virtual in simulations
 */
public record Balancing(Strategies strategies, long slowStartNanos, OutlierPolicy outliers, LongSupplier nanoTime) {
    /** What the options ask for, in real time. */
    public static Balancing of(ClientOptions options, Strategies strategies) {
        return new Balancing(strategies, options.slowStart().toNanos(), options.outliers(), System::nanoTime);
    }
}
