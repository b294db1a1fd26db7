package io.github.moonlibs.discovery.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Credentials;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.MethodRule;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.Waiting;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.context.annotation.Import;
import org.springframework.core.type.AnnotationMetadata;

class DiscoveryAutoConfigurationTest {
    private final FakeNode node = FakeNode.start();
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DiscoveryMetricsAutoConfiguration.class,
                    DiscoveryAutoConfiguration.class,
                    DiscoveryHealthAutoConfiguration.class));

    @BeforeEach
    void announce() {
        node.announce("users.get", 100, true).answer("users.get", args -> List.of("user " + args.get(0)));
    }

    @AfterEach
    void close() {
        node.close();
    }

    private ApplicationContextRunner connected() {
        return application.withPropertyValues("discovery.endpoints=" + node.endpoint());
    }

    /** With a client whose calls outlast whatever the machine does meanwhile. */
    private ApplicationContextRunner calling() {
        return connected().withPropertyValues("discovery.call.timeout=1m");
    }

    @Test
    void clientOfThePropertiesCallsAndIsClosedWithTheContext() {
        DiscoveryClient[] client = new DiscoveryClient[1];
        calling().run(context -> {
            client[0] = context.getBean(DiscoveryClient.class);
            assertThat(client[0].call("users.get", String.class, 42)).isEqualTo("user 42");
        });
        assertThat(client[0].topology().nodes()).isEmpty();
    }

    @Test
    void everyPropertyIsAnOption() {
        connected()
                .withPropertyValues(
                        "discovery.user=app",
                        "discovery.password=S3CRET",
                        "discovery.strategy=least-loaded",
                        "discovery.method-strategies[users.get]=round-robin",
                        "discovery.rules[0].methods=users.*",
                        "discovery.rules[0].mode=prefer-ro",
                        "discovery.rules[0].retriable=true",
                        "discovery.discovery-procedure=api.announce",
                        "discovery.discovery-interval=200ms",
                        "discovery.discovery-timeout=2s",
                        "discovery.announcement-max-age=20s",
                        "discovery.start-timeout=1ms",
                        "discovery.connect-timeout=4s",
                        "discovery.reconnect-delay=500ms",
                        "discovery.drain-timeout=3s",
                        "discovery.slow-start=0s",
                        "discovery.max-in-flight-per-node=64",
                        "discovery.max-waiting-calls=7",
                        "discovery.max-reply-size=2MB",
                        "discovery.io-threads=3",
                        "discovery.accept-empty-topology=true",
                        "discovery.retry-budget.ratio=0.5",
                        "discovery.outliers.base-ejection=7s",
                        "discovery.call.timeout=100ms",
                        "discovery.call.deadline=500ms",
                        "discovery.call.max-attempts=3",
                        "discovery.call.fail-fast=true",
                        "discovery.call.hedging=20ms")
                .run(context -> {
                    ClientOptions options =
                            context.getBean(DiscoveryClient.class).options();
                    assertThat(options.credentials())
                            .isNotNull()
                            .extracting(Supplier::get)
                            .isEqualTo(new Credentials("app", "S3CRET"));
                    assertThat(options.strategy()).isEqualTo("least-loaded");
                    assertThat(options.methodStrategies()).isEqualTo(Map.of("users.get", "round-robin"));
                    assertThat(options.rules())
                            .containsExactly(new MethodRule("users.*", MethodRule.Mode.PREFER_RO, true));
                    assertThat(options.discoveryProcedure()).isEqualTo("api.announce");
                    assertThat(options.discoveryInterval()).isEqualTo(Duration.ofMillis(200));
                    assertThat(options.discoveryTimeout()).isEqualTo(Duration.ofSeconds(2));
                    assertThat(options.announcementMaxAge()).isEqualTo(Duration.ofSeconds(20));
                    assertThat(options.startTimeout()).isEqualTo(Duration.ofMillis(1));
                    assertThat(options.connectTimeout()).isEqualTo(Duration.ofSeconds(4));
                    assertThat(options.reconnectDelay()).isEqualTo(Duration.ofMillis(500));
                    assertThat(options.drainTimeout()).isEqualTo(Duration.ofSeconds(3));
                    assertThat(options.slowStart()).isEqualTo(Duration.ZERO);
                    assertThat(options.maxInFlightPerNode()).isEqualTo(64);
                    assertThat(options.maxWaitingCalls()).isEqualTo(7);
                    assertThat(options.maxReplySize()).isEqualTo(2 << 20);
                    assertThat(options.ioThreads()).isEqualTo(3);
                    assertThat(options.acceptEmptyTopology()).isTrue();
                    assertThat(options.retryBudget().ratio()).isEqualTo(0.5);
                    assertThat(options.outliers().baseEjection()).isEqualTo(Duration.ofSeconds(7));
                    assertThat(options.callOptions().timeout()).isEqualTo(Duration.ofMillis(100));
                    assertThat(options.callOptions().deadlineFromStart()).isEqualTo(Duration.ofMillis(500));
                    assertThat(options.callOptions().maxAttempts()).isEqualTo(3);
                    assertThat(options.callOptions().failFast()).isTrue();
                    assertThat(options.callOptions().hedging()).isEqualTo(Hedging.after(Duration.ofMillis(20)));
                });
    }

    @Test
    void whatIsNotSetKeepsTheLibrarysDefault() {
        ClientOptions defaults =
                ClientOptions.builder().endpoints(node.endpoint()).build();
        connected().run(context -> {
            ClientOptions options = context.getBean(DiscoveryClient.class).options();
            assertThat(options.callOptions()).isEqualTo(defaults.callOptions());
            assertThat(options.outliers()).isEqualTo(OutlierPolicy.defaults());
            assertThat(options.retryBudget()).isEqualTo(defaults.retryBudget());
            assertThat(options.drainTimeout()).isEqualTo(defaults.drainTimeout());
        });
    }

    @Test
    void startWithoutATopologySaysWhatToSet() {
        application.run(context -> {
            assertThat(context).hasFailed();
            Throwable failure = context.getStartupFailure();
            assertThat(failure).isNotNull();
            FailureAnalysis analysis = new MissingTopologyFailureAnalyzer().analyze(failure);
            assertThat(analysis).isNotNull();
            assertThat(analysis.getDescription())
                    .contains("discovery.topology", "discovery.endpoints", "neither is set");
        });
    }

    @Test
    void topologyAndEndpointsTogetherAreRefusedWithoutQuotingThem() {
        connected()
                .withPropertyValues("discovery.topology=static:app:S3CRET@127.0.0.1:1")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("both discovery.topology and discovery.endpoints are set")
                        .hasMessageNotContaining("S3CRET"));
    }

    @Test
    void hedgingThatIsNoTimeSaysWhatWasExpected() {
        connected()
                .withPropertyValues("discovery.call.hedging=sometimes")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining(
                                "expected late, none, p95, or a time such as 20ms, got \"sometimes\""));
    }

    @Test
    void customizerHasTheLastWord() {
        connected()
                .withPropertyValues("discovery.strategy=round-robin")
                .withBean(DiscoveryClientCustomizer.class, () -> options -> options.strategy("peak-ewma"))
                .run(context -> assertThat(
                                context.getBean(DiscoveryClient.class).options().strategy())
                        .isEqualTo("peak-ewma"));
    }

    @Test
    void clientOfTheApplicationTakesTheAutomaticOnesPlace() {
        application
                .withBean(DiscoveryClient.class, () -> DiscoveryClient.connect("static:" + node.endpoint()))
                .run(context -> assertThat(context).hasSingleBean(DiscoveryClient.class));
    }

    @Test
    void connectionDetailsOfATestTakeThePropertiesPlace() {
        application
                .withPropertyValues("discovery.endpoints=127.0.0.1:1", "discovery.call.timeout=1m")
                .withBean(
                        DiscoveryConnectionDetails.class, () -> DiscoveryConnectionDetails.ofEndpoints(node.endpoint()))
                .run(context -> assertThat(
                                context.getBean(DiscoveryClient.class).call("users.get", String.class, 1))
                        .isEqualTo("user 1"));
    }

    private static String nodes(HealthIndicator indicator) {
        Health health = indicator.health();
        return health == null ? "" : String.valueOf(health.getDetails().get("nodes"));
    }

    @Test
    void healthSaysOfEachNodeWhyItDoesNotServe() {
        String down = "127.0.17.2:1";
        application
                .withPropertyValues(
                        "discovery.endpoints=" + node.endpoint() + "," + down, "discovery.discovery-timeout=1m")
                .run(context -> {
                    HealthIndicator indicator = context.getBean(HealthIndicator.class);
                    assertThat(indicator.health()).extracting(Health::getStatus).isEqualTo(Status.UP);
                    // one node is enough to start, so the other may be tried a moment later
                    Waiting.until(
                            () -> "the other node is not refused",
                            () -> nodes(indicator).contains("cannot connect"));
                    assertThat(nodes(indicator)).contains(node.endpoint() + "=serving: ", down + "=");
                });
    }

    @Test
    void healthIsDownWhenNoNodeServes() {
        node.close();
        connected().run(context -> {
            HealthIndicator indicator = context.getBean(HealthIndicator.class);
            assertThat(indicator.health()).extracting(Health::getStatus).isEqualTo(Status.DOWN);
        });
    }

    @Test
    void severalClientsHaveAHealthEach() {
        application
                .withBean("first", DiscoveryClient.class, () -> DiscoveryClient.connect("static:" + node.endpoint()))
                .withBean("second", DiscoveryClient.class, () -> DiscoveryClient.connect("static:" + node.endpoint()))
                .run(context -> assertThat(context.getBean("discoveryHealthContributor"))
                        .isInstanceOfSatisfying(
                                CompositeHealthContributor.class,
                                health -> assertThat(health.stream().map(HealthContributors.Entry::name))
                                        .containsExactlyInAnyOrder("first", "second")));
    }

    @Test
    void metersAreBoundWhereThereIsARegistry() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        calling().withBean(MeterRegistry.class, () -> registry).run(context -> {
            context.getBean(DiscoveryClient.class).call("users.get", String.class, 1);
            assertThat(registry.find("discovery.client.calls").timers()).isNotEmpty();
        });
    }

    @Test
    void applicationWithoutMicrometerAndActuatorStarts() {
        new ApplicationContextRunner()
                .withUserConfiguration(OwnOnly.class)
                .withPropertyValues("discovery.endpoints=" + node.endpoint())
                .withClassLoader(new FilteredClassLoader(
                        "io.micrometer", "io.github.moonlibs.discovery.micrometer", "org.springframework.boot.health"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(DiscoveryClient.class));
    }

    @Test
    void applicationFindsTheConfigurationByItself() {
        new ApplicationContextRunner()
                .withUserConfiguration(Automatic.class)
                .withPropertyValues("discovery.endpoints=" + node.endpoint())
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(DiscoveryClient.class)
                        .hasBean("discoveryHealthContributor")
                        .hasBean("discoveryMetrics")
                        .hasSingleBean(Users.class));
    }

    @Test
    void interfaceInTheApplicationsPackagesIsABean() {
        calling()
                .withUserConfiguration(Application.class)
                .run(context -> assertThat(context.getBean(Users.class).get(7)).isEqualTo("user 7"));
    }

    @Test
    void packagesOfOthersAreNotScanned() {
        connected()
                .withUserConfiguration(ScannedElsewhere.class)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Users.class));
    }

    @Configuration(proxyBeanMethods = false)
    @AutoConfigurationPackage
    static class Application {}

    /** Names its configurations instead of loading them, as the list of them in the jar does. */
    @Configuration(proxyBeanMethods = false)
    @Import(OwnOnly.Selector.class)
    static class OwnOnly {
        static class Selector implements DeferredImportSelector {
            @Override
            public String[] selectImports(AnnotationMetadata importing) {
                return ImportCandidates.load(AutoConfiguration.class, DiscoveryAutoConfiguration.class.getClassLoader())
                        .getCandidates()
                        .stream()
                        .filter(name -> name.startsWith("io.github.moonlibs."))
                        .toArray(String[]::new);
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Automatic {}

    @Configuration(proxyBeanMethods = false)
    @AutoConfigurationPackage(basePackages = "com.example.elsewhere")
    static class ScannedElsewhere {
        @Bean
        String unrelated() {
            return "nothing to be found there";
        }
    }
}
