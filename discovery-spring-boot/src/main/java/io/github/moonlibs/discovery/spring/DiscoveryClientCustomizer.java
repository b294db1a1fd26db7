package io.github.moonlibs.discovery.spring;

import io.github.moonlibs.discovery.ClientOptions;

/**
 * A bean that has the last word on the options of the client that is configured automatically. Several are applied in
 * Spring's order ({@code @Order}), after the properties.
 */
@FunctionalInterface
public interface DiscoveryClientCustomizer {
    /** Changes the options. It is called once, before the client connects. */
    void customize(ClientOptions.Builder options);
}
