package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot.Delivery;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The master's role goes to and fro between two real servers, and writers that may not be repeated notice nothing of it. */
@Timeout(300)
class WriteFlipTest {
    private static final int WRITERS = 8;
    private static final int READERS = 200;
    private static final int FLIPS = Integer.getInteger("discovery.it.flips", 6);

    private final Queue<CallException> failures = new ConcurrentLinkedQueue<>();
    private final AtomicIntegerArray written = new AtomicIntegerArray(WRITERS);

    private static final String PROCEDURES = """
            box.once('written', function()
              box.schema.space.create('written'):create_index('primary')
              box.schema.user.grant('guest', 'read,write', 'space', 'written')
            end)
            function write() box.space.written:auto_increment {} return box.info.uuid end
            function read() return box.info.uuid end
            """;

    private static String script(String notExecuted) {
        return PROCEDURES + """
                function api.discovery()
                  return { is_master = not box.info.ro, methods = {
                    write = { weight = box.info.ro and 0 or 100, not_executed = %s } } }
                end
                """.formatted(notExecuted);
    }

    @Test
    void noWriteFailsWhereTheServersAnnounceThatReadOnlyMeansNotExecuted() {
        flipUnderWriters("{ 7 }", Clients.PATIENT);
    }

    @Test
    void noWriteFailsWhereTheCallersSayIt() {
        flipUnderWriters("nil", Clients.PATIENT.withNotExecuted(error -> error.code() == 7));
    }

    @Test
    void noWriteFailsWhereAServerDoesNotHaveTheProcedureOrDeniesIt() {
        try (TarantoolServer one =
                        TarantoolServer.builder().script(script("nil")).start();
                TarantoolServer other =
                        TarantoolServer.builder().script(script("nil")).start();
                DiscoveryClient client = Clients.patient()
                        .endpoints(one.endpoint(), other.endpoint())
                        .connect()) {
            Clients.awaitServed(client, "write", 2);
            one.eval("kept = write; write = nil");
            for (int i = 0; i < 20; i++) {
                client.call("write", List.of());
            }
            one.eval("write = kept");
            other.eval("box.schema.user.revoke('guest', 'execute', 'universe')"
                    + " box.schema.func.create('api.discovery', { if_not_exists = true })"
                    + " box.schema.user.grant('guest', 'execute', 'function', 'api.discovery')");
            for (int i = 0; i < 20; i++) {
                client.call("write", List.of());
            }
            assertThat(one.eval("return box.space.written:len()").getFirst()).isNotEqualTo(0L);
        }
    }

    private void flipUnderWriters(String notExecuted, CallOptions options) {
        try (TarantoolServer one =
                        TarantoolServer.builder().script(script(notExecuted)).start();
                TarantoolServer other =
                        TarantoolServer.builder().script(script(notExecuted)).start()) {
            other.readOnly(true);
            try (DiscoveryClient client = Clients.patient()
                    .endpoints(one.endpoint(), other.endpoint())
                    .connect()) {
                flipUnderWriters(client, options, one, other);
            }
            assertEachWriteWasMadeOnce(one, other);
        }
    }

    @Test
    void noWriteAndNoReadFailsWhereTheServersPushWhatTheModuleAnnounces() {
        String script = ServerModuleTest.MODULE + PROCEDURES + """
                require('discovery').cfg { methods = {
                  write = { weight = { master = 100, replica = 0 }, not_executed = { 7 } },
                  read = { weight = 100, retriable = true } } }
                """;
        try (TarantoolServer one = TarantoolServer.builder().script(script).start();
                TarantoolServer other = TarantoolServer.builder().script(script).start()) {
            other.readOnly(true);
            try (DiscoveryClient client = Clients.patient()
                    .endpoints(one.endpoint(), other.endpoint())
                    .connect()) {
                Clients.awaitServed(client, "read", 2);
                assumeThat(client.topology().nodes())
                        .as("the server has no watchers")
                        .allMatch(node ->
                                node.protocol() != null && node.protocol().has(ServerProtocol.WATCHERS));
                awaitPushed(client);
                Duration patience = Waiting.BOUND;
                try (Load readers = new Load(client, READERS, "read", List::of, patience, patience)) {
                    flipUnderWriters(client, Clients.PATIENT, one, other);
                    readers.end();
                    assertThat(readers.failures).isEmpty();
                    assertThat(readers.calls).hasPositiveValue();
                }
                // a node counts as asked for a moment when the answer to a heartbeat overtakes what it pushes
                awaitPushed(client);
            }
            assertEachWriteWasMadeOnce(one, other);
        }
    }

    private static void awaitPushed(DiscoveryClient client) {
        Waiting.until(
                () -> "announcements that are pushed: " + client.topology(),
                () -> client.topology().nodes().stream().allMatch(node -> node.delivery() == Delivery.PUSHED));
    }

    private void assertEachWriteWasMadeOnce(TarantoolServer one, TarantoolServer other) {
        assertThat(failures).isEmpty();
        long rows = List.of(one, other).stream()
                .mapToLong(server ->
                        (Long) server.eval("return box.space.written:len()").getFirst())
                .sum();
        long answers = 0;
        for (int i = 0; i < WRITERS; i++) {
            answers += written.get(i);
        }
        assertThat(rows).isEqualTo(answers);
    }

    private void flipUnderWriters(
            DiscoveryClient client, CallOptions options, TarantoolServer one, TarantoolServer other) {
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            writers.add(Thread.startVirtualThread(() -> {
                while (!over.get()) {
                    try {
                        client.call("write", List.of(), options);
                        written.incrementAndGet(writer);
                    } catch (CallException failure) {
                        failures.add(failure);
                    }
                }
            }));
        }
        try {
            TarantoolServer master = one;
            for (int flip = 0; flip < FLIPS; flip++) {
                TarantoolServer next = master == one ? other : one;
                awaitEachWriter(client, master);
                master.readOnly(true);
                next.readOnly(false);
                master = next;
            }
            awaitEachWriter(client, master);
        } finally {
            over.set(true);
            writers.forEach(WriteFlipTest::join);
        }
    }

    /**
     * Until no write is under way that began before it was known who the master is. It may have been refused by the last one,
     * and a server is tried once for a call: after another change, the present one would refuse it, too.
     */
    private void awaitEachWriter(DiscoveryClient client, TarantoolServer master) {
        Clients.awaitServedBy(client, "write", master);
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            int enough = written.get(writer) + 2;
            Waiting.until(
                    () -> "two more writes of writer " + writer + "; failures " + failures,
                    () -> written.get(writer) >= enough);
        }
    }

    private static void join(Thread writer) {
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
