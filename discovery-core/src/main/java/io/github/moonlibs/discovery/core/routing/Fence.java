package io.github.moonlibs.discovery.core.routing;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.NodeSnapshot.StaleMaster;
import io.github.moonlibs.discovery.core.node.Node;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes call themselves masters though there has been a newer one, and what is kept from them: the methods that
 * only masters serve. It is MongoDB's rule for electionId, but that a term is remembered with the node that announced it:
 *
 * <ul>
 *   <li>Only a master's term counts. A node that stands for election again and again has a high term and no say.
 *   <li>It counts after the node has gone or has stepped down: the next master may not be in sight yet, and the last one
 *       but one is no substitute.
 *   <li>It counts no more when the node has left the topology, or announces a lower term or none: its replicaset was
 *       built anew.
 * </ul>
 *
 * <p>What a node serves is taken from its last announcement, even while it is down: a method that replicas serve doesn't
 * become the masters' own because the replicas are away. A part of the router's drafting paper: not thread-safe.
 */
final class Fence {
    /** @param ruledIn the last term in which the node was seen to be the master; null: none that counts */
    private record Known(
            Announcement announcement, @Nullable BigDecimal ruledIn) {
        boolean isMaster() {
            return Boolean.TRUE.equals(announcement.isMaster());
        }

        boolean serves(String method) {
            Announcement.Method entry = announcement.methods().get(method);
            return entry != null && entry.weight() > 0;
        }
    }

    private final Map<Node, Known> known = new HashMap<>();
    private List<String> complaints = new ArrayList<>();

    /** The methods that are kept from each stale master. */
    private Map<Node, Set<String>> barred = Map.of();

    /** What is to be logged of the nodes, and was not yet. */
    List<String> takeComplaints() {
        List<String> taken = complaints;
        complaints = new ArrayList<>(0);
        return taken;
    }

    /** Whether nothing is kept from any node. */
    boolean isDown() {
        return barred.isEmpty();
    }

    boolean bars(Node node, String method) {
        return barred.getOrDefault(node, Set.of()).contains(method);
    }

    /**
     * Takes note of what a node announces.
     *
     * @return the methods that are kept from other nodes than before
     */
    Set<String> announce(Node node, Announcement announcement) {
        Known before = known.get(node);
        known.put(node, new Known(announcement, ruledIn(announcement, before == null ? null : before.ruledIn())));
        return reconsider();
    }

    private static @Nullable BigDecimal ruledIn(Announcement announcement, @Nullable BigDecimal before) {
        BigDecimal term = announcement.term();
        if (Boolean.TRUE.equals(announcement.isMaster())) {
            return term;
        }
        return term == null || before == null || term.compareTo(before) < 0 ? null : before;
    }

    /** As {@link #announce}, for a node that has left the topology. */
    Set<String> forget(Node node) {
        known.remove(node);
        node.stale(null);
        return reconsider();
    }

    private Set<String> reconsider() {
        Node newest = null;
        BigDecimal newestTerm = null;
        for (Map.Entry<Node, Known> each : known.entrySet()) {
            BigDecimal term = each.getValue().ruledIn();
            if (term != null && (newestTerm == null || term.compareTo(newestTerm) > 0)) {
                newest = each.getKey();
                newestTerm = term;
            }
        }
        Map<Node, Set<String>> next = new HashMap<>();
        if (newest != null && newestTerm != null) {
            for (Map.Entry<Node, Known> each : known.entrySet()) {
                BigDecimal term = each.getValue().ruledIn();
                StaleMaster stale = null;
                if (each.getValue().isMaster() && term != null && term.compareTo(newestTerm) < 0) {
                    stale = new StaleMaster(term, newest.instance(), newestTerm);
                    next.put(each.getKey(), mastersOwn(each.getValue()));
                }
                mark(each.getKey(), stale);
            }
        } else {
            known.keySet().forEach(node -> mark(node, null));
        }
        Set<String> changed = difference(barred, next);
        changed.addAll(difference(next, barred));
        barred = next;
        return changed;
    }

    private void mark(Node node, @Nullable StaleMaster stale) {
        if (stale != null && node.stale() == null) {
            complaints.add(node.instance() + " is " + stale + "; what only masters serve is kept from it");
        }
        node.stale(stale);
    }

    /** Those of the methods that no other node serves than masters. */
    private Set<String> mastersOwn(Known stale) {
        Set<String> methods = new HashSet<>(stale.announcement().methods().keySet());
        methods.removeIf(method -> !stale.serves(method)
                || known.values().stream().anyMatch(other -> !other.isMaster() && other.serves(method)));
        return methods;
    }

    /** What is kept from a node there, and not here. */
    private static Set<String> difference(Map<Node, Set<String>> there, Map<Node, Set<String>> here) {
        Set<String> methods = new HashSet<>();
        there.forEach((node, kept) -> {
            Set<String> less = here.getOrDefault(node, Set.of());
            kept.stream().filter(method -> !less.contains(method)).forEach(methods::add);
        });
        return methods;
    }
}
