package io.github.moonlibs.discovery.spring;

import java.util.List;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanNameGenerator;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/** Finds the interfaces with {@link DiscoveryInterface}, and defines a bean of each. */
final class DiscoveryInterfaceRegistrar implements ImportBeanDefinitionRegistrar {
    private final ClassPathScanningCandidateComponentProvider scanner = new InterfaceScanner();
    private final BeanFactory beans;
    private final ResourceLoader resources;

    /** Spring gives these to a registrar with such a constructor. */
    DiscoveryInterfaceRegistrar(BeanFactory beans, Environment environment, ResourceLoader resources) {
        this.beans = beans;
        this.resources = resources;
        scanner.setEnvironment(environment);
        scanner.setResourceLoader(resources);
    }

    @Override
    public void registerBeanDefinitions(
            AnnotationMetadata importing, BeanDefinitionRegistry registry, BeanNameGenerator names) {
        List<String> packages = AutoConfigurationPackages.has(beans) ? AutoConfigurationPackages.get(beans) : List.of();
        for (String name : packages) {
            for (BeanDefinition found : scanner.findCandidateComponents(name)) {
                register(found, registry, names);
            }
        }
    }

    private void register(BeanDefinition found, BeanDefinitionRegistry registry, BeanNameGenerator names) {
        String className = String.valueOf(found.getBeanClassName());
        Class<?> type = ClassUtils.resolveClassName(className, resources.getClassLoader());
        String name = names.generateBeanName(found, registry);
        if (!registry.containsBeanDefinition(name)) {
            registry.registerBeanDefinition(name, definition(type));
        }
    }

    private <T> RootBeanDefinition definition(Class<T> type) {
        DiscoveryInterface annotation = type.getAnnotation(DiscoveryInterface.class);
        String client = annotation == null ? "" : annotation.client();
        RootBeanDefinition definition = new RootBeanDefinition();
        definition.setTargetType(ResolvableType.forClassWithGenerics(DiscoveryInterfaceFactory.class, type));
        definition.setBeanClass(DiscoveryInterfaceFactory.class);
        definition.setInstanceSupplier(() -> new DiscoveryInterfaceFactory<>(beans, type, client));
        definition.setAttribute(FactoryBean.OBJECT_TYPE_ATTRIBUTE, type);
        return definition;
    }

    /** Spring's scanner leaves interfaces out. */
    private static final class InterfaceScanner extends ClassPathScanningCandidateComponentProvider {
        InterfaceScanner() {
            super(false);
            addIncludeFilter(new AnnotationTypeFilter(DiscoveryInterface.class));
        }

        @Override
        protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
            return definition.getMetadata().isInterface()
                    && definition.getMetadata().isIndependent();
        }
    }
}
