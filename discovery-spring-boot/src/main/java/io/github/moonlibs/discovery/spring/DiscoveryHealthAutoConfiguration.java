package io.github.moonlibs.discovery.spring;

import io.github.moonlibs.discovery.DiscoveryClient;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.CompositeHealthContributorConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

/** The health of every client that is a bean, under {@code discovery}. */
@AutoConfiguration(after = DiscoveryAutoConfiguration.class)
@ConditionalOnClass({HealthContributor.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(DiscoveryClient.class)
@ConditionalOnEnabledHealthIndicator("discovery")
public class DiscoveryHealthAutoConfiguration
        extends CompositeHealthContributorConfiguration<DiscoveryHealthIndicator, DiscoveryClient> {

    /** The configuration of health that Spring makes. */
    public DiscoveryHealthAutoConfiguration() {
        super(DiscoveryHealthIndicator::new);
    }

    @Bean
    @ConditionalOnMissingBean(name = {"discoveryHealthIndicator", "discoveryHealthContributor"})
    HealthContributor discoveryHealthContributor(ConfigurableListableBeanFactory beans) {
        return createContributor(beans, DiscoveryClient.class);
    }
}
