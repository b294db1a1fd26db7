package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.OutlierPolicy;
import java.util.function.LongSupplier;

/**
 * What a node's calls tell of it: how fast it answers, and whether it should get more. Lives as long as the node, over
 * all of its sessions. Thread-safe; does not block.
 */
final class NodeHealth {
    private final Latency latency;
    private final Outlier outlier;
    private final LongSupplier nanoTime;

    /** @param onChange called, by any thread, when the node is ejected, probed, or back in service */
    NodeHealth(String name, OutlierPolicy policy, LongSupplier nanoTime, Runnable onChange) {
        this.nanoTime = nanoTime;
        latency = new Latency(nanoTime);
        outlier = new Outlier(name, policy, nanoTime, () -> {
            startAnew();
            onChange.run();
        });
    }

    /** A node that is tried again is not to be shunned for how slow it was. */
    private void startAnew() {
        if (outlier.state() == Outlier.State.PROBING) {
            latency.forget();
        }
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /** An attempt was answered: with a result, or with an error of the server's own. */
    void answered(long nanos) {
        answered(nanos, nanoTime());
    }

    /** As {@link #answered(long)}, by a caller that has just looked at the clock. */
    void answered(long nanos, long now) {
        latency.answered(nanos, now);
        outlier.answered(nanos);
    }

    /** An attempt timed out, or its connection was lost. */
    void failed(long nanos, AttemptException failure) {
        latency.unanswered(nanos);
        outlier.failed(nanos, failure);
    }

    /** An attempt was given up before it came to anything. */
    void abandoned(long nanos) {
        latency.unanswered(nanos);
    }

    long latencyNanos() {
        return latency.nanos();
    }

    Outlier outlier() {
        return outlier;
    }
}
