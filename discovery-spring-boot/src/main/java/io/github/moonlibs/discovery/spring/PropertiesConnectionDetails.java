package io.github.moonlibs.discovery.spring;

import io.github.moonlibs.discovery.Credentials;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;

/**
 * Where the properties say that the instances are. What might hold a password is never quoted.
 *
 * @param from the property that says it
 */
record PropertiesConnectionDetails(
        Property<?> from,
        String topology,
        @Nullable String user,
        @Nullable String password,
        @Nullable SSLContext ssl) implements DiscoveryConnectionDetails {

    /**
     * The connection details of the properties.
     *
     * @throws MissingTopologyException if they don't say where the instances are, or say it twice
     * @throws RefusedPropertyException if one of the others is wrong
     */
    static DiscoveryConnectionDetails of(DiscoveryProperties properties, @Nullable SslBundles bundles) {
        checkLogin(Property.of("discovery.user", properties.user()), properties.password());
        SSLContext ssl = Property.of("discovery.ssl.bundle", properties.ssl().bundle())
                .as(name -> name.isBlank() ? null : bundle(name, bundles));
        String topology = properties.topology();
        List<String> endpoints = properties.endpoints();
        if (topology == null || topology.isBlank()) {
            if (endpoints.isEmpty()) {
                throw new MissingTopologyException("neither is set");
            }
            String all = DiscoveryConnectionDetails.ofEndpoints(endpoints.toArray(String[]::new))
                    .topology();
            return new PropertiesConnectionDetails(
                    Property.of("discovery.endpoints", endpoints), all, properties.user(), properties.password(), ssl);
        }
        if (!endpoints.isEmpty()) {
            throw new MissingTopologyException("both discovery.topology and discovery.endpoints are set");
        }
        return new PropertiesConnectionDetails(
                Property.of("discovery.topology", topology), topology, properties.user(), properties.password(), ssl);
    }

    private static void checkLogin(Property<String> user, @Nullable String password) {
        user.to(name -> new Credentials(name, ""));
        if (user.value() == null && password != null) {
            throw Property.of("discovery.password", password).refused("expected discovery.user to be set, too");
        }
    }

    private static SSLContext bundle(String name, @Nullable SslBundles bundles) {
        if (bundles == null) {
            throw new IllegalArgumentException(
                    "expected the application to have SSL bundles (spring.ssl.bundle), and it has none");
        }
        return bundles.getBundle(name).createSslContext();
    }

    @Override
    public String toString() {
        return "DiscoveryConnectionDetails of the properties";
    }
}
