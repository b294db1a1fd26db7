package io.github.moonlibs.discovery.core.routing;

import io.github.moonlibs.discovery.Announcement.Errors;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.strategy.TimedCandidate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node that serves a method, with its session and weight. Immutable but for what it points to.
 *
 * @param tier as announced; nodes of a higher one stand by for those of a lower one
 * @param notExecuted the errors by which the node says that it has not executed a call of the method
 * @param sinceNanos when the node joined the routing, or came back after an ejection
 */
public record Route(
        Node node,
        Session session,
        Instance instance,
        double weight,
        boolean retriable,
        int tier,
        Errors notExecuted,
        long sinceNanos)
        implements TimedCandidate {

    Route withInstance(Instance relabelled) {
        return new Route(node, session, relabelled, weight, retriable, tier, notExecuted, sinceNanos);
    }

    Route withSince(long nanos) {
        return new Route(node, session, instance, weight, retriable, tier, notExecuted, nanos);
    }

    /** @param share of the first attempts that it gets */
    RoutingSnapshot.Route snapshot(double share) {
        return new RoutingSnapshot.Route(instance, weight, share, retriable, tier);
    }

    /** Whether an attempt that came now would have to wait for a place on the node. */
    public boolean isFull() {
        return session.isFull();
    }

    @Override
    public Map<String, @Nullable Object> attributes() {
        return node.attributes();
    }

    @Override
    public int inFlight() {
        return session.inFlight();
    }

    @Override
    public long latencyNanos() {
        return node.health().latencyNanos();
    }

    @Override
    public long nanoTime() {
        return node.health().nanoTime();
    }

    @Override
    public long latencyNanos(long nowNanos) {
        return node.health().latencyNanos(nowNanos);
    }
}
