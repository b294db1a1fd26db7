package io.github.moonlibs.discovery.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** An application with a property that the client refuses says which it is, in the words of Spring Boot. */
class RefusedPropertyTest {
    private static final Pattern NAME =
            Pattern.compile("\"name\": \"(discovery\\.[^\"]+)\",\\s+\"type\": \"([^\"]+)\"");

    /** A wrong value of each property that can have one: all but those that are true or false. */
    private static final Map<String, String> WRONG = new TreeMap<>(Map.ofEntries(
            Map.entry("discovery.topology", "etcd://app:S3CRET@127.0.0.1:1/users"),
            Map.entry("discovery.endpoints", "127.0.0.1:1,app:S3CRET@nowhere"),
            Map.entry("discovery.user", ""),
            Map.entry("discovery.password", "S3CRET"),
            Map.entry("discovery.ssl.bundle", "nosuch"),
            Map.entry("discovery.strategy", "fastest"),
            Map.entry("discovery.method-strategies[users.get]", "round-robin(fastest)"),
            Map.entry("discovery.rules[0].methods", "users.*.get"),
            Map.entry("discovery.discovery-procedure", ""),
            Map.entry("discovery.discovery-interval", "0s"),
            Map.entry("discovery.discovery-timeout", "-1s"),
            Map.entry("discovery.announcement-max-age", "0s"),
            Map.entry("discovery.start-timeout", "-1s"),
            Map.entry("discovery.connect-timeout", "0s"),
            Map.entry("discovery.reconnect-delay", "0s"),
            Map.entry("discovery.drain-timeout", "0s"),
            Map.entry("discovery.slow-start", "-10s"),
            Map.entry("discovery.max-in-flight-per-node", "0"),
            Map.entry("discovery.max-waiting-calls", "-1"),
            Map.entry("discovery.max-reply-size", "2GB"),
            Map.entry("discovery.io-threads", "65"),
            Map.entry("discovery.retry-budget.ratio", "-0.1"),
            Map.entry("discovery.retry-budget.min-per-second", "-1"),
            Map.entry("discovery.outliers.failure-rate", "50"),
            Map.entry("discovery.outliers.window-calls", "5"),
            Map.entry("discovery.outliers.minimum-calls", "21"),
            Map.entry("discovery.outliers.max-ejected-share", "1.5"),
            Map.entry("discovery.outliers.base-ejection", "0s"),
            Map.entry("discovery.outliers.max-ejection", "1s"),
            Map.entry("discovery.call.timeout", "0s"),
            Map.entry("discovery.call.deadline", "0s"),
            Map.entry("discovery.call.max-attempts", "0"),
            Map.entry("discovery.call.hedging", "p99")));

    private static final Set<String> HIDDEN =
            Set.of("discovery.topology", "discovery.endpoints", "discovery.user", "discovery.password");

