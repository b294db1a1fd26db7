package io.github.moonlibs.discovery.spring;

import io.github.moonlibs.discovery.DiscoveryClient;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.SmartFactoryBean;

/**
 * Makes the bean of an interface.
 *
 * @param <T> the interface
 */
final class DiscoveryInterfaceFactory<T> implements SmartFactoryBean<T> {
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
        DiscoveryClient bound = client();
        try {
            return bound.bind(type);
        } catch (IllegalArgumentException refused) {
            throw new UnboundInterfaceException(String.valueOf(refused.getMessage()), refused);
        }
    }

    private DiscoveryClient client() {
        try {
            return client.isEmpty()
                    ? beans.getBean(DiscoveryClient.class)
                    : beans.getBean(client, DiscoveryClient.class);
        } catch (NoUniqueBeanDefinitionException ambiguous) {
            throw new UnboundInterfaceException(
                    type.getTypeName()
                            + ": expected one client, or @DiscoveryInterface(client = …) with the name of one" + " of "
                            + ambiguous.getBeanNamesFound(),
                    ambiguous);
        } catch (NoSuchBeanDefinitionException | BeanNotOfRequiredTypeException missing) {
            throw new UnboundInterfaceException(
                    type.getTypeName() + ": expected "
                            + (client.isEmpty()
                                    ? "a bean of DiscoveryClient"
                                    : "the bean " + client + " to be a client")
                            + ": " + missing.getMessage(),
                    missing);
        }
    }

    /** So that the interface is checked when the application starts, even if no bean uses it yet. */
    @Override
    public boolean isEagerInit() {
        return true;
    }

    @Override
    public Class<T> getObjectType() {
        return type;
    }
}
