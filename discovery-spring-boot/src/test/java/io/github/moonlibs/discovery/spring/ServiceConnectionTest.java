package io.github.moonlibs.discovery.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Via;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.context.ImportTestcontainers;
import org.springframework.boot.testcontainers.lifecycle.TestcontainersLifecycleApplicationContextInitializer;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;

/** {@code @ServiceConnection} connects the client to a container, by its image or by a name. */
class ServiceConnectionTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withInitializer(new TestcontainersLifecycleApplicationContextInitializer())
            .withConfiguration(
                    AutoConfigurations.of(ServiceConnectionAutoConfiguration.class, DiscoveryAutoConfiguration.class));

    /** A node that is published as the port 3301 of a container, and needs no engine. */
    static final class NodeContainer extends GenericContainer<NodeContainer> {
        private final FakeNode node =
                FakeNode.start().announce("users.get", 100, true).answer("users.get", args -> List.of("Ann"));

        private final String image;

        NodeContainer(String image) {
            super(image);
            this.image = image;
        }

        @Override
        public String getDockerImageName() {
            return image;
        }

        @Override
        public void start() {}

        @Override
        public void stop() {
            node.close();
        }

        @Override
        public String getHost() {
            return node.endpoint().replaceFirst(":\\d+$", "");
        }

        @Override
        public Integer getMappedPort(int port) {
            assertThat(port).isEqualTo(3301);
            return Integer.valueOf(node.endpoint().replaceFirst(".*:", ""));
        }
    }

    /** Its image is known only where the container is a field. */
    @Configuration(proxyBeanMethods = false)
    @ImportTestcontainers(ByImage.class)
    static class ByImage {
        @ServiceConnection
        static final NodeContainer TARANTOOL = new NodeContainer("tarantool/tarantool:3");
    }

    @Configuration(proxyBeanMethods = false)
    static class ByName {
        @Bean
        @ServiceConnection(name = "tarantool")
        NodeContainer tarantool() {
            return new NodeContainer("registry.example.com/storage:7");
        }
    }

    /** A real container, where there is an engine. */
    @Configuration(proxyBeanMethods = false)
    static class OfAnEngine {
        private static final String SCRIPT = """
                box.cfg { listen = 3301 }
                box.schema.user.grant('guest', 'execute', 'universe')
                users = { get = function() return 'Ann' end }
                api = { discovery = function() return { methods = { ['users.get'] = { weight = 100, retriable = true } } } end }
                """;

        @Bean
        @ServiceConnection(name = "tarantool")
        GenericContainer<?> tarantool() {
            return new GenericContainer<>(
                            System.getProperty(TarantoolServer.IMAGE_PROPERTY, "tarantool/tarantool:2.11"))
                    .withExposedPorts(3301)
                    .withCopyToContainer(Transferable.of(SCRIPT), "/tmp/users.lua")
                    .withCommand("tarantool", "/tmp/users.lua");
        }
    }

    static Stream<Class<?>> containers() {
        Stream<Class<?>> always = Stream.of(ByImage.class, ByName.class);
        return TarantoolServer.isAvailable(Via.CONTAINER) ? Stream.concat(always, Stream.of(OfAnEngine.class)) : always;
    }

    @ParameterizedTest
    @MethodSource("containers")
    void aContainerIsRecognizedByItsImageOrByAName(Class<?> container) {
        application.withUserConfiguration(container).run(ServiceConnectionTest::assertConnected);
    }

    @Test
    void aContainerTakesPrecedenceOverProperties() {
        application
                .withUserConfiguration(ByName.class)
                .withPropertyValues("discovery.endpoints=127.0.0.1:1", "discovery.start-timeout=0s")
                .run(ServiceConnectionTest::assertConnected);
    }

    private static void assertConnected(ApplicationContext context) {
        DiscoveryClient client = context.getBean(DiscoveryClient.class);
        CallOptions patient =
                client.callOptions().withTimeout(Duration.ofMinutes(1)).withDeadline(Duration.ofMinutes(1));
        assertThat(client.call("users.get", List.of(), patient, String.class)).isEqualTo("Ann");
    }
}
