package io.github.moonlibs.discovery.cli;

import static io.github.moonlibs.discovery.testkit.Waiting.BOUND;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.cli.AttemptLog.Seen;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class AttemptLogTest {
    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(BOUND).withDeadline(BOUND);

    @Test
    void theLastAttemptOfASuccessfulCallWasAnswered() throws InterruptedException {
        try (FakeNode good = FakeNode.start().announce("m", 1, true);
                FakeNode bad = FakeNode.start().announce("m", 1_000, true).fail("m", 1, "refused by the test");
                DiscoveryClient client = DiscoveryClient.builder()
                        .endpoints(good.endpoint(), bad.endpoint())
                        .discoveryTimeout(BOUND)
                        .observer(new AttemptLog())
                        .connect()) {
            assertThat(client.awaitMethod("m", 2, BOUND)).isTrue();
            List<Seen> attempts = new ArrayList<>();
            // one in a thousand is answered at the first attempt
            for (int i = 0; i < 100 && attempts.size() != 2; i++) {
                attempts.clear();
                AttemptLog.call(client, "m", List.of(), PATIENT.withMaxAttempts(2), attempts);
            }

            assertThat(attempts)
                    .extracting(attempt -> attempt.node().name())
                    .containsExactly(bad.endpoint(), good.endpoint());
            assertThat(attempts)
                    .allSatisfy(attempt -> assertThat(attempt.nanos()).isPositive());
        }
    }

    @Test
    void otherCallsAreNotRecorded() throws InterruptedException {
        try (FakeNode node = FakeNode.start().announce("m", 1, true);
                DiscoveryClient client = DiscoveryClient.builder()
                        .endpoints(node.endpoint())
                        .discoveryTimeout(BOUND)
                        .observer(new AttemptLog())
                        .connect()) {
            assertThat(client.awaitMethod("m", 1, BOUND)).isTrue();
            List<Seen> attempts = new ArrayList<>();
            AttemptLog.call(client, "m", List.of(), PATIENT, attempts);
            client.call("m", List.of(), PATIENT);

            assertThat(attempts).hasSize(1);
        }
    }
}
