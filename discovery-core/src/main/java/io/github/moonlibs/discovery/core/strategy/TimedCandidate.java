package io.github.moonlibs.discovery.core.strategy;

import io.github.moonlibs.discovery.spi.WeightStrategy.Candidate;

/** A candidate whose latency depends on the time, for pickers that read the clock once for two of them. */
public interface TimedCandidate extends Candidate {
    /** Now, on the clock of the latencies. */
    long nanoTime();

    /** As {@link #latencyNanos()}, at that time. */
    long latencyNanos(long nowNanos);
}
