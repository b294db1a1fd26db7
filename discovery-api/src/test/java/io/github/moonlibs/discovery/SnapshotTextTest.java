package io.github.moonlibs.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.RoutingSnapshot.Route;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                .hasToString("a (10.0.0.1:3301): " + "x".repeat(200) + "… (800 more characters) after 0.0 ms");
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

    private static final RetryBudgetSnapshot NO_BUDGET = new RetryBudgetSnapshot(RetryBudget.defaults(), 0, 0, 0, 0, 0);
    private static final String EVIL = "x\r\n\u001b[2J\u0007\u009b\u202eok: forged\ud800";

    /** What a line of a log, or a terminal, shows as it is. */
    private static void assertSafe(Object shown) {
        assertThat(shown.toString())
                .hasSizeLessThan(20_000)
                .matches(
                        text -> text.codePoints().allMatch(c -> c == '\n' || Character.getType(c) != Character.CONTROL))
                .doesNotContain("\u202e", "\ud800")
                .satisfies(text -> assertThat(text.lines()).noneMatch(line -> line.startsWith("ok:")));
    }

    private static NodeSnapshot node(String evil, @Nullable Announcement announcement) {
        Instance instance = new Instance(Endpoint.parse("10.0.0.1:3301"), evil, Map.of(evil, evil));
        return new NodeSnapshot(
                instance,
                NodeSnapshot.State.SERVING,
                evil,
                Duration.ZERO,
                announcement,
                evil,
                null,
                0,
                null,
                0,
                1,
                new NodeSnapshot.Ejection(false, evil, Duration.ofSeconds(1), 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100_000})
    void whatServersAndTopologiesSayCannotForgeALineOrFillOne(int times) {
        String evil = EVIL.repeat(times);
        Announcement.Method method = new Announcement.Method(1, true, Map.of(evil, evil));
        Announcement announcement = new Announcement(true, Map.of(evil, method), Map.of(evil, evil));
        NodeSnapshot node = node(evil, announcement);
        Route route = new Route(node.instance(), 1, 1, true);
        RoutingSnapshot routing = new RoutingSnapshot(1, Map.of(evil, List.of(route)));
        TopologySnapshot topology = new TopologySnapshot(evil, List.of(node), Duration.ZERO, evil);
        ClientSnapshot client = new ClientSnapshot(topology, routing, NO_BUDGET, 0, 0);
        TarantoolError error = new TarantoolError(1, evil, evil, evil, 1, 0, Map.of(evil, evil), null);
        ServerException refused = new ServerException("a", error);
        Attempt attempt = new Attempt(node.instance(), Duration.ZERO, Duration.ZERO, refused);
        CallException failed = new CallFailedException(evil, "maxAttempts reached", Duration.ZERO, List.of(attempt));

        for (Object shown : List.of(
                method,
                announcement,
                node,
                node.instance(),
                route,
                routing,
                topology,
                client,
                client.why(evil, node.instance()),
                error,
                refused,
                attempt,
                failed,
                new NodeReply(node.instance(), Duration.ZERO, null, refused),
                new NodeReply(node.instance(), Duration.ZERO, result(evil), null),
                new AttemptException(AttemptException.Kind.LOST, true, evil, null),
                new ConversionException(evil, null))) {
            assertSafe(shown);
        }
    }

    @Test
    void whatIsHandedToCallersStaysAsItCame() {
        TarantoolError error = new TarantoolError(1, EVIL, EVIL, EVIL, 1, 0, Map.of(EVIL, EVIL), null);

        assertThat(new ServerException("a", error).error()).isEqualTo(error);
        assertThat(error.message()).isEqualTo(EVIL);
        assertThat(node(EVIL, null).instance().name()).isEqualTo(EVIL);
    }

    @Test
    void theJsonOfASnapshotIsSafeToShowAndReadsAsItCame() {
        Announcement announcement =
                new Announcement(null, Map.of(EVIL, new Announcement.Method(1, true, Map.of())), Map.of(EVIL, EVIL));
        TopologySnapshot topology = new TopologySnapshot(EVIL, List.of(node(EVIL, announcement)), Duration.ZERO, EVIL);
        ClientSnapshot client = new ClientSnapshot(topology, new RoutingSnapshot(1, Map.of()), NO_BUDGET, 0, 0);

        String json = client.toJson();

        assertSafe(json);
        assertThat(json)
                .doesNotContain("\n")
                .contains("\"x\\r\\n\\u001b[2J\\u0007\\u009b\\u202eok: forged\\ud800\":{\"weight\":1.0");
    }

    @Test
    void aChainOfManyCausesIsCut() {
        TarantoolError error = null;
        for (int i = 0; i < 100; i++) {
            error = new TarantoolError(i, "", "m" + i, "", 0, 0, Map.of(), error);
        }

        assertThat(error)
                .hasToString("error 99 \"m99\", because of error 98 \"m98\", because of error 97 \"m97\","
                        + " because of error 96 \"m96\", because of error 95 \"m95\", because of more");
    }

    @Test
    void aLargeExtensionIsCut() {
        assertThat(new Extension((byte) 9, ByteBuffer.wrap(new byte[] {1, 2}))).hasToString("ext(9, 0102)");
        assertThat(new Extension((byte) 9, ByteBuffer.wrap(new byte[1_000_000])))
                .hasToString("ext(9, " + "00".repeat(64) + "… of 1000000 bytes)");
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

    @Test
    void weightsAreShownAsTheyWereAnnounced() {
        for (var each : Map.of(0.001, "0.001", 99.9999, "99.9999", 1e308, "1.0E308", 100.0, "100")
                .entrySet()) {
            assertThat(new Route(NODE, each.getKey(), 1, false))
                    .hasToString("a (10.0.0.1:3301) weight " + each.getValue() + " (100 %)");
        }
    }

    @Test
    void aCustomErrorHasItsName() {
        assertThat(new TarantoolError(1234, "CustomError", "boom", "", 0, 0, Map.of("custom_type", "Busy"), null))
                .hasToString("error 1234 (CustomError Busy) \"boom\"");
    }
}
