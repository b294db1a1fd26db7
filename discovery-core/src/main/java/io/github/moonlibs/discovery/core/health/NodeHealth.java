package io.github.moonlibs.discovery.core.health;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.ServerException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node's calls say of it: how fast it answers, and whether it should get more. Lives as long as the node, over
 * all of its sessions. Thread-safe; does not block.
 */
public final class NodeHealth {
    private final Latency latency = new Latency();
    private final Outlier outlier;
    private final OutlierPolicy policy;
    private final LongSupplier nanoTime;

    /** @param onChange called, by any thread, when the node is ejected, probed, or, with null, back in service */
    public NodeHealth(String name, OutlierPolicy policy, LongSupplier nanoTime, Consumer<@Nullable Ejection> onChange) {
        this.nanoTime = nanoTime;
        this.policy = policy;
        outlier = new Outlier(name, policy, nanoTime, ejection -> {
            if (ejection != null && ejection.isProbing()) {
                // one that is tried again is not to be shunned for how slow it was
                latency.forget();
            }
            onChange.accept(ejection);
        });
    }

    public long nanoTime() {
        return nanoTime.getAsLong();
    }

    /** An attempt that began then was answered now with a result. */
    public void answered(long beganNanos) {
        answered(beganNanos, nanoTime());
    }

    /** The same for a moment that was now, by {@link #nanoTime}. */
    public void answered(long beganNanos, long now) {
        latency.answered(now - beganNanos, now);
        outlier.answered(now - beganNanos);
    }

    /**
     * An attempt that began then was answered now with an error of the server's. However quick that was, it makes the node
     * look no faster; if it took longer than an answer, that counts.
     */
    public void erred(long beganNanos) {
        long now = nanoTime();
        if (latency.nanos(now) > 0) {
            latency.unanswered(now - beganNanos, now);
        }
    }

    /** Whether the policy lets an error count against the node. */
    public boolean counts(AttemptException error) {
        return error instanceof ServerException server
                && policy.countsError(server.error().code());
    }

    /**
     * Another node has answered the call that this one answered after that time with an error. What the time says of it was
     * learnt then ({@link #erred}).
     */
    public void outdone(long nanos, AttemptException error) {
        outlier.failed(nanos, error);
    }

    /**
     * An attempt that began then has failed now: it timed out, its connection was lost, or a later attempt was answered
     * first.
     */
    public void failed(long beganNanos, AttemptException failure) {
        long now = nanoTime();
        latency.unanswered(now - beganNanos, now);
        outlier.failed(now - beganNanos, failure);
    }

    /** An attempt that began then was given up now, before it came to anything. */
    public void abandoned(long beganNanos) {
        long now = nanoTime();
        latency.unanswered(now - beganNanos, now);
    }

    public long latencyNanos() {
        return latency.nanos(nanoTime());
    }

    public long latencyNanos(long nowNanos) {
        return latency.nanos(nowNanos);
    }

    public Outlier outlier() {
        return outlier;
    }
}
