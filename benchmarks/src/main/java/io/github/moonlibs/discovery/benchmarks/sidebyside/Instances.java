package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Three real Tarantool instances, each a process on an address of its own, that serve {@code users.get}. */
final class Instances implements AutoCloseable {
    private static final int COUNT = 3;
    private static final String SCRIPT = """
            users = { get = function(id) return id, 'user', 'user@example.com' end }
            testkit.announce('users.get', 100, true)
            """;

    private final List<TarantoolServer> servers = new ArrayList<>();

    Instances() {
        try {
            for (int i = 0; i < COUNT; i++) {
                servers.add(TarantoolServer.builder().script(SCRIPT).start());
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    List<String> endpoints() {
        return servers.stream().map(TarantoolServer::endpoint).toList();
    }

    List<Long> processes() {
        return servers.stream()
                .map(server -> (Long) Objects.requireNonNull(
                        server.eval("return require('tarantool').pid()").getFirst()))
                .toList();
    }

    String version() {
        return String.valueOf(servers.getFirst().eval("return _TARANTOOL").getFirst());
    }

    @Override
    public void close() {
        servers.forEach(TarantoolServer::close);
    }
}
