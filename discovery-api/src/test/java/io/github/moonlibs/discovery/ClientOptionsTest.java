package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClientOptionsTest {
    @Test
    void theDefaultsAreTheContracts() {
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
        assertThatThrownBy(() -> builder.topology("")).hasMessage("topology: expected a name, got an empty string");
        assertThatThrownBy(() -> builder.strategy("")).hasMessage("strategy: expected a name, got an empty string");
        assertThatThrownBy(() -> builder.strategy("", "x"))
                .hasMessage("strategy: expected a name, got an empty string");
        assertThatThrownBy(() -> builder.slowStart(Duration.ofSeconds(-1))).hasMessageContaining("slowStart: expected");
        assertThatThrownBy(() -> builder.credentials("", "x")).hasMessage("user: expected a name, got an empty string");
        assertThatThrownBy(() -> builder.maxWaitingCalls(-1))
                .hasMessage("maxWaitingCalls: expected at least 0, got -1");
        assertThatThrownBy(() -> builder.maxReplySize(1)).hasMessage("maxReplySize: expected at least 1024, got 1");
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
    void aPasswordIsNeverShown() {
        ClientOptions options = DiscoveryClient.builder()
                .endpoints("app:hidden@a:1")
                .credentials("app", "secret")
                .build();
        assertThat(options).hasToString("topology static:…, user app, strategy weighted-random");
    }

    @Test
    void withoutAnImplementationTheMessageSaysWhatToAdd() {
        assertThatThrownBy(() -> DiscoveryClient.connect("static:a:1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("add discovery-core");
    }
}
