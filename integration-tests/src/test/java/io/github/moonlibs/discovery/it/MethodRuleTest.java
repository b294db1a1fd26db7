package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.MethodRule.Mode;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real servers that announce nothing: the scenario of the main job, by rules. */
@Timeout(600)
class MethodRuleTest {
    private static final String SCRIPT = """
            api = nil
            users = {}
            counts = { get = 0, insert = 0 }
            function users.get() counts.get = counts.get + 1 return box.info.uuid end
            function users.insert()
              counts.insert = counts.insert + 1
              if box.info.ro then box.error(box.error.READONLY) end
              return box.info.uuid
            end
            """;

    private TarantoolServer master;
    private TarantoolServer replica;
    private TarantoolServer other;

    @BeforeEach
    void start() {
        master = TarantoolServer.builder().script(SCRIPT).start();
        replica = TarantoolServer.builder().script(SCRIPT).start().readOnly(true);
        other = TarantoolServer.builder().script(SCRIPT).start().readOnly(true);
    }

    @AfterEach
    void close() {
        List.of(master, replica, other).forEach(TarantoolServer::close);
    }

    private DiscoveryClient client(ClientOptions.Builder options) {
        DiscoveryClient client = options.endpoints(master.endpoint(), replica.endpoint(), other.endpoint())
                .rule("users.*", Mode.PREFER_RO, true)
                .rule("users.insert", Mode.RW, false)
                .slowStart(Duration.ZERO)
                .retryBudget(RetryBudget.unlimited())
                .connect();
        awaitServed(client, "users.*", 3);
        awaitServed(client, "users.insert", 1);
        awaitStandby(client);
        return client;
    }

    /** The master gets reads at first, if it serves before the others, and for a moment when they take over. */
    private void awaitStandby(DiscoveryClient client) {
        Waiting.until(() -> "the master to stand by: " + client.routing(), () -> {
            long before = count(master, "get");
            for (int i = 0; i < 1_000; i++) {
                client.call("users.get", List.of(), Clients.PATIENT);
            }
            return count(master, "get") == before;
        });
        List.of(master, replica, other).forEach(server -> server.eval("counts = { get = 0, insert = 0 }"));
    }

    private static long count(TarantoolServer server, String what) {
        return ((Number) server.eval("return counts." + what).getFirst()).longValue();
    }

    @Test
    void replicasShareTheReadsAndTheMasterGetsTheWrites() {
        try (DiscoveryClient client = client(Clients.patient())) {
            for (int i = 0; i < 1_000; i++) {
                client.call("users.get", List.of());
                client.call("users.insert", List.of());
            }
        }
        // six and a half standard errors
        assertThat(count(replica, "get")).isBetween(397L, 603L);
        assertThat(count(replica, "get") + count(other, "get")).isEqualTo(1_000);
        assertThat(count(master, "get")).isZero();
        assertThat(count(master, "insert")).isEqualTo(1_000);
    }

    @Test
    void noReadFailsWhileRolesChangeAndServersAreKilledAndStopped() {
        try (DiscoveryClient client = client(DiscoveryClient.builder());
                Load load =
                        new Load(client, 20, "users.get", List::of, Duration.ofSeconds(30), Duration.ofSeconds(60))) {
            load.awaitMore(1_500);
            assertThat(count(master, "get")).as("reads of the master's").isZero();

            master.readOnly(true);
            replica.readOnly(false);
            Clients.awaitServedBy(client, "users.insert", replica);
            load.awaitMore(1_500);
            assertThat(count(master, "get"))
                    .as("reads of the one that is a replica now")
                    .isPositive();

            other.kill();
            load.awaitMore(1_500);
            other.restart();
            other.readOnly(true);
            load.awaitMore(1_000);
            master.terminate();
            load.awaitMore(1_500);
            other.kill();
            long before = count(replica, "get");
            load.awaitMore(1_500);
            assertThat(count(replica, "get")).as("reads of the last one's").isGreaterThan(before);
            other.restart();
            master.restart();
            load.awaitMore(1_500);

            load.end();
            assertThat(load.calls).hasValueGreaterThan(10_000);
            assertThat(load.failures).isEmpty();
        }
    }

    @Test
    void writesFollowTheMasterWhenItsRefusalProvesThatNothingRan() throws InterruptedException {
        CallOptions options = Clients.PATIENT.withNotExecuted(error -> error.code() == 7);
        try (DiscoveryClient client = client(Clients.patient().callOptions(options))) {
            AtomicInteger written = new AtomicInteger();
            Thread writer = Thread.startVirtualThread(() -> {
                while (!Thread.currentThread().isInterrupted() && written.get() < 3_000) {
                    client.call("users.insert", List.of());
                    written.incrementAndGet();
                }
            });
            for (int i = 0; i < 3; i++) {
                TarantoolServer next = i % 2 == 0 ? replica : master;
                (i % 2 == 0 ? master : replica).readOnly(true);
                next.readOnly(false);
                // a write that begins earlier may be refused by the last one, and after another change by this one, too
                Clients.awaitServedBy(client, "users.insert", next);
                int before = written.get();
                Waiting.until(
                        () -> "writes after a change of roles",
                        () -> written.get() > before + 100 || !writer.isAlive());
            }
            writer.join();
            assertThat(written).hasValue(3_000);
        }
    }

    @Test
    void aUserThatMayNotCallBoxInfoIsToldSo() {
        for (TarantoolServer server : List.of(master, replica, other)) {
            boolean isReadOnly =
                    Boolean.TRUE.equals(server.eval("return box.info.ro").getFirst());
            server.readOnly(false);
            server.eval("box.schema.user.create('app', { password = 'secret', if_not_exists = true })");
            server.readOnly(isReadOnly);
        }
        try (DiscoveryClient client = Clients.patient()
                .endpoints(master.endpoint())
                .credentials("app", "secret")
                .rule("*", Mode.ANY, true)
                .connect()) {
            Waiting.until(
                    () -> "a refusal: " + client.topology(),
                    () -> client.topology().nodes().getFirst().state() == NodeSnapshot.State.SILENT);
            assertThat(client.topology().nodes().getFirst().reason())
                    .startsWith("box.info failed: ")
                    .contains("'box.info' is denied");
            master.eval("box.schema.func.create('box.info')"
                    + " box.schema.user.grant('app', 'execute', 'function', 'box.info')");

            awaitServed(client, "*", 1);
        }
    }
}
