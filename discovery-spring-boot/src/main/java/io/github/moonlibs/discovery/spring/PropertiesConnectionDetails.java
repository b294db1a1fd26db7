package io.github.moonlibs.discovery.spring;

import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;

/** Where the properties say that the instances are. What might hold a password is never quoted. */
record PropertiesConnectionDetails(
        String topology,
        @Nullable String user,
        @Nullable String password,
        @Nullable SSLContext ssl) implements DiscoveryConnectionDetails {

    /**
     * The connection details of the properties.
     *
     * @throws MissingTopologyException if they don't say where the instances are, or say it twice
     */
    static DiscoveryConnectionDetails of(DiscoveryProperties properties, @Nullable SslBundles bundles) {
        return new PropertiesConnectionDetails(
                topology(properties), properties.user(), properties.password(), ssl(properties.ssl(), bundles));
    }

    private static String topology(DiscoveryProperties properties) {
        String topology = properties.topology();
        List<String> endpoints = properties.endpoints();
        if (topology == null || topology.isBlank()) {
            if (endpoints.isEmpty()) {
                throw new MissingTopologyException("neither is set");
            }
            return DiscoveryConnectionDetails.ofEndpoints(endpoints.toArray(String[]::new))
                    .topology();
        }
        if (!endpoints.isEmpty()) {
            throw new MissingTopologyException("both discovery.topology and discovery.endpoints are set");
        }
        return topology;
    }

    private static @Nullable SSLContext ssl(DiscoveryProperties.Ssl ssl, @Nullable SslBundles bundles) {
        String name = ssl.bundle();
        if (name == null || name.isBlank()) {
            return null;
        }
        if (bundles == null) {
            throw new IllegalArgumentException("discovery.ssl.bundle: expected the application to have SSL bundles "
                    + "(spring.ssl.bundle), and it has none, so there is no bundle " + name);
        }
        return bundles.getBundle(name).createSslContext();
    }

    @Override
    public String toString() {
        return "DiscoveryConnectionDetails of the properties";
    }
}
