package io.github.moonlibs.discovery.spring;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import java.time.Duration;
import java.util.Map;

/**
 * Opens the client, which finds what the options name among the plug-ins: the topology and the strategies. If it refuses one
 * of them, the failure has the property's name.
 */
final class PropertyClient {
    private PropertyClient() {}

    static DiscoveryClient connect(
            ClientOptions options, DiscoveryProperties properties, DiscoveryConnectionDetails connection) {
        try {
            return DiscoveryClient.connect(options);
        } catch (IllegalArgumentException refused) {
            if (takesStrategies(options)) {
                if (connection instanceof PropertiesConnectionDetails details
                        && options.topology().equals(details.topology())) {
                    throw new RefusedPropertyException(details.from(), refused);
                }
            } else {
                PropertyOptions.strategies(properties).forEach(property -> property.to(PropertyClient::tryStrategy));
            }
            // of the application's own code
            throw refused;
        }
    }

    private static boolean takesStrategies(ClientOptions options) {
        try {
            tryStrategies(options.strategy(), options.methodStrategies());
            return true;
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }

    private static void tryStrategy(String name) {
        tryStrategies(name, Map.of());
    }

    /** By a client without instances: only a client knows which strategies there are. */
    private static void tryStrategies(String usual, Map<String, String> others) {
        ClientOptions.Builder options = DiscoveryClient.builder()
                .source(sink -> {})
                .startTimeout(Duration.ZERO)
                .strategy(usual);
        others.forEach(options::strategy);
        options.connect().close();
    }
}
