package io.github.moonlibs.discovery.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.FakeNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

/** An application with an interface that can't be a bean says why, even if no bean uses it. */
class UnboundInterfaceTest {
    private final FakeNode node = FakeNode.start();
    private final ApplicationContextRunner application =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(DiscoveryAutoConfiguration.class));

    @AfterEach
    void close() {
        node.close();
    }

    private DiscoveryClient client() {
        return DiscoveryClient.connect("static:" + node.endpoint());
    }

    @Test
    void interfaceThatCannotBeBoundIsReportedWhole() {
        String description = StartFailure.of(application
                        .withUserConfiguration(ApplicationWithBroken.class)
                        .withPropertyValues("discovery.endpoints=" + node.endpoint()))
                .getDescription();
        assertThat(description)
                .contains("cannot bind com.example.broken.Broken, 2 problems:")
                .contains("first(): ", "second(): ");
    }

    @Test
    void interfaceWithSeveralClientsSaysWhichThereAre() {
        ApplicationContextRunner several = application
                .withUserConfiguration(Application.class)
                .withBean("orders", DiscoveryClient.class, this::client)
                .withBean("people", DiscoveryClient.class, this::client);
        assertThat(StartFailure.of(several).getDescription())
                .contains(Users.class.getName())
                .contains("expected one client", "orders", "people");
    }

    @Configuration(proxyBeanMethods = false)
    @AutoConfigurationPackage(basePackages = "com.example.broken")
    static class ApplicationWithBroken {}

    @Configuration(proxyBeanMethods = false)
    @AutoConfigurationPackage
    static class Application {}
}
