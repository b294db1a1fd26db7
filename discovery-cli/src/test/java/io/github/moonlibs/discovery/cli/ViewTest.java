package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.Delivery;
import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot.Route;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.TopologySnapshot;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page that {@code watch} shows, at several widths. */
class ViewTest {
    private static final String REFUSED =
            "login refused: 10.0.0.3:3301: error 47 (ClientError) \"Incorrect password" + " supplied for user 'app'\"";
    private static final Instance MASTER = Instance.of(Endpoint.parse("10.0.0.1:3301"));
    private static final Instance REPLICA = Instance.of(Endpoint.parse("10.0.0.2:3301"));
    private static final Instance LOCKED = Instance.of(Endpoint.parse("10.0.0.3:3301"));

    private static NodeSnapshot node(
            Instance instance, State state, String reason, Duration since, @Nullable Announcement announcement) {
        String server = announcement == null ? null : "Tarantool 2.6.0";
        return node(instance, state, reason, since, announcement, server, null, server == null ? null : Delivery.ASKED);
    }

    private static NodeSnapshot node(
            Instance instance,
            State state,
            String reason,
            Duration since,
            @Nullable Announcement announcement,
            @Nullable String server,
            @Nullable ServerProtocol protocol,
            @Nullable Delivery delivery) {
        return new NodeSnapshot(
                instance,
                state,
                reason,
                since,
                announcement,
                server,
                null,
                0,
                null,
                0,
                1,
                null,
                null,
                null,
                protocol,
                delivery);
    }

    private static Announcement announcement(boolean master) {
        Map<String, Announcement.Method> methods = new LinkedHashMap<>();
        methods.put("users.get", new Announcement.Method(100, true, Map.of()));
        methods.put("users.insert", new Announcement.Method(0, false, Map.of()));
        if (master) {
            methods.put("users.suggest", new Announcement.Method(0.5, true, Map.of()));
        }
        return new Announcement(master, methods, Map.of());
    }

    private static View view() {
        TopologySnapshot topology = new TopologySnapshot(
                "static topology of 3",
                List.of(
                        node(MASTER, State.SERVING, "announced", Duration.ofSeconds(12), announcement(true)),
                        node(REPLICA, State.SERVING, "announced", Duration.ofMinutes(3), announcement(false)),
                        node(LOCKED, State.DOWN, REFUSED, Duration.ofHours(5), null)),
                Duration.ZERO,
                null);
        RoutingSnapshot routing = new RoutingSnapshot(
                7,
                Map.of(
                        "users.get",
                        List.of(new Route(MASTER, 100, 0.5, true), new Route(REPLICA, 100, 0.5, true)),
                        "users.suggest",
                        List.of(new Route(MASTER, 0.5, 1, true))));
        return new View(topology, routing, Routes.methods(topology, routing), null);
    }

    private static String page(View view, int columns) {
        return String.join("\n", view.lines(columns, false)) + "\n";
    }

    @Test
    void everyNodeAndEveryMethodHasItsRow() {
        assertThat(page(view(), 80)).isEqualTo("""
                        static topology of 3: 2 of 3 serving

                           #  NODE           STATE      FOR  ROLE     SERVER
                           1  10.0.0.1:3301  serving   12 s  master   Tarantool 2.6.0
                           2  10.0.0.2:3301  serving  3 min  replica  Tarantool 2.6.0
                        !  3  10.0.0.3:3301  down       5 h
                              login refused: 10.0.0.3:3301: error 47 (ClientError) "Incorrect password
                              supplied for user 'app'"

                           METHOD         NODES   #1          #2        #3
                           users.get          2  100   50 %  100  50 %   –
                        !  users.insert       0    0           0         –
                           users.suggest      1  0.5  100 %    ·         –
                        """);
    }

    @Test
    void aNarrowTerminalBreaksReasonsAndPutsNodesBelowEachOther() {
        assertThat(page(view(), 40)).isEqualTo("""
                        static topology of 3: 2 of 3 serving

                           #  NODE           STATE      FOR …
                           1  10.0.0.1:3301  serving   12 s …
                           2  10.0.0.2:3301  serving  3 min …
                        !  3  10.0.0.3:3301  down       5 h …
                              login refused: 10.0.0.3:3301:
                              error 47 (ClientError) "Incorrect
                              password supplied for user 'app'"

                           METHOD         NODES   #1
                           users.get          2  100   50 %
                        !  users.insert       0    0
                           users.suggest      1  0.5  100 %

                           METHOD         NODES   #2
                           users.get          2  100  50 %
                        !  users.insert       0    0
                           users.suggest      1    ·

                           METHOD         NODES  #3
                           users.get          2   –
                        !  users.insert       0   –
                           users.suggest      1   –
                        """);
    }

