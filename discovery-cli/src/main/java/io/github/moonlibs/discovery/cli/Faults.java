package io.github.moonlibs.discovery.cli;

import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import java.util.ArrayList;
import java.util.List;

/** What keeps calls from nodes that announce that they serve them. */
final class Faults {
    private Faults() {}

    /** What is wrong with the node, each in words that follow its name and "is"; nothing if it serves as it announces. */
    static List<String> of(NodeSnapshot node) {
        if (node.state() != State.SERVING) {
            return List.of(node.state() + ": " + node.reason());
        }
        return ofServing(node);
    }

    /** What is wrong with a node that is connected and announces what it serves. */
    static List<String> ofServing(NodeSnapshot node) {
        List<String> faults = new ArrayList<>();
        if (node.twin() != null) {
            faults.add("the same instance as " + node.twin()
                    + ", which is called for both; expected each instance once, and no UUID twice");
        }
        if (node.staleMaster() != null) {
            faults.add(node.staleMaster() + "; what only masters serve is kept from it");
        }
        if (node.ejection() != null) {
            faults.add(node.ejection().toString());
        }
        return faults;
    }

    /** Whether calls may go to the node: it serves, and no other one is called in its place. */
    static boolean isInService(NodeSnapshot node) {
        return node.state() == State.SERVING && node.twin() == null;
    }
}
