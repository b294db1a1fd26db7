package io.github.moonlibs.discovery.benchmarks;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How soon a client knows that a server has become read-only: from just before {@code box.cfg { read_only = true }} in the
 * server until the routing table without its writes is in force. Two pairs of a server and a client that makes no calls
 * are measured in turn: a server that announces by the project's module, and one that announces by a procedure of its own,
 * which the client asks when the server's status changes. The server has to be one that pushes; an older one shows polling.
 *
 * <p>Usage: {@code RoleFlips [FLIPS [MODULE]]}, where the module is {@code server/discovery.lua} unless named.
 */
public final class RoleFlips {
    private static final String METHOD = "write";
    /** Not counted: code is interpreted then. */
    private static final int WARM_UP = 1_000;

    private static final String BY_PROCEDURE = """
            function write() end
            function api.discovery()
                return { is_master = not box.info.ro, methods = { write = { weight = box.info.ro and 0 or 100 } } }
            end
            """;

    private final String name;
    private final TarantoolServer server;
    private final DiscoveryClient client;
    /** When the routes have changed last, by the wall clock; 0: not since the flip. */
    private final AtomicLong changed;

    private final double[] millis;

    private RoleFlips(String name, TarantoolServer server, DiscoveryClient client, AtomicLong changed, int flips) {
        this.name = name;
        this.server = server;
        this.client = client;
        this.changed = changed;
        this.millis = new double[flips];
    }

    /** Measures, and prints a line for each way of announcing. */
    public static void main(String[] args) {
        int flips = args.length > 0 ? Integer.parseInt(args[0]) : 300;
        String module = read(Path.of(args.length > 1 ? args[1] : "server/discovery.lua"));
        try (TarantoolServer pushing = server(byModule(module));
                TarantoolServer asked = server(BY_PROCEDURE)) {
            AtomicLong pushed = new AtomicLong();
            AtomicLong answered = new AtomicLong();
            try (DiscoveryClient one = client(pushing, pushed);
                    DiscoveryClient other = client(asked, answered)) {
                measure(
                        flips,
                        System.out,
                        new RoleFlips("module", pushing, one, pushed, flips),
                        new RoleFlips("procedure", asked, other, answered, flips));
            }
        }
    }

    private static String byModule(String module) {
        return """
                function write() end
                package.loaded.discovery = (function()
                %s
                end)()
                require('discovery').cfg { methods = { write = { weight = { master = 100, replica = 0 } } } }
                """.formatted(module);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TarantoolServer server(String script) {
        return TarantoolServer.builder().script(script).start();
    }

    private static DiscoveryClient client(TarantoolServer server, AtomicLong changed) {
        return DiscoveryClient.builder()
                .endpoints(server.endpoint())
                .observer(new ClientObserver() {
                    @Override
                    public void routingChanged(RoutingChanged event) {
                        changed.set(WallClock.nanos());
                    }
                })
                .connect();
    }

    private static void measure(int flips, PrintStream out, RoleFlips... ways) {
        SplittableRandom random = new SplittableRandom(42);
        for (int i = -WARM_UP; i < flips; i++) {
            for (RoleFlips way : ways) {
                double took = way.flip();
                if (i >= 0) {
                    way.millis[i] = took;
                }
                // not in step with anything, and so seldom that no question has to wait for its turn
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextLong(30, 80)));
            }
        }
        for (RoleFlips way : ways) {
            Arrays.sort(way.millis);
            out.printf(
                    "%-10s %d flips, p50 %.2f ms, p99 %.2f ms, shortest %.2f ms, longest %.2f ms%n",
                    way.name,
                    flips,
                    way.millis[flips / 2],
                    way.millis[flips * 99 / 100],
                    way.millis[0],
                    way.millis[flips - 1]);
        }
    }

    /** To and fro; in milliseconds. */
    private double flip() {
        Waiting.until(() -> "served: " + client.topology(), this::isServed);
        changed.set(0);
        long began = (Long) Objects.requireNonNull(
                server.eval("local t = require('clock').realtime64() box.cfg { read_only = true } return t")
                        .getFirst());
        Waiting.until(() -> "not served: " + client.topology(), () -> !isServed() && changed.get() != 0);
        double took = (changed.get() - began) / 1e6;
        server.readOnly(false);
        return took;
    }

    private boolean isServed() {
        return !client.routing().routes(METHOD).isEmpty();
    }
}