    private final FakeNode node = FakeNode.start();
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, DiscoveryAutoConfiguration.class));

    @AfterEach
    void close() {
        node.close();
    }

    private ApplicationContextRunner connected() {
        return application.withPropertyValues("discovery.endpoints=" + node.endpoint());
    }

    private FailureAnalysis failure(String... properties) {
        return StartFailure.of(connected().withPropertyValues(properties));
    }

    private FailureAnalysis failureOf(String name, String value) {
        ApplicationContextRunner others = name.equals("discovery.topology") ? application : connected();
        return StartFailure.of(
                others.withPropertyValues("discovery.rules[0].mode=any", "discovery.rules[0].methods=users.*")
                        .withPropertyValues(name + "=" + value));
    }

    @TestFactory
    Stream<DynamicTest> wrongValueIsReportedWithThePropertysName() {
        return WRONG.entrySet().stream()
                .map(wrong -> DynamicTest.dynamicTest(
                        wrong.getKey(), () -> assertReported(wrong.getKey(), wrong.getValue())));
    }

    private void assertReported(String name, String value) {
        FailureAnalysis analysis = failureOf(name, value);
        assertThat(analysis.getDescription())
                .contains("    Property: " + name + "\n")
                .contains("    Origin: \"" + name + "\" from property source \"test\"\n")
                .contains("    Reason: ")
                .containsPattern("expected|no plug-in|cannot be found")
                .doesNotContain("S3CRET");
        if (HIDDEN.contains(name)) {
            assertThat(analysis.getDescription()).contains("    Value: not shown, because it may hold credentials\n");
        } else {
            assertThat(analysis.getDescription()).contains("    Value: \"" + value + "\"\n");
        }
        assertThat(analysis.getAction()).contains(name).doesNotContain("S3CRET");
    }

    @Test
    void everyPropertyHasATestOfAWrongValue() throws IOException {
        Set<String> described = new TreeSet<>();
        try (InputStream metadata =
                DiscoveryProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            assertThat(metadata).isNotNull();
            Matcher each = NAME.matcher(new String(metadata.readAllBytes(), StandardCharsets.UTF_8));
            while (each.find()) {
                if (!each.group(2).equals("java.lang.Boolean") && !each.group(2).startsWith("io.github.moonlibs.")) {
                    described.add(each.group(1));
                }
            }
        }
        Set<String> tested = new TreeSet<>();
        WRONG.keySet().forEach(name -> tested.add(name.replaceAll("\\[.*", "")));
        assertThat(described).hasSizeGreaterThan(25).isEqualTo(tested);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "discovery.call.max-attempts=0 | expected at least 1, got 0",
                "discovery.call.hedging=p99 | expected late, none, p95, or a time such as 20ms, got \"p99\"",
                "discovery.max-reply-size=2GB | expected less than 2GB, got 2147483648B",
                "discovery.strategy=fastest | no plug-in has the name \"fastest\"; found",
                "discovery.password=S3CRET | expected discovery.user to be set, too",
                "discovery.ssl.bundle=nosuch | SSL bundle name 'nosuch' cannot be found",
                "discovery.rules[1].mode=any | expected a value, got none",
                "discovery.outliers.window-calls=5 | minimumCalls: expected 1 to windowCalls, which is 5, got 10",
            })
    void reasonIsTheOptions(String property, String reason) {
        assertThat(failure("discovery.rules[0].mode=any", "discovery.rules[0].methods=users.*", property)
                        .getDescription())
                .contains("    Reason: " + reason)
                .doesNotContain("S3CRET");
    }

    @Test
    void propertiesThatContradictEachOtherAreAllNamed() {
        FailureAnalysis analysis = failure(
                "discovery.outliers.window-calls=5",
                "discovery.outliers.minimum-calls=8",
                "discovery.outliers.max-ejected-share=0.1");
        assertThat(analysis.getDescription())
                .contains("Property: discovery.outliers.window-calls", "Property: discovery.outliers.minimum-calls")
                .doesNotContain("max-ejected-share")
                .contains("Reason: minimumCalls: expected 1 to windowCalls, which is 5, got 8");
        assertThat(analysis.getAction())
                .isEqualTo("Correct discovery.outliers.window-calls or discovery.outliers.minimum-calls.");
    }

    @Test
    void propertiesThatFitTogetherAreTakenInAnyOrder() {
        connected()
                .withPropertyValues("discovery.outliers.minimum-calls=40", "discovery.outliers.window-calls=50")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void missingModuleOfATopologyIsNamed() {
        FailureAnalysis analysis =
                StartFailure.of(application.withPropertyValues("discovery.topology=etcd://127.0.0.1:1/users"));
        assertThat(analysis.getDescription()).contains("no plug-in has the scheme \"etcd\"; found");
        assertThat(analysis.getAction()).contains("discovery.topology", "discovery-etcd");
    }

    @Test
    void propertyOfTheEnvironmentIsFoundAsItIsWrittenThere() {
        Map<String, Object> variables =
                Map.of("DISCOVERY_CALL_MAXATTEMPTS", "0", "DISCOVERY_ENDPOINTS_0", node.endpoint());
        FailureAnalysis analysis = StartFailure.of(application.withInitializer(context -> context.getEnvironment()
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("systemEnvironment", variables))));
        assertThat(analysis.getDescription())
                .contains("Property: discovery.call.max-attempts\n")
                .contains("Value: \"0\"\n")
                .contains("Origin: \"DISCOVERY_CALL_MAXATTEMPTS\" from property source");
    }

    /** Whatever is wrong beside it: what an application's own code sets is no property's fault. */
    @Test
    void optionOfACustomizerIsNotBlamedOnAProperty() {
        for (DiscoveryClientCustomizer customizer : List.<DiscoveryClientCustomizer>of(
                options -> options.strategy("fastest"), options -> options.topology("nosuch:x"))) {
            connected()
                    .withBean(DiscoveryClientCustomizer.class, () -> customizer)
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("no plug-in"));
        }
    }
}
