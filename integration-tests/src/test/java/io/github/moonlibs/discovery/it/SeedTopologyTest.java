package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replicaset of real servers that is found from one of them, while callers call. */
@Timeout(300)
class SeedTopologyTest {
    private static final String SCRIPT = """
            local own, mode = arg[1], arg[2]
            local peers = {}
            for i = 3, #arg do table.insert(peers, 'rep:rep@127.0.0.1:' .. arg[i]) end
            function ping() return own end
            function set_peers(ports)
              local all = {}
              for _, port in ipairs(ports) do table.insert(all, 'rep:rep@127.0.0.1:' .. port) end
              box.cfg { replication = all }
            end
            function forget(uuid)
              box.session.su('admin', box.space._cluster.index.uuid.delete, box.space._cluster.index.uuid, uuid)
            end
            api = { discovery = function()
              return { is_master = not box.info.ro, methods = {
                ping = { weight = 100, retriable = true },
                set_peers = { weight = 100 },
                forget = { weight = box.info.ro and 0 or 100 } } }
            end }
            box.cfg { listen = '127.0.0.1:' .. own, replication = peers, replication_connect_quorum = mode == 'rw' and 0 or 1,
              replication_connect_timeout = 5, read_only = mode ~= 'rw', memtx_memory = 32 * 1024 * 1024 }
            if mode == 'rw' then
              box.schema.user.create('rep', { password = 'rep' })
              box.schema.user.grant('rep', 'replication')
              box.schema.user.grant('guest', 'execute', 'universe')
            end
            """;

    @TempDir
    private Path folder;

    private final List<TarantoolProcess> processes = new ArrayList<>();
    private List<Integer> ports = List.of();

    @BeforeEach
    void requireServers() {
        assumeTrue(TarantoolServer.program().isPresent(), "a tarantool to start");
    }

    private void start(int number, String mode, List<Integer> peers) throws IOException {
        Path script = Files.writeString(folder.resolve("script.lua"), SCRIPT);
        List<String> arguments = new ArrayList<>(List.of(script.toString(), "" + ports.get(number), mode));
        peers.forEach(port -> arguments.add(port.toString()));
        processes.add(new TarantoolProcess(folder.resolve("i" + number), ports.get(number), arguments).start());
    }

    @AfterEach
    void stop() {
        processes.forEach(TarantoolProcess::close);
    }

    private static Set<Integer> serving(DiscoveryClient client) {
        return client.routing().routes("ping").stream()
                .map(route -> route.node().endpoint().port())
                .collect(Collectors.toSet());
    }

    private static void awaitServing(DiscoveryClient client, List<Integer> ports) {
        Waiting.until(
                () -> "exactly " + ports + " to serve: " + client.topology(),
                () -> serving(client).equals(Set.copyOf(ports)));
    }

    @Test
    void fiveAreFoundFromOneAndFollowedWhileCallersCall() throws Exception {
        ports = TarantoolProcess.freePorts(6);
        List<Integer> five = List.copyOf(ports.subList(0, 5));
        start(0, "rw", five);
        try (DiscoveryClient client = DiscoveryClient.builder()
                .topology("seed://127.0.0.1:" + ports.getFirst())
                .connectTimeout(Waiting.BOUND)
                .connect()) {
            awaitServing(client, List.of(five.getFirst()));
            for (int i = 1; i < 5; i++) {
                start(i, "ro", five);
            }
            awaitServing(client, five);
            try (Load load = new Load(client, 10, "ping", List::of, Duration.ofSeconds(10), Duration.ofSeconds(60))) {
                load.awaitMore(200);

                start(5, "ro", ports);
                client.callAll(
                        "set_peers", List.of(ports), CallOptions.defaults().withTimeout(Waiting.BOUND));
                awaitServing(client, ports);
                load.awaitMore(200);

                String uuid = client.topology().nodes().stream()
                        .filter(node -> node.instance().endpoint().port() == ports.get(4))
                        .map(node -> String.valueOf(node.instance().labels().get("uuid")))
                        .findFirst()
                        .orElseThrow();
                List<Integer> remaining = new ArrayList<>(ports);
                remaining.removeIf(ports.get(4)::equals);
                processes.get(4).terminate();
                client.callAll(
                        "set_peers", List.of(remaining), CallOptions.defaults().withTimeout(Waiting.BOUND));
                client.call("forget", List.of(uuid), Clients.PATIENT);
                Waiting.until(
                        () -> "the removed one to be gone: " + client.topology(),
                        () -> client.topology().nodes().size() == 5);
                load.awaitMore(200);

                processes.getFirst().kill();
                load.awaitMore(400);
                assertThat(client.topology().nodes()).as("the dead seed stays").hasSize(5);
                awaitServing(client, remaining.subList(1, 5));
                load.end();
                assertThat(load.failures).isEmpty();
            }
        }
    }

    @Test
    void eachMemberIsFoundThroughABalancer() throws Exception {
        ports = TarantoolProcess.freePorts(2);
        start(0, "rw", ports);
        start(1, "ro", ports);
        try (Balancer balancer = new Balancer(ports);
                DiscoveryClient client = DiscoveryClient.builder()
                        .topology("seed://127.0.0.1:" + balancer.port())
                        .connectTimeout(Waiting.BOUND)
                        .connect()) {
            awaitServing(client, ports);
            Waiting.until(
                    () -> "the members' own addresses alone: " + client.topology(),
                    () -> client.topology().nodes().stream()
                            .map(node -> node.instance().endpoint().port())
                            .sorted()
                            .toList()
                            .equals(ports.stream().sorted().toList()));
        }
    }

    /** Leads each connection to the next of the ports. */
    private static final class Balancer implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());

        Balancer(List<Integer> ports) throws IOException {
            Thread.startVirtualThread(() -> {
                for (int i = 0; !socket.isClosed(); i++) {
                    accept(ports.get(i % ports.size()));
                }
            });
        }

        int port() {
            return socket.getLocalPort();
        }

        private void accept(int port) {
            try {
                Socket client = socket.accept();
                try {
                    Socket server = new Socket(socket.getInetAddress(), port);
                    Thread.startVirtualThread(() -> pass(client, server));
                    Thread.startVirtualThread(() -> pass(server, client));
                } catch (IOException refused) {
                    client.close();
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        private static void pass(Socket from, Socket to) {
            try (from;
                    to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException closed) {
                // and so is the other one
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
