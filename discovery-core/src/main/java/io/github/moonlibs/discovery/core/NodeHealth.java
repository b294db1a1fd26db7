package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.OutlierPolicy;
import java.util.function.LongSupplier;

/**
 * What a node's calls tell of it: how fast it answers, and whether it should get more. Lives as long as the node, over
 * all of its sessions. Thread-safe; does not block.
 */
final class NodeHealth {
    private final Latency latency = new Latency();
    private final Outlier outlier;
    private final LongSupplier nanoTime;

    /** @param onChange called, by any thread, when the node is ejected, probed, or back in service */
    NodeHealth(String name, OutlierPolicy policy, LongSupplier nanoTime, Runnable onChange) {
        this.nanoTime = nanoTime;
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

    /** An attempt that began then was answered now: with a result, or with an error of the server's own. */
    void answered(long beganNanos) {
        long now = nanoTime();
        latency.answered(now - beganNanos, now);
        outlier.answered(now - beganNanos);
    }

    /** An attempt that began then timed out now, or its connection was lost. */
    void failed(long beganNanos, AttemptException failure) {
        long now = nanoTime();
        latency.unanswered(now - beganNanos, now);
        outlier.failed(now - beganNanos, failure);
    }

    /** An attempt that began then was given up now, before it came to anything. */
    void abandoned(long beganNanos) {
        long now = nanoTime();
        latency.unanswered(now - beganNanos, now);
    }

    long latencyNanos() {
        return latency.nanos(nanoTime());
    }

    Outlier outlier() {
        return outlier;
    }
}
