package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.moonlibs.discovery.Attempt;
import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.MethodRule.Mode;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three real servers that elect their master by Raft, and lose it under callers. Reads may be repeated, and all servers
 * serve them; writes may not, and the master alone does.
 */
@Timeout(300)
class ElectionTest {
    private static final int SERVERS = 3;
    private static final int READERS = 150;
    private static final int WRITERS = 100;

    /** Reads that hang go elsewhere after this; a machine that is merely busy isn't so slow. */
    private static final Duration READ = Duration.ofSeconds(3);

    private static final String SCRIPT = ServerModuleTest.MODULE + """
            local own = arg[1]
            local members = {}
            for _, port in ipairs(arg) do table.insert(members, 'rep:rep@127.0.0.1:' .. port) end
            function get() return box.info.uuid end
            function put(id)
              local term = box.info.election.term
              box.space.written:insert { id }
              return term, tonumber(own)
            end
            function missing(ids)
              local count = 0
              for _, id in ipairs(ids) do
                if box.space.written:get(id) == nil then count = count + 1 end
              end
              return count
            end
            function promote() return (pcall(box.session.su, 'admin', box.ctl.promote)) end
            box.ctl.set_on_shutdown_timeout(60)
            box.cfg { listen = '127.0.0.1:' .. own, replication = members, election_mode = 'candidate',
              replication_synchro_quorum = 'N / 2 + 1', replication_synchro_timeout = 60,
              memtx_memory = 32 * 1024 * 1024 }
            require('fiber').create(function()
              local function optional(more)
                local options = more or {}
                options.if_not_exists = true
                return options
              end
              box.ctl.wait_rw()
              box.schema.user.create('rep', optional { password = 'rep' })
              box.schema.user.grant('rep', 'replication', nil, nil, optional())
              box.schema.space.create('written', optional { is_sync = true })
              box.space.written:create_index('primary', optional())
              box.schema.user.grant('guest', 'read,write', 'space', 'written', optional())
              -- last: until then no client gets an announcement
              box.schema.user.grant('guest', 'execute', 'universe', nil, optional())
            end)
            -- an orphan that is elected stays read-only until it has seen all members
            while box.info.status ~= 'running' do require('fiber').sleep(0.01) end
            require('discovery').cfg { methods = {
              get = { retriable = true },
              put = { weight = { master = 100, replica = 0 }, not_executed = { 7 } },
              missing = { weight = { master = 100, replica = 0 } } } }
            """;

    @TempDir
    private Path folder;

