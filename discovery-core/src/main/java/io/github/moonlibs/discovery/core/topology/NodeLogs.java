package io.github.moonlibs.discovery.core.topology;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.core.support.BoundedLog;
import io.github.moonlibs.discovery.core.support.Log;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the nodes have to say to the log, bounded by their addresses: a node that is removed and put back again and again is a
 * new one each time, and goes on with the lines that the last one had. Guarded by the topology's lock, but for {@link #tick}.
 */
final class NodeLogs {
    /** Of so many nodes that have gone it is known what they said. */
    private static final int MOST_GONE = 1_000;

    private final Log log;

    /** The one that was put back last is the last one. */
    private final Map<Endpoint, BoundedLog> all = new LinkedHashMap<>();

    /** Those of nodes that have gone, whose own threads look after their lines no more. */
    private volatile List<BoundedLog> gone = List.of();

    NodeLogs(Log log) {
        this.log = log;
    }

    /** The log of a node that is new. */
    BoundedLog of(Endpoint endpoint) {
        BoundedLog known = all.remove(endpoint);
        BoundedLog own = known == null ? new BoundedLog(log) : known;
        all.put(endpoint, own);
        return own;
    }

    /** These are the nodes now. Of the others, those that have not been there for longest are forgotten. */
    void retain(Set<Endpoint> nodes) {
        int more = all.size() - nodes.size() - MOST_GONE;
        for (Iterator<Map.Entry<Endpoint, BoundedLog>> each = all.entrySet().iterator(); more > 0 && each.hasNext(); ) {
            Map.Entry<Endpoint, BoundedLog> entry = each.next();
            if (!nodes.contains(entry.getKey())) {
                entry.getValue().end();
                each.remove();
                more--;
            }
        }
        if (all.size() == nodes.size()) {
            gone = List.of();
        } else {
            List<BoundedLog> without = new ArrayList<>();
            all.forEach((endpoint, own) -> {
                if (!nodes.contains(endpoint)) {
                    without.add(own);
                }
            });
            gone = without;
        }
    }

    /** Writes what was held back of nodes that have gone. To be called now and then. */
    void tick() {
        gone.forEach(BoundedLog::tick);
    }

    /** Writes what was held back, and from now on each line at once: few are to come. */
    void end() {
        all.values().forEach(BoundedLog::end);
    }
}
