package io.github.moonlibs.discovery.core.node;

import io.github.moonlibs.discovery.Announcement;
import java.util.Collection;
import java.util.function.LongConsumer;

/** Where a node's life puts what the node announces: the routing, as this room sees it. Thread-safe. */
public interface NodeRoutes {
    /**
     * Routes to the node what it announces over the session; all that it announced before is replaced.
     *
     * @param staging gets the number of the table that contains the change, just ahead of its publication; must not block
     */
    void announce(Node node, Session session, Announcement announcement, LongConsumer staging);

    /**
     * Routes nothing to the nodes any more.
     *
     * @param staging as of {@link #announce}
     */
    void withdraw(Collection<Node> nodes, LongConsumer staging);

    /** As above, for one node. */
    void withdraw(Node node);
}
