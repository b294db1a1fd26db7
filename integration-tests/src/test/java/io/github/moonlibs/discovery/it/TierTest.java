package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real master that stands by for its replicas, which go down one by one under load; the servers count. */
@Timeout(300)
class TierTest {
    private static final int CALLERS = 50;
    private static final long SOME = 20L * CALLERS;

    private static final String SCRIPT = ServerModuleTest.MODULE + """
            reads = 0
            function read() reads = reads + 1 return box.info.uuid end
            require('discovery').cfg { methods = {
              read = { retriable = true, tier = { master = 1, replica = 0 } } } }
            """;

    private TarantoolServer master;
    private TarantoolServer replica;
    private TarantoolServer other;

    @BeforeEach
    void start() {
        master = TarantoolServer.builder().script(SCRIPT).start();
        replica = TarantoolServer.builder().script(SCRIPT).readOnly().start();
        other = TarantoolServer.builder().script(SCRIPT).readOnly().start();
    }

    @AfterEach
    void close() {
        List.of(master, replica, other).forEach(TarantoolServer::close);
    }

    @Test
    void theMasterIsReadFromOnlyWhileTheLastReplicaIsDown() {
        try (DiscoveryClient client = Clients.patient()
                        .endpoints(master.endpoint(), replica.endpoint(), other.endpoint())
                        .retryBudget(RetryBudget.unlimited())
                        .connect();
                Load load = new Load(client, CALLERS, "read", List::of, Duration.ofSeconds(30), Waiting.BOUND)) {
            Clients.awaitServed(client, "read", 3);
            awaitStandby(load);

            long before = reads(master);
            replica.kill();
            Clients.awaitServed(client, "read", 2);
            load.awaitMore(SOME);
            assertThat(reads(master))
                    .as("reads of the master's beside a replica's")
                    .isEqualTo(before);

            other.kill();
            Clients.awaitServed(client, "read", 1);
            load.awaitMore(SOME);
            assertThat(reads(master) - before)
                    .as("reads of the master's while it is alone")
                    .isGreaterThanOrEqualTo(SOME - CALLERS);

            replica.restart();
            Clients.awaitServed(client, "read", 2);
            awaitStandby(load);

            before = reads(master);
            other.restart();
            Clients.awaitServed(client, "read", 3);
            load.awaitMore(SOME);
            load.end();
            assertThat(reads(master))
                    .as("reads of the master's beside two replicas'")
                    .isEqualTo(before);
            assertThat(reads(other)).isPositive();
            assertThat(load.failures).isEmpty();
        }
    }

    /** The master is read from while it alone serves, and for a moment when a replica takes over. */
    private void awaitStandby(Load load) {
        Waiting.until("the master to stand by", () -> {
            long before = reads(master);
            load.awaitMore(SOME);
            return reads(master) == before;
        });
    }

    private static long reads(TarantoolServer server) {
        return ((Number) server.eval("return reads").getFirst()).longValue();
    }
}