    @Test
    void namesAreShownBesideAddressesAndAFailingSourceIsReported() {
        Instance named = Instance.of("storage-1", Endpoint.parse("10.0.0.1:3301"));
        TopologySnapshot topology = new TopologySnapshot(
                "etcd://10.0.0.9:2379/apps",
                List.of(node(named, State.CONNECTING, "connecting", Duration.ofSeconds(1), null)),
                Duration.ofSeconds(90),
                "10.0.0.9:2379 does not answer");
        View view = new View(topology, new RoutingSnapshot(0, Map.of()), List.of("m"), null);
        assertThat(page(view, 80)).isEqualTo("""
                        etcd://10.0.0.9:2379/apps: 0 of 1 serving, confirmed 90 s ago
                              10.0.0.9:2379 does not answer

                           #  NODE       ADDRESS        STATE       FOR  ROLE  SERVER
                           1  storage-1  10.0.0.1:3301  connecting  1 s
                              connecting

                           METHOD  NODES  #1
                        !  m           0   –
                        """);
    }

    @Test
    void anEjectedNodeIsMarkedThoughItServes() {
        Ejection ejection = new Ejection(false, "3 of its last 4 calls timed out", Duration.ofMillis(700), 1);
        NodeSnapshot ejected = new NodeSnapshot(
                MASTER,
                State.SERVING,
                "announced",
                Duration.ZERO,
                announcement(true),
                null,
                null,
                0,
                null,
                0,
                1,
                ejection);
        TopologySnapshot topology = new TopologySnapshot("static topology of 1", List.of(ejected), Duration.ZERO, null);
        assertThat(page(new View(topology, new RoutingSnapshot(1, Map.of()), List.of(), null), 80))
                .startsWith("static topology of 1: 1 of 1 serving\n")
                .contains("!  1  10.0.0.1:3301  serving  0 s  master\n      " + ejection + "\n");
    }

