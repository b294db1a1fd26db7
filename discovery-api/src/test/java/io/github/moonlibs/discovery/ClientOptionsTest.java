package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.spi.ClientObserver;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class ClientOptionsTest {
    private static final ClientObserver OBSERVER = new ClientObserver() {};

    @Test
    void theDefaultsAreThoseOfTheContract() {
        ClientOptions options =
                DiscoveryClient.builder().endpoints("a:1", "b:1").build();

        assertThat(options.topology()).isEqualTo("static:a:1,b:1");
        assertThat(options.discoveryProcedure()).isEqualTo("api.discovery");
        assertThat(options.discoveryInterval()).isEqualTo(Duration.ofMillis(100));
        assertThat(options.discoveryTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(options.reconnectDelay()).isEqualTo(Duration.ofMillis(300));
        assertThat(options.drainTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(options.strategy()).isEqualTo("weighted-random");
        assertThat(options.methodStrategies()).isEmpty();
        assertThat(options.slowStart()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.outliers()).isEqualTo(OutlierPolicy.defaults());
        assertThat(options.acceptEmptyTopology()).isFalse();
        assertThat(options.callOptions().timeout()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void everyWrongOptionIsRefusedWithASentenceWhereItIsSet() {
        ClientOptions.Builder builder = DiscoveryClient.builder();

        assertThatThrownBy(builder::build).hasMessageStartingWith("topology: expected a URI such as ");
        assertThatThrownBy(() -> builder.topology("")).hasMessage("topology: expected a URI, got an empty string");
        assertThatThrownBy(() -> builder.strategy("")).hasMessage("strategy: expected a name, got an empty string");
        assertThatThrownBy(() -> builder.strategy("", "x"))
                .hasMessage("strategy: expected a name, got an empty string");
        assertThatThrownBy(() -> builder.slowStart(Duration.ofSeconds(-1))).hasMessageContaining("slowStart: expected");
        assertThatThrownBy(() -> builder.credentials("", "x")).hasMessage("user: expected a name, got an empty string");
        assertThatThrownBy(() -> builder.maxWaitingCalls(-1))
                .hasMessage("maxWaitingCalls: expected at least 0, got -1");
        assertThatThrownBy(() -> builder.maxReplySize(1)).hasMessage("maxReplySize: expected at least 1024, got 1");
        assertThatThrownBy(builder::endpoints).hasMessage("endpoints: expected at least one, got none");
        assertThatThrownBy(() -> builder.maxInFlightPerNode(0))
                .hasMessage("maxInFlightPerNode: expected at least 1, got 0");
        assertThatThrownBy(() -> builder.ioThreads(65)).hasMessage("ioThreads: expected a number from 1 to 64, got 65");
        for (Duration wrong :
                new Duration[] {Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MAX_VALUE)}) {
            assertThatThrownBy(() -> builder.discoveryInterval(wrong)).hasMessageContaining("got " + wrong);
            assertThatThrownBy(() -> builder.discoveryTimeout(wrong)).hasMessageContaining("got " + wrong);
            assertThatThrownBy(() -> builder.connectTimeout(wrong)).hasMessageContaining("got " + wrong);
            assertThatThrownBy(() -> builder.reconnectDelay(wrong)).hasMessageContaining("got " + wrong);
            assertThatThrownBy(() -> builder.drainTimeout(wrong)).hasMessageContaining("got " + wrong);
            assertThatThrownBy(() -> CallOptions.defaults().withTimeout(wrong)).hasMessageContaining("got " + wrong);
            assertThatThrownBy(() -> CallOptions.defaults().withDeadline(wrong)).hasMessageContaining("got " + wrong);
        }
    }

    @Test
    @SuppressWarnings("NullAway") // what a caller without a checker of nulls passes
    void nullIsRefusedWhereItIsSetAndTheMessageNamesTheOption() {
        ClientOptions.Builder builder = DiscoveryClient.builder();

        assertThatThrownBy(() -> builder.topology(null)).hasMessage("topology: expected a value, got null");
        assertThatThrownBy(() -> builder.drainTimeout(null)).hasMessage("drainTimeout: expected a value, got null");
        assertThatThrownBy(() -> builder.retryBudget(null)).hasMessage("retryBudget: expected a value, got null");
        assertThatThrownBy(() -> builder.callOptions(null)).hasMessage("callOptions: expected a value, got null");
        assertThatThrownBy(() -> builder.observer(null)).hasMessage("observer: expected a value, got null");
        assertThatThrownBy(() -> CallOptions.defaults().withHedging(null))
                .hasMessage("hedging: expected a value, got null");
    }

    /** A value of each option that differs from its default. */
    private static ClientOptions.Builder changed() throws NoSuchAlgorithmException {
        return ClientOptions.builder()
                .endpoints("a:1")
                .credentials("app", "secret")
                .ssl(SSLContext.getDefault())
                .discoveryProcedure("other.discovery")
                .discoveryInterval(Duration.ofMillis(11))
                .discoveryTimeout(Duration.ofMillis(12))
                .connectTimeout(Duration.ofMillis(13))
                .reconnectDelay(Duration.ofMillis(14))
                .drainTimeout(Duration.ofMillis(15))
                .announcementMaxAge(Duration.ofMillis(22))
                .startTimeout(Duration.ofMillis(23))
                .maxWaitingCalls(16)
                .maxInFlightPerNode(17)
                .maxReplySize(1_818)
                .ioThreads(19)
                .retryBudget(new RetryBudget(0.19, 19))
                .strategy("round-robin")
                .strategy("users.*", "least-loaded")
                .slowStart(Duration.ofMillis(20))
                .outliers(OutlierPolicy.off())
                .acceptEmptyTopology(true)
                .tupleNames(true)
                .callOptions(CallOptions.defaults().withMaxAttempts(21))
                .observer(OBSERVER);
    }

    @Test
    void optionsAreEqualIfEachOfThemIs() throws NoSuchAlgorithmException {
        ClientOptions options = changed().build();

        assertThat(options)
                .isEqualTo(changed().build())
                .hasSameHashCodeAs(changed().build());
        List<UnaryOperator<ClientOptions.Builder>> changes = List.of(
                builder -> builder.topology("static:b:1"),
                builder -> builder.source(sink -> {}),
                builder -> builder.credentials("app", "other"),
                builder -> builder.credentials("other", "secret"),
                builder -> builder.discoveryProcedure("x"),
                builder -> builder.discoveryInterval(Duration.ofSeconds(1)),
                builder -> builder.discoveryTimeout(Duration.ofSeconds(1)),
                builder -> builder.connectTimeout(Duration.ofSeconds(1)),
                ClientOptions.Builder::neverReconnect,
                builder -> builder.drainTimeout(Duration.ofSeconds(1)),
                builder -> builder.announcementMaxAge(Duration.ofSeconds(1)),
                builder -> builder.startTimeout(Duration.ZERO),
                builder -> builder.maxWaitingCalls(1),
                builder -> builder.maxInFlightPerNode(1),
                builder -> builder.maxReplySize(1_024),
                builder -> builder.ioThreads(2),
                builder -> builder.retryBudget(RetryBudget.unlimited()),
                builder -> builder.strategy("peak-ewma"),
                builder -> builder.strategy("users.*", "peak-ewma"),
                builder -> builder.slowStart(Duration.ZERO),
                builder -> builder.outliers(OutlierPolicy.defaults()),
                builder -> builder.acceptEmptyTopology(false),
                builder -> builder.tupleNames(false),
                builder -> builder.callOptions(CallOptions.defaults()),
                builder -> builder.observer(OBSERVER));
        assertThat(changes)
                .allSatisfy(
                        change -> assertThat(change.apply(changed()).build()).isNotEqualTo(options));
    }

    @Test
    void aBuilderOfOptionsHasAllOfThemAndChangesNoneOfThem() throws NoSuchAlgorithmException {
        ClientOptions options = changed().build();
        ClientOptions.Builder builder = options.toBuilder();

        assertThat(builder.build()).isEqualTo(options);
        builder.strategy("users.get", "peak-ewma").observer(OBSERVER).maxWaitingCalls(1);
        assertThat(options).isEqualTo(changed().build());
        ClientOptions built = builder.build();
        builder.observer(OBSERVER);
        assertThat(built.observers()).hasSize(2);
        assertThat(built.maxWaitingCalls()).isEqualTo(1);
        assertThat(built.methodStrategies()).containsOnlyKeys("users.*", "users.get");
        assertThatThrownBy(() -> built.observers().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> built.methodStrategies().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aPasswordIsNeverShown() {
        ClientOptions options = DiscoveryClient.builder()
                .endpoints("app:hidden@a:1")
                .credentials("app", "secret")
                .build();
        assertThat(options).hasToString("topology static:…, user app, strategy weighted-random");
    }
}
