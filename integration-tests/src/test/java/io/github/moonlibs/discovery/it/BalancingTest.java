package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static io.github.moonlibs.discovery.testkit.Waiting.BOUND;
import static io.github.moonlibs.discovery.testkit.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many calls each node gets if one of three servers is slow, or does not answer; counted by the servers. */
@Timeout(600)
class BalancingTest {
    private static final int CALLERS = 10;

    /** So many that chance alone keeps a third of them within 0.2 and 0.47: both are eight standard errors away. */
    private static final int CALLS = 800;

    private final Replicaset set = new Replicaset(Ways.had().getFirst());

    @BeforeEach
    void announce() {
        set.all().forEach(server -> {
            server.eval("local announce = api.discovery; api.discovery = function() "
                    + "local a = announce() a.methods['app.work'] = { retriable = true } return a end");
            work(server, "0.01");
        });
    }

    private static void work(TarantoolServer server, String seconds) {
        server.define("app.work", "function() require('fiber').sleep(" + seconds + ") return 'done' end");
    }

    @AfterEach
    void close() {
        set.close();
    }

    @Test
    void peakEwmaRoutesAroundANodeThatIsFarSlower() {
        work(set.master, "0.2");
        assertThat(shareOfMaster("weighted-random")).isBetween(0.2, 0.47);

        // so slow that it stands out even on a machine that slows all of them down
        work(set.master, "1");
        assertThat(shareOfMaster("peak-ewma")).isLessThan(0.1);
    }

    private double shareOfMaster(String strategy) {
        long before = calls();
        long ofMasterBefore = set.master.calls("app.work");
        try (DiscoveryClient client =
                set.client(options -> options.strategy(strategy).slowStart(Duration.ZERO))) {
            awaitServed(client, "app.work", 3);
            try (Load load = new Load(client, CALLERS, "app.work", List::of, BOUND, BOUND)) {
                load.awaitMore(CALLS);
                load.end();
                assertThat(load.failures).isEmpty();
            }
        }
        return (double) (set.master.calls("app.work") - ofMasterBefore) / (calls() - before);
    }

    private long calls() {
        return set.all().stream().mapToLong(server -> server.calls("app.work")).sum();
    }

    @Test
    void aNodeThatTimesOutGetsItsMinimumVolumeThenProbesAndItsShareAgainAfterItHasRecovered() {
        work(set.master, "3600");
        OutlierPolicy policy =
                OutlierPolicy.builder().baseEjection(Duration.ofSeconds(1)).build();
        CallOptions options =
                CallOptions.defaults().withTimeout(Duration.ofMillis(500)).withDeadline(BOUND);
        try (DiscoveryClient client = set.client(builder ->
                builder.outliers(policy).slowStart(Duration.ofMillis(100)).callOptions(options))) {
            awaitServed(client, "app.work", 3);
            until("it has been probed, and ejected again", () -> {
                client.call("app.work", List.of());
                Ejection ejection = ejectionOfMaster(client);
                int inARow = ejection == null ? 0 : ejection.inARow();
                assertThat(set.master.calls("app.work"))
                        .isLessThanOrEqualTo(policy.minimumCalls() + (long) policy.probes() * inARow);
                return inARow == 2;
            });
            assertThat(set.master.calls("app.work")).isEqualTo(policy.minimumCalls() + policy.probes());

            work(set.master, "0.01");
            until("it is in service again", () -> {
                client.call("app.work", List.of());
                return ejectionOfMaster(client) == null;
            });
            long before = calls();
            long ofMasterBefore = set.master.calls("app.work");
            for (int i = 0; i < CALLS; i++) {
                client.call("app.work", List.of());
            }
            assertThat((double) (set.master.calls("app.work") - ofMasterBefore) / (calls() - before))
                    .isBetween(0.2, 0.47);
        }
    }

    private @Nullable Ejection ejectionOfMaster(DiscoveryClient client) {
        return client.topology().nodes().stream()
                .filter(node -> node.instance().endpoint().address().equals(set.master.endpoint()))
                .flatMap(node -> Stream.ofNullable(node.ejection()))
                .findFirst()
                .orElse(null);
    }
}
