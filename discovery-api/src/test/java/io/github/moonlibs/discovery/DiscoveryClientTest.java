package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.bind.RecordingClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiscoveryClientTest {
    private static final CallOptions OWN = CallOptions.defaults().withTimeout(Duration.ofSeconds(9));

    private final RecordingClient client = new RecordingClient(OWN).answering("Ann");

    @Test
    void aCallWithoutOptionsHasTheClientsOwn() {
        assertThat(client.callOptions()).isSameAs(OWN);

        client.call("m", List.of(1));
        assertThat(client.lastCall().options()).isSameAs(OWN);
        client.call("m", List.of(1), String.class);
        assertThat(client.lastCall().options()).isSameAs(OWN);
        client.callAll("m", List.of(1));
        assertThat(client.lastCall().options()).isSameAs(OWN);
        assertThat(client.lastCall().ofAllNodes()).isTrue();
        assertThat(client.lastCall().arguments()).isEqualTo(List.of(1));
    }

    @Test
    void argumentsMayBeAListOrFollowTheType() {
        assertThat(client.call("m", String.class, 1, null, List.of(2))).isEqualTo("Ann");
        assertThat(client.lastCall().arguments()).isEqualTo(Arrays.asList(1, null, List.of(2)));
        client.call("m", String.class);
        assertThat(client.lastCall().arguments()).isEmpty();
        client.call("m", String.class, List.of(1, 2));
        assertThat(client.lastCall().arguments()).isEqualTo(List.of(List.of(1, 2)));
        client.call("m", List.of(1, 2), String.class);
        assertThat(client.lastCall().arguments()).isEqualTo(List.of(1, 2));
    }

    @Test
    void aLoneNullIsOneArgument() {
        client.call("m", String.class, (Object) null);
        assertThat(client.lastCall().arguments()).containsExactly((Object) null);
        // what the compiler makes of null without the cast
        client.call("m", String.class, (Object[]) null);
        assertThat(client.lastCall().arguments()).containsExactly((Object) null);
    }

    @Test
    void aPreparedMethodTakesArgumentsInBothWays() {
        PreparedMethod prepared = client.method("m");

        assertThat(prepared.call(String.class, 1, null)).isEqualTo("Ann");
        assertThat(client.lastCall().arguments()).isEqualTo(Arrays.asList(1, null));
        assertThat(prepared.call(List.of(1), String.class)).isEqualTo("Ann");
        assertThat(client.lastCall().arguments()).isEqualTo(List.of(1));
        assertThat(client.lastCall().options()).isSameAs(OWN);
    }

    @Test
    void withoutAnImplementationTheMessageSaysWhatToAdd() {
        assertThatThrownBy(() -> DiscoveryClient.connect("static:a:1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("add discovery-core");
    }
}
