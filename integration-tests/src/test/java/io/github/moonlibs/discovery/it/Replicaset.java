package io.github.moonlibs.discovery.it;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Via;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

/** Three real Tarantool instances, a master and two replicas, and their topology, which a test changes in one line. */
final class Replicaset implements AutoCloseable {
    final TarantoolServer master;
    final TarantoolServer replica;
    final TarantoolServer other;

    private final BlockingQueue<List<Instance>> topologies = new LinkedBlockingQueue<>();

    Replicaset(Via via) {
        String script = resource("original.lua");
        master = TarantoolServer.builder().via(via).script(script).start();
        replica = TarantoolServer.builder().via(via).script(script).start();
        other = TarantoolServer.builder().via(via).script(script).start();
        // not from the start, because each has to create its space first
        replica.readOnly(true);
        other.readOnly(true);
    }

    static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Replicaset.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<TarantoolServer> all() {
        return List.of(master, replica, other);
    }

    /** A client of all three, which waits for each of them for as long as it takes. */
    DiscoveryClient client(UnaryOperator<ClientOptions.Builder> options) {
        list(master, replica, other);
        TopologySource source = sink -> {
            while (true) {
                sink.publish(topologies.take());
            }
        };
        return options.apply(Clients.patient().source(source)).connect();
    }

    DiscoveryClient client() {
        return client(options -> options);
    }

    /** Makes these instances, and no others, the topology. */
    void list(TarantoolServer... members) {
        topologies.add(Arrays.stream(members)
                .map(server -> Instance.of(Endpoint.parse(server.endpoint())))
                .toList());
    }

    @Override
    public void close() {
        all().forEach(TarantoolServer::close);
    }
}