    private final List<TarantoolProcess> servers = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private DiscoveryClient client;
    private Load readers;
    private Writers writers;
    private TarantoolProcess leader;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(TarantoolServer.program().isPresent(), "a tarantool to start");
        assumeTrue(hasElections(), "the server has no elections, or doesn't announce its shutdown");
        Path script = Files.writeString(folder.resolve("script.lua"), SCRIPT);
        List<Integer> ports = TarantoolProcess.freePorts(SERVERS);
        for (int port : ports) {
            List<String> arguments = new ArrayList<>(List.of(script.toString(), "" + port));
            ports.stream().filter(other -> other != port).forEach(other -> arguments.add("" + other));
            servers.add(new TarantoolProcess(folder.resolve("i" + port), port, arguments).start());
        }
        client = opened(DiscoveryClient.builder()
                .endpoints(servers.stream().map(TarantoolProcess::endpoint).toArray(String[]::new))
                .callOptions(Clients.PATIENT)
                .retryBudget(RetryBudget.unlimited())
                .connect());
        Clients.awaitServed(client, "get", SERVERS);
        leader = awaitLeaderOtherThan(null);
        readers = opened(new Load(client, READERS, "get", List::of, READ, Waiting.BOUND));
        writers = opened(new Writers(client, WRITERS));
        awaitCalls();
    }

    private static boolean hasElections() {
        try (TarantoolServer server = TarantoolServer.start()) {
            return Boolean.TRUE.equals(
                    server.eval("return box.cfg.election_mode ~= nil and box.ctl.promote ~= nil and box.watch ~= nil")
                            .getFirst());
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }

    @AfterEach
    void close() throws Exception {
        // the servers first: what hangs on one that is stopped ends with it
        servers.forEach(TarantoolProcess::close);
        for (AutoCloseable resource : open.reversed()) {
            resource.close();
        }
    }

    private @Nullable TarantoolProcess leader() {
        List<Integer> ports = client.routing().routes("put").stream()
                .map(route -> route.node().endpoint().port())
                .toList();
        return servers.stream()
                .filter(server -> ports.equals(List.of(server.port())))
                .findFirst()
                .orElse(null);
    }

    private TarantoolProcess awaitLeaderOtherThan(@Nullable TarantoolProcess deposed) {
        TarantoolProcess[] found = new TarantoolProcess[1];
        Waiting.until(() -> "a leader other than " + deposed + ": " + client.topology(), () -> {
            found[0] = leader();
            return found[0] != null && found[0] != deposed;
        });
        return found[0];
    }

    private void awaitCalls() {
        readers.awaitMore(2L * READERS);
        writers.awaitMore(2L * WRITERS);
    }

    /** Ends the calls, when all servers serve again. */
    private void end() {
        Clients.awaitServed(client, "get", SERVERS);
        awaitCalls();
        readers.end();
        writers.end();
        assertThat(readers.failures).as("reads that failed").isEmpty();
        assertThat(writers.ofAnOldTerm)
                .as("writes that a stale master answered after a newer one had")
                .isEmpty();
        assertThat(client.call("missing", List.of(List.copyOf(writers.answered)), Long.class))
                .as("writes that were answered, and are lost")
                .isZero();
    }

    /**
     * Where writes under way may have failed: on the leaders before the last one. A busy machine may depose more of them than
     * the test does.
     *
     * @return their ports by their terms
     */
    private static NavigableMap<Long, Integer> deposed(Writers writers) {
        NavigableMap<Long, Integer> deposed = new TreeMap<>(writers.leaders);
        deposed.pollLastEntry();
        return deposed;
    }

    private static void assertOnlyWhatWasUnderWayFailed(Writers writers, Map<Long, Integer> deposed) {
        assertThat(writers.failures).as("writes that failed").hasSizeLessThanOrEqualTo(deposed.size() * WRITERS);
        assertThat(writers.failures)
                .flatExtracting(CallException::attempts)
                .filteredOn(attempt ->
                        attempt.failure() != null && attempt.failure().sent())
                .extracting((Attempt attempt) -> attempt.node().endpoint().port())
                .allMatch(deposed::containsValue);
    }

    @Test
    void noCallFailsWhenTheLeaderShutsDown() throws IOException {
        long term = writers.leaders.lastKey();
        leader.terminate();
        awaitLeaderOtherThan(leader);
        awaitCalls();
        leader.start();
        end();
        Map<Long, Integer> deposed = deposed(writers);
        deposed.remove(term);
        assertOnlyWhatWasUnderWayFailed(writers, deposed);
    }

    @Test
    void onlyTheWritesUnderWayOnALeaderThatIsKilledFail() throws IOException {
        leader.kill();
        awaitLeaderOtherThan(leader);
        awaitCalls();
        leader.start();
        end();
        assertOnlyWhatWasUnderWayFailed(writers, deposed(writers));
    }

    @Test
    void onlyTheWritesUnderWayOnALeaderThatIsDeposedFail() {
        TarantoolProcess next =
                servers.stream().filter(server -> server != leader).findFirst().orElseThrow();
        try (DiscoveryClient control = DiscoveryClient.builder()
                .endpoints(next.endpoint())
                .rule("promote", Mode.ANY, false)
                .connect()) {
            // the others are candidates, too, and may win
            Waiting.until(() -> "a leader other than " + leader + ": " + client.topology(), () -> {
                control.call("promote", List.of(), Clients.PATIENT);
                return awaitLeaderOtherThan(null) != leader;
            });
        }
        end();
        // each deposition begins another term, but a leader may be deposed before it has answered a write
        long elections = writers.leaders.lastKey() - writers.leaders.firstKey();
        assertThat(writers.failures)
                .as("writes that failed")
                .hasSizeLessThanOrEqualTo(Math.toIntExact(elections * WRITERS))
                .allMatch(failure -> failure instanceof CallFailedException);
    }

    @Test
    void aLeaderThatWasStoppedWhileAnotherOneWasElectedAnswersNoMoreWrites() {
        leader.signal("STOP");
        awaitLeaderOtherThan(leader);
        // the other writers hang
        Writers late = opened(new Writers(client, WRITERS));
        late.awaitMore(2L * WRITERS);
        readers.awaitMore(2L * READERS);
        leader.signal("CONT");
        late.awaitMore(2L * WRITERS);
        end();
        late.end();
        assertOnlyWhatWasUnderWayFailed(late, deposed(late));
        assertThat(late.ofAnOldTerm).isEmpty();
        // those that hung haven't seen all leaders
        writers.leaders.putAll(late.leaders);
        assertOnlyWhatWasUnderWayFailed(writers, deposed(writers));
    }
}
