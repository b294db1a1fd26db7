package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.RoutingSnapshot.Route;
import io.github.moonlibs.discovery.text.SafeText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The state of a client at about one moment: the parts are taken one after another. Immutable and thread-safe.
 *
 * @param topology the nodes
 * @param routing the nodes of each method
 * @param retryBudget what is left of the retry budget
 * @param callsInFlight how many calls have begun and not ended, those that wait included
 * @param waitingCalls how many of them wait for a route
 */
public record ClientSnapshot(
        TopologySnapshot topology,
        RoutingSnapshot routing,
        RetryBudgetSnapshot retryBudget,
        long callsInFlight,
        int waitingCalls) {

    /** Every method that a node announces, or that is routed. */
    public SortedSet<String> methods() {
        SortedSet<String> methods = new TreeSet<>(routing.routes().keySet());
        for (NodeSnapshot node : topology.nodes()) {
            Announcement announcement = node.announcement();
            if (announcement != null) {
                methods.addAll(announcement.methods().keySet());
            }
        }
        return methods;
    }

    /** The node's share of the method's calls; empty if it gets none. */
    public Optional<Route> route(String method, Instance node) {
        return routing.routes(method).stream()
                .filter(route -> route.node().endpoint().equals(node.endpoint()))
                .findFirst();
    }

    /** Why the node serves the method or does not, in one sentence without a full stop. */
    public String why(String method, Instance instance) {
        return topology.nodes().stream()
                .filter(node -> node.instance().endpoint().equals(instance.endpoint()))
                .findFirst()
                .map(node -> node.instance() + " " + why(method, node))
                .orElseGet(() -> instance + " is not in the topology");
    }

    private String why(String name, NodeSnapshot node) {
        String method = SafeText.name(name);
        Announcement announcement = node.announcement();
        if (node.state() != State.SERVING || announcement == null) {
            return "gets no calls at all: it is " + node.state() + " (" + SafeText.sentence(node.reason()) + ")";
        }
        String entry = name;
        if (!routing.rules().isEmpty()) {
            MethodRule rule = routing.rule(name).orElse(null);
            if (rule == null) {
                return "is not called for " + method + ": no rule of the client's options covers it";
            }
            entry = rule.methods();
        }
        Announcement.Method announced = announcement.methods().get(entry);
        if (announced == null) {
            String wrong = announcement.leftOut().get(name);
            return wrong == null
                    ? "does not announce " + method
                    : "announces " + method + ", but not rightly: " + wrong;
        }
        if (announced.weight() == 0) {
            return "announces " + method + " with weight 0, which means never";
        }
        NodeSnapshot.Ejection ejection = node.ejection();
        return route(name, node.instance())
                .map(route -> why(method, route) + (ejection == null ? "" : ", although it is " + ejection))
                .orElseGet(() -> whyNot(method, node));
    }

    private static String why(String method, Route route) {
        String weight = "with weight " + DecimalText.exact(route.weight());
        if (route.share() == 0) {
            return "stands by for " + method + " " + weight + ": it is in tier " + route.tier()
                    + ", and nodes of a lower tier are in service";
        }
        return "serves " + method + " " + weight + ", " + DecimalText.of(100 * route.share())
                + " % of its first attempts" + (route.tier() == 0 ? "" : ", in tier " + route.tier());
    }

    /** Why a node has no route to a method that it announces. */
    private static String whyNot(String method, NodeSnapshot node) {
        if (node.twin() != null) {
            return "gets no calls itself: it is the same instance as " + node.twin() + ", which is called for both";
        }
        Object why = node.staleMaster() == null ? node.ejection() : node.staleMaster();
        return why == null
                ? "announces " + method + ", and is about to be routed to"
                : "is kept from " + method + ": it is " + why;
    }

    /** The nodes, a line each; then each method, with a line for each node that says why it serves the method or not. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(topology);
        for (String method : methods()) {
            text.append("\n")
                    .append(SafeText.name(method))
                    .append(", served by ")
                    .append(routing.routes(method).size());
            for (NodeSnapshot node : topology.nodes()) {
                text.append("\n  ").append(node.instance()).append(' ').append(why(method, node));
            }
        }
        return text.append("\n")
                .append(callsInFlight)
                .append(" calls in flight, ")
                .append(waitingCalls)
                .append(" waiting for a route; ")
                .append(retryBudget.extraAttempts())
                .append(" retries and hedges in the last 10 s, ")
                .append(retryBudget.available() == Long.MAX_VALUE ? "any number" : retryBudget.available())
                .append(" more may be made")
                .toString();
    }

    /**
     * The snapshot as JSON, in one line. Times are in milliseconds; what is not known is null. Later versions may add keys;
     * no key changes its meaning.
     */
    public String toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("source", topology.source());
        json.put("ageMillis", topology.age());
        json.put("error", topology.lastError());
        Set<String> methods = methods();
        json.put(
                "nodes",
                topology.nodes().stream().map(node -> json(node, methods)).toList());
        json.put("callsInFlight", callsInFlight);
        json.put("waitingCalls", waitingCalls);
        json.put("routingVersion", routing.version());
        Map<String, @Nullable Object> budget = new LinkedHashMap<>();
        budget.put("calls", retryBudget.calls());
        budget.put("extraAttempts", retryBudget.extraAttempts());
        budget.put("available", retryBudget.available() == Long.MAX_VALUE ? null : retryBudget.available());
        budget.put("refused", retryBudget.totalRefused());
        json.put("retryBudget", budget);
        return JsonText.of(json);
    }

    private Map<String, @Nullable Object> json(NodeSnapshot node, Set<String> all) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("node", node.instance().name());
        json.put("address", node.instance().endpoint().address());
        json.put("labels", node.instance().labels());
        json.put("state", node.state());
        json.put("reason", node.reason());
        json.put("inStateMillis", node.inState());
        json.put("server", node.server());
        json.put("protocol", node.protocol() == null ? null : node.protocol().toMap());
        json.put("delivery", node.delivery());
        json.put("localAddress", node.localAddress());
        Announcement announcement = node.announcement();
        json.put("master", announcement == null ? null : announcement.isMaster());
        json.put("term", announcement == null ? null : announcement.term());
        json.put("attributes", announcement == null ? null : announcement.attributes());
        json.put("inFlight", node.inFlight());
        json.put("latencyMillis", node.latency());
        json.put("lateReplies", node.lateReplies());
        json.put("connects", node.connects());
        json.put("ejection", node.ejection());
        json.put("twin", node.twin() == null ? null : node.twin().name());
        json.put("staleMaster", node.staleMaster());
        Map<String, @Nullable Object> methods = new LinkedHashMap<>();
        all.forEach(method -> methods.put(method, json(method, node)));
        json.put("methods", methods);
        return json;
    }

    private Map<String, @Nullable Object> json(String method, NodeSnapshot node) {
        Announcement announcement = node.announcement();
        Announcement.Method announced =
                announcement == null ? null : announcement.methods().get(method);
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("weight", announced == null ? null : announced.weight());
        json.put("retriable", announced == null ? null : announced.retriable());
        json.put("tier", announced == null ? null : announced.tier());
        json.put("share", route(method, node.instance()).map(Route::share).orElse(0.0));
        json.put("why", why(method, node));
        return json;
    }
}