    @Test
    void longNamesLeaveRoomForTheWeights() {
        String method = "users." + "n".repeat(3_000) + ".get";
        Instance named = Instance.of("storage-" + "n".repeat(3_000) + "-1", Endpoint.parse("10.0.0.1:3301"));
        Announcement announcement =
                new Announcement(null, Map.of(method, new Announcement.Method(100, true, Map.of())), Map.of());
        TopologySnapshot topology = new TopologySnapshot(
                "static topology of 1",
                List.of(node(named, State.SERVING, "announced", Duration.ZERO, announcement)),
                Duration.ZERO,
                null);
        RoutingSnapshot routing = new RoutingSnapshot(1, Map.of(method, List.of(new Route(named, 100, 1, true))));
        View view = new View(topology, routing, List.of(method), null);
        assertThat(page(view, 80)).isEqualTo("""
                        static topology of 1: 1 of 1 serving

                           #  NODE                        ADDRESS        STATE    FOR  ROLE …
                           1  storage-nnnnn…nnnnnnnnnn-1  10.0.0.1:3301  serving  0 s       …

                           METHOD                                    NODES   #1
                           users.nnnnnnnnnnnnnn…nnnnnnnnnnnnnnn.get      1  100  100 %
                        """);
        assertThat(page(view, 40)).contains("  100  100 %\n").doesNotContain("n".repeat(20));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "5e-324, 4.9E-324",
        "0.00005, 5E-5",
        "0.33333, 0.3333",
        "9.99999, 10",
        "12.34567, 12.346",
        "100, 100",
        "99999.9, 100000",
        "1234567, 1.2E6",
        "1e308, 1E308"
    })
    void aWeightTakesFewColumns(double weight, String shown) {
        Announcement announcement =
                new Announcement(null, Map.of("m", new Announcement.Method(weight, true, Map.of())), Map.of());
        TopologySnapshot topology = new TopologySnapshot(
                "static topology of 1",
                List.of(node(MASTER, State.SERVING, "announced", Duration.ZERO, announcement)),
                Duration.ZERO,
                null);
        View view = new View(topology, new RoutingSnapshot(1, Map.of()), List.of("m"), null);
        assertThat(page(view, 80)).containsPattern("m +0 +" + Pattern.quote(shown) + "\n$");
    }

    @Test
    void tiersAreShownOfMethodsThatHaveSeveral() {
        TopologySnapshot topology = new TopologySnapshot(
                "static topology of 2",
                List.of(
                        node(MASTER, State.SERVING, "announced", Duration.ZERO, tiers(1)),
                        node(REPLICA, State.SERVING, "announced", Duration.ZERO, tiers(0))),
                Duration.ZERO,
                null);
        RoutingSnapshot routing = new RoutingSnapshot(
                7,
                Map.of(
                        "even",
                        List.of(new Route(MASTER, 100, 0.5, true), new Route(REPLICA, 100, 0.5, true)),
                        "users.get",
                        List.of(new Route(REPLICA, 100, 1, true, 0), new Route(MASTER, 100, 0, true, 1))));
        View view = new View(topology, routing, Routes.methods(topology, routing), null);
        assertThat(page(view, 80)).endsWith("""
                           METHOD     NODES      #1            #2
                           even           2     100  50 %     100   50 %
                           users.get      2  100 t1        100 t0  100 %
                        """);
        assertThat(page(view, 55)).contains("#1            #2\n");
        assertThat(page(view, 54)).as("too narrow for both").doesNotContain("#1            #2\n");
    }

    private static Announcement tiers(int tier) {
        Map<String, Announcement.Method> methods = new LinkedHashMap<>();
        methods.put("even", new Announcement.Method(100, true, Map.of()));
        methods.put("users.get", new Announcement.Method(100, true, tier, Announcement.Errors.NONE, Map.of()));
        return new Announcement(true, methods, Map.of());
    }

    @Test
    void whatAServerSaysOfItsProtocolIsShown() {
        assertThat(shown(new ServerProtocol(10, List.of(0, 1, 2, 3, 5, 6, 11), "chap-sha1"), Delivery.PUSHED))
                .contains(
                        "SERVER           PROTOCOL\n",
                        "Tarantool 3.3.0  10 (features 0–3, 5, 6, 11), chap-sha1, pushes\n");
        assertThat(shown(new ServerProtocol(4, List.of(3), null), Delivery.ASKED))
                .contains("Tarantool 3.3.0  4 (features 3)\n");
        assertThat(shown(new ServerProtocol(1, List.of(), null), Delivery.ASKED))
                .contains("Tarantool 3.3.0  1 (features none)\n");
    }

    private static String shown(ServerProtocol protocol, Delivery delivery) {
        NodeSnapshot node =
                node(MASTER, State.SERVING, "announced", Duration.ZERO, null, "Tarantool 3.3.0", protocol, delivery);
        TopologySnapshot topology = new TopologySnapshot("static topology of 1", List.of(node), Duration.ZERO, null);
        return page(new View(topology, new RoutingSnapshot(0, Map.of()), List.of(), null), 120);
    }

    @Test
    void coloursDoNotChangeTheColumns() {
        List<String> plain = view().lines(60, false);
        List<String> coloured = view().lines(60, true);
        assertThat(coloured).isNotEqualTo(plain);
        assertThat(coloured.stream()
                        .map(line -> line.replaceAll("\033\\[[\\d;]*m", "").stripTrailing())
                        .toList())
                .isEqualTo(plain);
        assertThat(coloured).anyMatch(line -> line.contains(Paint.BAD.on("!")));
    }

    @Test
    void aScreenHasTheTimeAndSaysWhichLinesItShowsIfTheyAreTooMany() {
        List<String> lines = List.of("a", "b", "c");
        assertThat(LiveScreen.page(lines, 0, new Terminal.Size(80, 4), "12:00:01"))
                .isEqualTo("\033[Ha\033[K\r\nb\033[K\r\nc\033[K\r\n\033[J\033[4;1H12:00:01  q quits\033[K");
        assertThat(LiveScreen.page(lines, 1, new Terminal.Size(80, 3), "12:00:01"))
                .isEqualTo("\033[Hb\033[K\r\nc\033[K\r\n\033[J\033[3;1H12:00:01  lines 2 to 3 of 3, ↑ ↓ PgUp PgDn"
                        + " scroll  q quits\033[K");
        assertThat(LiveScreen.page(lines, 0, new Terminal.Size(5, 4), "12:00:01"))
                .endsWith("\033[4;1H12:00\033[K");
    }
}
