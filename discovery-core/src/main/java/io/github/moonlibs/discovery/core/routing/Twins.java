package io.github.moonlibs.discovery.core.routing;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.Session.Identity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that lead to the same instance, which was listed under several addresses. One of them is called, the one that
 * announced first, so that the instance gets one share; when it leaves, the next one takes its place. Where an address
 * leads is a matter of the connection: another server may take it, and a balancer may have several behind it. So a node
 * joins anew with each session, and leaves with it.
 *
 * <p>Not thread-safe. Whatever an Error interrupts can be done again.
 */
final class Twins {
    /** Those that lead there, the one that is called first. */
    private final Map<Identity, List<Node>> nodes = new HashMap<>();

    private final Map<Node, Identity> identities = new HashMap<>();

    /** Of which others a node was complained of; that they go and come back is no reason to repeat it. */
    private final Map<Node, Set<Endpoint>> known = new WeakHashMap<>();

    private final List<String> complaints = new ArrayList<>();

    /** The node leads to that instance from now on; null: to one of its own. */
    void join(Node node, @Nullable Identity identity) {
        if (identity == null || !identity.equals(identities.get(node))) {
            leave(node);
        }
        if (identity == null) {
            return;
        }
        identities.put(node, identity);
        List<Node> same = nodes.computeIfAbsent(identity, any -> new ArrayList<>(1));
        if (!same.contains(node)) {
            same.add(node);
        }
        Node first = same.getFirst();
        if (first != node) {
            node.standsBehind(first);
            complainOf(first, node, identity);
        }
    }

    /** Whether another node is called in this one's place. */
    boolean isBehind(Node node) {
        Identity identity = identities.get(node);
        return identity != null && nodes.getOrDefault(identity, List.of(node)).getFirst() != node;
    }

    /** The node leads nowhere any more; another one may have taken its place. */
    void leave(Node node) {
        Identity identity = identities.get(node);
        List<Node> same = identity == null ? null : nodes.get(identity);
        if (same != null) {
            same.remove(node);
            if (same.isEmpty()) {
                nodes.remove(identity);
            } else {
                Node first = same.getFirst();
                same.forEach(each -> each.standsBehind(each == first ? null : first));
            }
        }
        node.standsBehind(null);
        identities.remove(node);
    }

    private void complainOf(Node first, Node second, Identity identity) {
        if (!isKnown(first, second) && !isKnown(second, first)) {
            complaints.add(first.instance() + " and " + second.instance() + " are the same instance, with the UUID "
                    + identity.instance()
                    + ": calls go to the first alone; expected each instance once, and no UUID twice");
            known.computeIfAbsent(second, any -> new HashSet<>())
                    .add(first.instance().endpoint());
        }
    }

    private boolean isKnown(Node node, Node other) {
        return known.getOrDefault(node, Set.of()).contains(other.instance().endpoint());
    }

    /** What is to be logged. */
    List<String> takeComplaints() {
        if (complaints.isEmpty()) {
            return List.of();
        }
        List<String> taken = List.copyOf(complaints);
        complaints.clear();
        return taken;
    }
}
