package io.github.moonlibs.discovery.spring;

import java.util.List;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.testcontainers.containers.Container;

/**
 * Connects to a container of Tarantool that a test marks with {@code @ServiceConnection}: one whose image is
 * tarantool/tarantool, or any with {@code @ServiceConnection(name = "tarantool")}. Its port is 3301.
 */
final class TarantoolContainerConnectionDetailsFactory
        extends ContainerConnectionDetailsFactory<Container<?>, DiscoveryConnectionDetails> {
    private static final int PORT = 3301;

    TarantoolContainerConnectionDetailsFactory() {
        super(List.of("tarantool/tarantool", "tarantool"));
    }

    @Override
    protected DiscoveryConnectionDetails getContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
        return new ContainerDetails(source);
    }

    private static final class ContainerDetails extends ContainerConnectionDetails<Container<?>>
            implements DiscoveryConnectionDetails {
        ContainerDetails(ContainerConnectionSource<Container<?>> source) {
            super(source);
        }

        @Override
        public String topology() {
            Container<?> container = getContainer();
            return "static:" + container.getHost() + ":" + container.getMappedPort(PORT);
        }
    }
}
