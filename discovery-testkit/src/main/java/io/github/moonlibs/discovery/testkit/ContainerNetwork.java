package io.github.moonlibs.discovery.testkit;

import org.testcontainers.containers.Network;

/** A network in which containers find each other by name. */
final class ContainerNetwork implements AutoCloseable {
    private final Network network = Network.newNetwork();

    Network network() {
        return network;
    }

    @Override
    public void close() {
        network.close();
    }
}
