package io.github.moonlibs.discovery.spring;

import io.github.moonlibs.discovery.micrometer.DiscoveryMetrics;
import io.github.moonlibs.discovery.micrometer.DiscoveryObservations;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** The client's metrics and observations, where the application has discovery-micrometer and a registry. */
@AutoConfiguration(
        before = DiscoveryAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
        })
@ConditionalOnClass(DiscoveryMetrics.class)
public class DiscoveryMetricsAutoConfiguration {

    @Bean
    @ConditionalOnBean(MeterRegistry.class)
    DiscoveryClientCustomizer discoveryMetrics(MeterRegistry registry) {
        return options -> options.observer(DiscoveryMetrics.of(registry));
    }

    @Bean
    @ConditionalOnBean(ObservationRegistry.class)
    DiscoveryClientCustomizer discoveryObservations(ObservationRegistry registry) {
        return options -> options.observer(new DiscoveryObservations(registry));
    }
}
