package io.github.moonlibs.discovery.core.node;

/** Is notified of the sessions of nodes, each by its node's own thread; must not block. */
public interface SessionListener {
    /** Takes no notice. */
    SessionListener NONE = new SessionListener() {
        @Override
        public void opened(Node node, Session session) {}

        @Override
        public void ended(Node node, Session session) {}
    };

    /** A node is connected. */
    void opened(Node node, Session session);

    /** The session that was opened last is of no more use to the node. */
    void ended(Node node, Session session);
}
