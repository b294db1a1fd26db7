package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.Attempt;
import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeReply;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.TopologySnapshot;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The output of {@code --json}. Every object has {@code command} and {@code ok}; the README lists the rest. */
final class Documents {
    private Documents() {}

    /** The beginning of every document. */
    static Map<String, @Nullable Object> document(String command, boolean ok) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("command", command);
        document.put("ok", ok);
        return document;
    }

    static Map<String, @Nullable Object> call(String method, Duration whole, int attempts, List<NodeReply> replies) {
        boolean ok = replies.stream().allMatch(reply -> reply.failure() == null);
        Map<String, @Nullable Object> document = document("call", ok);
        document.put("method", method);
        document.put("millis", whole);
        document.put("attempts", attempts);
        document.put(
                "replies",
                replies.stream()
                        .map(reply -> reply(reply.node(), reply.duration(), reply.result(), reply.failure()))
                        .toList());
        return document;
    }

    static Map<String, @Nullable Object> failedCall(CallException failure, Duration whole) {
        Map<String, @Nullable Object> document = document("call", false);
        document.put("method", failure.method());
        document.put("millis", whole);
        document.put("error", failure.getMessage());
        document.put("attempts", failure.attempts().size());
        document.put(
                "replies", failure.attempts().stream().map(Documents::reply).toList());
        return document;
    }

    private static Map<String, @Nullable Object> reply(Attempt attempt) {
        return reply(attempt.node(), attempt.duration(), null, attempt.failure());
    }

    private static Map<String, @Nullable Object> reply(
            Instance node, Duration duration, @Nullable Result result, @Nullable AttemptException failure) {
        Map<String, @Nullable Object> reply = node(node);
        reply.put("ok", failure == null);
        reply.put("millis", duration);
        if (result != null) {
            reply.put("values", result.values());
        }
        if (failure != null) {
            reply.put("kind", failure.kind().toString());
            reply.put("error", failure.getMessage());
        }
        return reply;
    }

    static Map<String, @Nullable Object> node(Instance instance) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("node", instance.name());
        node.put("address", instance.endpoint().address());
        return node;
    }

    static Map<String, @Nullable Object> topology(TopologySnapshot topology) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("source", topology.source());
        fields.put("ageMillis", topology.age());
        fields.put("error", topology.lastError());
        return fields;
    }

    /**
     * All that is known of a node: its state, and for each method the weight that it announces and its share of calls.
     */
    static Map<String, @Nullable Object> node(NodeSnapshot node, RoutingSnapshot routing) {
        Map<String, @Nullable Object> fields = node(node.instance());
        fields.put("state", node.state().toString());
        fields.put("reason", node.reason());
        fields.put("inStateMillis", node.inState());
        fields.put("server", node.server());
        fields.put("protocol", node.protocol() == null ? null : node.protocol().toMap());
        fields.put("delivery", node.delivery());
        Announcement announcement = node.announcement();
        fields.put("master", announcement == null ? null : announcement.isMaster());
        fields.put("twin", node.twin() == null ? null : node.twin().name());
        fields.put("staleMaster", node.staleMaster());
        fields.put("ejection", node.ejection());
        Map<String, Object> methods = new LinkedHashMap<>();
        if (announcement != null) {
            announcement
                    .methods()
                    .forEach((name, method) -> methods.put(name, method(method, Routes.share(routing, name, node))));
        }
        fields.put("methods", methods);
        return fields;
    }

    private static Map<String, Object> method(Announcement.Method method, double share) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("weight", method.weight());
        fields.put("share", share);
        fields.put("retriable", method.retriable());
        fields.put("tier", method.tier());
        return fields;
    }
}
