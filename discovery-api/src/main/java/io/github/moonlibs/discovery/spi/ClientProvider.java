package io.github.moonlibs.discovery.spi;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;

/** Opens clients; implemented by discovery-core and found by {@link java.util.ServiceLoader}. */
public interface ClientProvider {
    /**
     * Opens a client.
     *
     * @throws IllegalArgumentException if an option is wrong; the message says what was expected
     */
    DiscoveryClient open(ClientOptions options);
}
