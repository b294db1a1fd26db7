package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.text.SafeText;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The nodes at one moment, and how current the knowledge of them is. Immutable and thread-safe.
 *
 * @param source where the topology comes from
 * @param nodes in the topology's order; those that are still draining come last
 * @param age the time since the source last confirmed the topology; null if it never did
 * @param lastError the source's failure since it last confirmed the topology; null if there was none
 */
public record TopologySnapshot(
        String source,
        List<NodeSnapshot> nodes,
        @Nullable Duration age,
        @Nullable String lastError) {
    /** Copies the list. */
    public TopologySnapshot {
        nodes = List.copyOf(nodes);
    }

    /** A table, one line for a node. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(SafeText.name(source))
                .append(age == null ? ", not read yet" : ", confirmed " + Attempt.millis(age) + " ago")
                .append(lastError == null ? "" : ", last error: " + SafeText.sentence(lastError));
        for (NodeSnapshot node : nodes) {
            text.append("\n  ").append(node);
        }
        return text.toString();
    }
}
