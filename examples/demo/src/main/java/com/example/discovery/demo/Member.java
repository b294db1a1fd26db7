package com.example.discovery.demo;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Via;

/** One instance of the service, and what can happen to it. */
interface Member extends AutoCloseable {
    /** Whether this machine has Tarantool. */
    static boolean canBeReal() {
        return TarantoolServer.isAvailable(Via.LOCAL);
    }

    /** Starts a replica: Tarantool if this machine has it, otherwise a node in this process. */
    static Member start(String name) {
        return canBeReal() ? TarantoolMember.start(name) : InProcessMember.start(name);
    }

    String name();

    /** {@code host:port} */
    String endpoint();

    default Instance instance() {
        return Instance.of(name(), Endpoint.parse(endpoint()));
    }

    /** Makes it a replica, or the master. */
    void readOnly(boolean readOnly);

    /** Ends it without warning. */
    void kill();

    /** Starts it again, as a replica. */
    void restart();

    @Override
    void close();
}
