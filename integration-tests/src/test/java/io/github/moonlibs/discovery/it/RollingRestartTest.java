package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot.Delivery;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Servers are restarted one after another. No caller notices if they announce their shutdown, and few do if they are
 * killed.
 */
@Timeout(300)
class RollingRestartTest {
    private static final int SERVERS = 3;
    private static final int CALLERS = 100;
    private static final Duration PATIENCE = Waiting.BOUND;

    private static final String SCRIPT = ServerModuleTest.MODULE + """
            if box.ctl.set_on_shutdown_timeout ~= nil then box.ctl.set_on_shutdown_timeout(60) end
            function read() return box.info.uuid end
            function once() require('fiber').sleep(0.01) return box.info.uuid end
            require('discovery').cfg { methods = { read = { retriable = true }, once = {} } }
            """;

    private final List<TarantoolServer> servers = new ArrayList<>();

    @AfterEach
    void close() {
        servers.forEach(TarantoolServer::close);
    }

    private DiscoveryClient client() {
        for (int i = 0; i < SERVERS; i++) {
            servers.add(TarantoolServer.builder().script(SCRIPT).start());
        }
        String[] endpoints = servers.stream().map(TarantoolServer::endpoint).toArray(String[]::new);
        return Clients.patient().endpoints(endpoints).connect();
    }

    @Test
    void onlyCallsUnderWayThatMayNotBeRepeatedFailWhenServersAreKilled() {
        try (DiscoveryClient client = client()) {
            Clients.awaitServed(client, "read", SERVERS);
            try (Load repeated = new Load(client, CALLERS, "read", List::of, PATIENCE, PATIENCE);
                    Load once = new Load(client, CALLERS, "once", List::of, PATIENCE, PATIENCE)) {
                for (TarantoolServer server : servers) {
                    once.awaitMore(2 * CALLERS);
                    int before = once.failures.size();
                    server.kill();
                    once.awaitMore(2 * CALLERS);
                    once.assertOnlyCallsUnderWayFailed(before, server.endpoint());
                    server.restart();
                    Clients.awaitServed(client, "once", SERVERS);
                }
                once.awaitMore(2 * CALLERS);
                once.end();
                repeated.end();
                assertThat(repeated.failures).isEmpty();
            }
        }
    }

    @Test
    void noCallFailsWhetherItMayBeRepeatedOrNotWhenServersShutDown() {
        try (DiscoveryClient client = client()) {
            Clients.awaitServed(client, "read", SERVERS);
            assumeThat(client.topology().nodes())
                    .as("the server has no watchers, and does not announce its shutdown")
                    .allMatch(node -> node.protocol() != null && node.protocol().has(ServerProtocol.WATCHERS));
            try (Load repeated = new Load(client, CALLERS, "read", List::of, PATIENCE, PATIENCE);
                    Load once = new Load(client, CALLERS, "once", List::of, PATIENCE, PATIENCE)) {
                for (TarantoolServer server : servers) {
                    once.awaitMore(2 * CALLERS);
                    server.terminate();
                    server.restart();
                    Clients.awaitServed(client, "once", SERVERS);
                }
                once.awaitMore(2 * CALLERS);
                once.end();
                repeated.end();
                assertThat(once.failures).isEmpty();
                assertThat(repeated.failures).isEmpty();
            }
            assertThat(client.topology().nodes())
                    .as("nodes that were restarted")
                    .allMatch(node -> node.connects() >= 2);
            Waiting.until(
                    () -> "announcements that are pushed: " + client.topology(),
                    () -> client.topology().nodes().stream().allMatch(node -> node.delivery() == Delivery.PUSHED));
        }
    }
}
