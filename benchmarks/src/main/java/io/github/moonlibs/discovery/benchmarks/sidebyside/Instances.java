package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Three real Tarantool instances, each a process on an address of its own, that serve what {@link Request} asks for. */
final class Instances implements AutoCloseable {
    private static final int COUNT = 3;
    private static final String SCRIPT = """
            local clock = require('clock')
            local large = {}
            users = {
                get = function(id) return id, 'user', 'user@example.com' end,
                seen = function(id) return id, clock.realtime64(), 'user@example.com' end,
                large = function(id, megabytes)
                    large[megabytes] = large[megabytes] or string.rep('x', megabytes * 2^20)
                    return id, megabytes, large[megabytes]
                end,
            }
            for _, name in ipairs({'get', 'seen', 'large'}) do
                testkit.announce('users.' .. name, 100, true)
            end
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
