package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers with the configuration of Tarantool 3 are isolated under callers, one after another: they close their
 * connections without announcing it.
 */
@Timeout(300)
@SuppressWarnings("InlineFormatString") // a file reads better apart
class IsolatedTest {
    private static final int SERVERS = 3;
    private static final int CALLERS = 100;

    /** An instance reloads the configuration when the file has changed. */
    private static final String APPLICATION = """
            local config, fiber = require('config'), require('fiber')
            local function configuration()
              local file = io.open('%s')
              local text = file:read('*a')
              file:close()
              return text
            end
            fiber.create(function()
              local seen = configuration()
              while true do
                fiber.sleep(0.01)
                local text = configuration()
                if text ~= seen then
                  seen = text
                  config:reload()
                end
              end
            end)
            function repeated() fiber.sleep(0.005) return box.info.uuid end
            function once() fiber.sleep(0.005) return box.info.uuid end
            require('discovery').cfg { methods = { repeated = { retriable = true }, once = {} } }
            """;

    private static final String CONFIGURATION = """
            credentials:
              users:
                guest: { privileges: [ { permissions: [ execute ], universe: true } ] }
                rep: { password: rep, roles: [ replication ] }
            iproto: { advertise: { peer: { login: rep } } }
            replication: { failover: manual }
            memtx: { memory: 67108864 }
            app: { file: '%s' }
            groups:
              all:
                replicasets:
                  users:
                    leader: i0
                    instances:
            """;

    @TempDir
    private Path folder;

    private final List<TarantoolProcess> servers = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        assumeTrue(TarantoolServer.program().isPresent(), "a tarantool to start");
        assumeTrue(knowsIsolation(), "the server has no instances that can be isolated");
        List<Integer> ports = TarantoolProcess.freePorts(SERVERS);
        Path configuration = folder.resolve("config.yaml");
        for (int i = 0; i < SERVERS; i++) {
            List<String> arguments = List.of("--name", "i" + i, "--config", configuration.toString());
            servers.add(new TarantoolProcess(folder.resolve("i" + i), ports.get(i), arguments));
        }
        Files.writeString(folder.resolve("app.lua"), ServerModuleTest.MODULE + APPLICATION.formatted(configuration));
        configure(null);
        for (TarantoolProcess server : servers) {
            server.start();
        }
    }

    private static boolean knowsIsolation() {
        try (TarantoolServer server = TarantoolServer.start()) {
            return Boolean.TRUE.equals(
                    server.eval("local ok, config = pcall(require, 'internal.config.instance_config')"
                                    + " return ok and config.schema.fields.isolated ~= nil")
                            .getFirst());
        }
    }

    @AfterEach
    void close() {
        servers.forEach(TarantoolProcess::close);
    }

    /** Writes the configuration as a whole. */
    private void configure(@Nullable TarantoolProcess isolated) throws IOException {
        String instances = servers.stream()
                .map(server -> "          i%d: { iproto: { listen: [ { uri: '%s' } ] }, isolated: %b }\n"
                        .formatted(servers.indexOf(server), server.endpoint(), server == isolated))
                .collect(Collectors.joining());
        Path next = folder.resolve("config.next");
        Files.writeString(next, CONFIGURATION.formatted(folder.resolve("app.lua")) + instances);
        Files.move(next, folder.resolve("config.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void noCallThatMayBeRepeatedFailsWhenInstancesAreIsolatedAndComeBack() throws IOException {
        String[] endpoints = servers.stream().map(TarantoolProcess::endpoint).toArray(String[]::new);
        try (DiscoveryClient client = Clients.patient()
                .endpoints(endpoints)
                .retryBudget(RetryBudget.unlimited())
                .connect()) {
            Clients.awaitServed(client, "once", SERVERS);
            try (Load repeated = load(client, "repeated");
                    Load once = load(client, "once")) {
                for (TarantoolProcess server : servers) {
                    once.awaitMore(2 * CALLERS);
                    int before = once.failures.size();
                    configure(server);
                    Clients.awaitServed(client, "once", SERVERS - 1);
                    once.awaitMore(2 * CALLERS);
                    once.assertOnlyCallsUnderWayFailed(before, server.endpoint());
                    configure(null);
                    Clients.awaitServed(client, "once", SERVERS);
                }
                once.awaitMore(2 * CALLERS);
                once.end();
                repeated.end();
                assertThat(repeated.failures).isEmpty();
            }
        }
    }

    private static Load load(DiscoveryClient client, String method) {
        return new Load(client, CALLERS, method, List::of, Waiting.BOUND, Waiting.BOUND);
    }
}
