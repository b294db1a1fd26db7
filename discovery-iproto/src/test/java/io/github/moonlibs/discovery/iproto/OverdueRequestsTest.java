package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What waits to be sent to a server that does not read is bounded. */
class OverdueRequestsTest {
    @Test
    void requestsOfCallsThatAreOverCostNoMemory() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(peer -> {
            peer.greet();
            over.await();
        })) {
            String said = ChildJvm.run(
                    OverdueRequests.class,
                    List.of("-Xmx96m", "-XX:+UseSerialGC"),
                    server.endpoint().toString());
            over.countDown();
            assertThat(said.lines().toList().getLast()).as(said).isEqualTo("all timed out");
        }
    }
}
