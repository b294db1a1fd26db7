package io.github.moonlibs.discovery.spring;

import java.util.Arrays;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the instances are, and how to log in. A bean of this type takes the place of the properties {@code
 * discovery.topology}, {@code discovery.endpoints}, {@code discovery.user}, {@code discovery.password} and {@code
 * discovery.ssl.bundle}; a test gives one for the servers that it has started.
 */
public interface DiscoveryConnectionDetails extends ConnectionDetails {
    /** The topology's URI, for example {@code static:10.0.0.1:3301,10.0.0.2:3301}. */
    String topology();

    /** The user to log in as; null: the server's guest. */
    default @Nullable String user() {
        return null;
    }

    /** The user's password; null if there is no user. */
    default @Nullable String password() {
        return null;
    }

    /** How to speak TLS; null: in the clear. */
    default @Nullable SSLContext ssl() {
        return null;
    }

    /** The instances themselves, each as in {@link io.github.moonlibs.discovery.Endpoint#parse}; as guest, in the clear. */
    static DiscoveryConnectionDetails ofEndpoints(String... endpoints) {
        String topology = Arrays.stream(endpoints).collect(Collectors.joining(",", "static:", ""));
        return () -> topology;
    }
}
