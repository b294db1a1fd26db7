package io.github.moonlibs.discovery.spring;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * One {@link DiscoveryClient} from the properties {@code discovery.*}, unless the application defines one itself. It connects
 * when it is made, and is closed when the context is: after the web server's graceful shutdown, and letting calls in flight
 * finish for as long as {@code discovery.drain-timeout}. Interfaces with {@link DiscoveryInterface} become beans.
 */
@AutoConfiguration(afterName = "org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration")
@EnableConfigurationProperties(DiscoveryProperties.class)
@Import(DiscoveryInterfaceRegistrar.class)
public class DiscoveryAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean({DiscoveryConnectionDetails.class, DiscoveryClient.class})
    DiscoveryConnectionDetails discoveryConnectionDetails(
            DiscoveryProperties properties, ObjectProvider<SslBundles> bundles) {
        return PropertiesConnectionDetails.of(properties, bundles.getIfAvailable());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    DiscoveryClient discoveryClient(
            DiscoveryConnectionDetails connection,
            DiscoveryProperties properties,
            ObjectProvider<DiscoveryClientCustomizer> customizers) {
        ClientOptions.Builder options = DiscoveryClient.builder().topology(connection.topology());
        String user = connection.user();
        String password = connection.password();
        if (user != null) {
            options.credentials(user, password == null ? "" : password);
        } else if (password != null) {
            throw new IllegalArgumentException("DiscoveryConnectionDetails: expected a user beside the password");
        }
        if (connection.ssl() != null) {
            options.ssl(connection.ssl());
        }
        PropertyOptions.apply(properties, options);
        customizers.orderedStream().forEach(customizer -> customizer.customize(options));
        return PropertyClient.connect(options.build(), properties, connection);
    }
}
