package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeReply;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Calls a method repeatedly on every node that serves it, and counts the answers of each. Not thread-safe. */
final class Probes {
    private final String method;
    private final List<@Nullable Object> arguments;
    private final CallOptions options;
    private final Map<Endpoint, Histogram> answered = new HashMap<>();
    private final Map<Endpoint, Long> failed = new HashMap<>();

    Probes(String method, List<@Nullable Object> arguments, CallOptions options) {
        this.method = method;
        this.arguments = arguments;
        this.options = options.withFailFast(true);
    }

    String method() {
        return method;
    }

    /** Calls each node once. */
    void round(DiscoveryClient client) {
        try {
            client.callAll(method, arguments, options).forEach(this::count);
        } catch (CallException unserved) {
            // no node serves it now, which the table shows
        }
    }

    private void count(NodeReply reply) {
        Endpoint endpoint = reply.node().endpoint();
        if (reply.failure() == null) {
            answered.computeIfAbsent(endpoint, first -> new Histogram(3))
                    .recordValue(reply.duration().toNanos());
        } else {
            failed.merge(endpoint, 1L, Long::sum);
        }
    }

    long answered(Instance node) {
        Histogram times = answered.get(node.endpoint());
        return times == null ? 0 : times.getTotalCount();
    }

    long failed(Instance node) {
        return failed.getOrDefault(node.endpoint(), 0L);
    }

    /** The percentile of the node's answer times; null if it has not answered. */
    @Nullable
    Duration percentile(Instance node, double percent) {
        Histogram times = answered.get(node.endpoint());
        return times == null ? null : Duration.ofNanos(times.getValueAtPercentile(percent));
    }

    /** What is known of a node, for JSON. */
    Map<String, @Nullable Object> document(Instance node) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("method", method);
        fields.put("answered", answered(node));
        fields.put("failed", failed(node));
        fields.put("p50Millis", percentile(node, 50));
        fields.put("p99Millis", percentile(node, 99));
        return fields;
    }
}
