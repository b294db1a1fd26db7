package io.github.moonlibs.discovery.testkit;

import org.testcontainers.containers.Network;

/** A network in which containers find each other by name. */
final class ContainerNetwork implements AutoCloseable {
    private final Network network;

    private ContainerNetwork(Network network) {
        this.network = network;
    }

    /** @throws IllegalStateException if there is no container engine */
    static ContainerNetwork open() {
        ContainerProgram.requireEngine("a network of containers");
        return new ContainerNetwork(Network.newNetwork());
    }

    Network network() {
        return network;
    }

    @Override
    public void close() {
        network.close();
    }
}
