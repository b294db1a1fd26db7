package io.github.moonlibs.discovery.spring;

import io.github.moonlibs.discovery.DiscoveryClient;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.FactoryBean;

/**
 * Makes the bean of an interface.
 *
 * @param <T> the interface
 */
final class DiscoveryInterfaceFactory<T> implements FactoryBean<T> {
    private final BeanFactory beans;
    private final Class<T> type;
    private final String client;

    DiscoveryInterfaceFactory(BeanFactory beans, Class<T> type, String client) {
        this.beans = beans;
        this.type = type;
        this.client = client;
    }

    @Override
    public T getObject() {
        DiscoveryClient bound =
                client.isEmpty() ? beans.getBean(DiscoveryClient.class) : beans.getBean(client, DiscoveryClient.class);
        return bound.bind(type);
    }

    @Override
    public Class<T> getObjectType() {
        return type;
    }
}
