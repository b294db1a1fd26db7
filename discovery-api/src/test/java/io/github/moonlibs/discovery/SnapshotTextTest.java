package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.RoutingSnapshot.Route;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The texts of what a client returns for people to read: each fits a log, whatever a server sent. */
class SnapshotTextTest {
    private static final Instance NODE = Instance.of("a", Endpoint.parse("10.0.0.1:3301"));

    /** A result of which only the text is asked for. */
    private static Result result(String text) {
        return (Result) Proxy.newProxyInstance(
                Result.class.getClassLoader(), new Class<?>[] {Result.class}, (result, method, arguments) -> text);
    }

    @Test
    void aNodesReplyIsOneLineOfNodeOutcomeAndDuration() {
        Duration took = Duration.ofMillis(3);

        assertThat(new NodeReply(NODE, took, result("[\"Ann\"]"), null))
                .hasToString("a (10.0.0.1:3301): [\"Ann\"] after 3.0 ms");
        TarantoolError refused = new TarantoolError(42, "AccessDeniedError", "no", "", 0, 0, Map.of(), null);
        assertThat(new NodeReply(NODE, took, null, new ServerException("a", refused)))
                .hasToString("a (10.0.0.1:3301): error 42 (AccessDeniedError) \"no\" after 3.0 ms");
    }

    @Test
    void aLongResultIsCut() {
        assertThat(new NodeReply(NODE, Duration.ZERO, result("x".repeat(1_000)), null))
                .hasToString("a (10.0.0.1:3301): " + "x".repeat(200) + "… (1000 characters) after 0.0 ms");
    }

    @Test
    void aRoutingTableIsALineForEachMethod() {
        Route most = new Route(NODE, 100, 2 / 3.0, true);
        Route rest = new Route(Instance.of(Endpoint.parse("10.0.0.2:3301")), 50.5, 1 / 3.0, false);

        assertThat(new RoutingSnapshot(7, Map.of("users.get", List.of(most, rest), "users.put", List.of(most))))
                .hasToString("""
                        routing table 7, methods: 2
                          users.get: a (10.0.0.1:3301) weight 100 (66.67 %, retriable), 10.0.0.2:3301 weight 50.5 (33.33 %)
                          users.put: a (10.0.0.1:3301) weight 100 (66.67 %, retriable)""");
    }

    @Test
    void aLargeRoutingTableIsCut() {
        Route route = new Route(NODE, 1, 0.01, true);
        List<Route> many = IntStream.range(0, 100).mapToObj(i -> route).toList();
        Map<String, List<Route>> routes = new TreeMap<>();
        IntStream.range(0, 1_000).forEach(i -> routes.put("m" + i, many));

        assertThat(new RoutingSnapshot(1, routes).toString().lines())
                .hasSize(22)
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(1_000))
                .last()
                .isEqualTo("  … and 980 more");
    }
}
