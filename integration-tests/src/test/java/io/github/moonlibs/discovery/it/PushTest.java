package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.PATIENT;
import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What procedures of a real server push. Every server from 2.6 on has {@code box.session.push}. */
@Timeout(300)
class PushTest {
    private static final String REPORT = "function(count)"
            + " for i = 1, count do box.session.push({ step = i, of = count }) end"
            + " return 'done' end";

    public record Progress(int step, int of) {}

    @Test
    void whatARealServerPushesComesTypedInOrderAndBeforeTheResult() {
        try (TarantoolServer server = TarantoolServer.start().define("report", REPORT);
                DiscoveryClient client =
                        Clients.patient().endpoints(server.endpoint()).connect()) {
            for (boolean retriable : List.of(true, false)) {
                server.announce("report", 100, retriable);
                awaitServed(client, "report", 1);
                List<Object> got = new ArrayList<>();
                CallOptions options = PATIENT.withPushListener(
                        pushed -> got.add(pushed.value().as(Progress.class)));
                got.add(client.call("report", List.of(3), options).get(0));
                assertThat(got).containsExactly(new Progress(1, 3), new Progress(2, 3), new Progress(3, 3), "done");
            }
            assertThat(client.call("report", List.of(1_000), String.class))
                    .as("without a listener")
                    .isEqualTo("done");
            CallOptions throwing = PATIENT.withPushListener(pushed -> {
                throw new IllegalStateException("thrown by a listener");
            });
            assertThatThrownBy(() -> client.call("report", List.of(1_000), throwing))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("thrown by a listener");
            assertThat(client.call("report", List.of(1), String.class)).isEqualTo("done");
        }
    }
}
