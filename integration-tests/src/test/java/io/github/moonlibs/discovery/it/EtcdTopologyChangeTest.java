package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static io.github.moonlibs.discovery.testkit.Waiting.BOUND;
import static io.github.moonlibs.discovery.testkit.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.it.EtcdShelf.Writing;
import io.github.moonlibs.discovery.testkit.EtcdServer;
import io.github.moonlibs.discovery.testkit.EtcdWriter;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Via;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes in etcd are followed, whichever way they are written, and nothing else changes. */
@Timeout(600)
class EtcdTopologyChangeTest {
    private static final int CALLERS = 50;
    private static final CallOptions PATIENT = Clients.PATIENT;

    /** Every way of writing once, and one of them with every other way of running servers. */
    static Stream<Arguments> everyWriting() {
        List<Via> ways = Ways.had();
        return Stream.concat(
                Arrays.stream(Writing.values()).map(writing -> arguments(ways.getFirst(), writing)),
                ways.stream().skip(1).map(via -> arguments(via, Writing.TREE_V3)));
    }

    private static Arguments arguments(Via via, Writing writing) {
        return argumentSet(via + " " + writing, via, writing);
    }

    @ParameterizedTest
    @MethodSource("everyWriting")
    void instancesAreAddedRemovedDisabledAndMovedUnderCalls(Via via, Writing writing) throws Exception {
        try (Replicaset set = new Replicaset(via);
                EtcdServer etcd = EtcdServer.builder().via(via).start()) {
            set.other.define("app.held", "function() held = require('fiber').cond() held:wait() return 'released' end");
            set.other.eval("local announce = api.discovery; api.discovery = function() "
                    + "local a = announce() a.methods['app.held'] = {} return a end");
            EtcdShelf shelf = new EtcdShelf(new EtcdWriter(etcd), writing)
                    .put("one", set.master)
                    .put("two", set.replica);
            try (Logs logs = new Logs();
                    DiscoveryClient client = Clients.patient()
                            .topology("etcd://" + etcd.endpoint() + writing.place)
                            .connect()) {
                awaitServed(client, "app.ping", 2);
                String unchanged = localAddress(client, "one");
                try (Load load = new Load(client, CALLERS, "app.ping", List::of, BOUND, BOUND)) {
                    load.awaitMore(CALLERS);

                    shelf.put("three", set.other);
                    awaitRoutes(client, "app.ping", set.master, set.replica, set.other);
                    if (writing != Writing.YAML) {
                        shelf.disabled("three", "true");
                        awaitRoutes(client, "app.ping", set.master, set.replica);
                        shelf.disabled("three", "false");
                        awaitRoutes(client, "app.ping", set.master, set.replica, set.other);
                    }

                    awaitServed(client, "app.held", 1);
                    var call = CompletableFuture.supplyAsync(
                            () -> client.call("app.held", List.of(), PATIENT, String.class),
                            Thread::startVirtualThread);
                    until("the call is in flight", () -> set.other.calls("app.held") == 1);
                    shelf.remove("three");
                    awaitRoutes(client, "app.ping", set.master, set.replica);
                    long before = set.other.calls("app.ping");
                    load.awaitMore(2 * CALLERS);
                    assertThat(set.other.calls("app.ping")).isBetween(before, before + CALLERS);
                    assertThat(call).isNotDone();
                    set.other.eval("held:signal()");
                    assertThat(call.get(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("released");

                    shelf.put("two", set.other);
                    awaitRoutes(client, "app.ping", set.master, set.other);
                    load.awaitMore(CALLERS);
                    load.end();
                    assertThat(load.failures).isEmpty();
                }
                assertThat(localAddress(client, "one")).isEqualTo(unchanged);
                assertThat(logs.containing("WARNING etcd://"))
                        .as("troubles, except that this machine was too busy for an answer in time")
                        .allMatch(line -> line.contains(EtcdTroubleTest.LATE));
            }
        }
    }

    /** Waits until these servers, and no others, serve the method. */
    private static void awaitRoutes(DiscoveryClient client, String method, TarantoolServer... servers) {
        Set<String> expected =
                Arrays.stream(servers).map(TarantoolServer::endpoint).collect(Collectors.toSet());
        until(
                () -> method + " served by exactly " + expected + ": " + client.routing() + "\n" + client.topology(),
                () -> client.routing().routes(method).stream()
                        .map(RoutingSnapshot.Route::node)
                        .map(node -> node.endpoint().address())
                        .collect(Collectors.toSet())
                        .equals(expected));
    }

    private static String localAddress(DiscoveryClient client, String name) {
        return client.topology().nodes().stream()
                .filter(node -> node.instance().name().equals(name))
                .map(node -> String.valueOf(node.localAddress()))
                .findFirst()
                .orElseThrow();
    }
}
