package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.testkit.Waiting.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Credentials;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.DiscoveryException;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.TopologySnapshot;
import io.github.moonlibs.discovery.testkit.EtcdServer;
import io.github.moonlibs.discovery.testkit.EtcdWriter;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A password is put wherever one can be given, rightly and wrongly written, and looked for in everything that comes out. It
 * has two halves, each of which is looked for: what stands between them may end it, if it isn't escaped.
 */
@Isolated("logs and records everything")
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlantedPasswordTest {
    private static final String FIRST = "Pl4ntedFirst";
    private static final String SECOND = "S3CRETsecond";

    /** What has a meaning somewhere, be it in URIs, addresses, lists of them, YAML or Tarantool's templates. */
    private static final List<String> BETWEEN =
            List.of("-", " ", "%zz", "@", "/", ",", " #", "?", "&", ":", ": ", "'", "\"", "{{", "[", "*", "!");

    private final FakeNode refusing = FakeNode.start().requireLogin("app", "another");
    private final FakeNode accepting = FakeNode.start().announce("m", 1, true).fail("m", 32, "the procedure failed");

    @TempDir
    private Path directory = Path.of("none");

    private @Nullable EtcdServer open;
    private @Nullable EtcdServer guarded;

    @BeforeAll
    void start() {
        BETWEEN.forEach(between -> accepting.requireLogin("app", FIRST + between + SECOND));
        EtcdServer first = EtcdServer.start();
        open = first;
        EtcdServer second = EtcdServer.start();
        guarded = second;
        new EtcdWriter(second).enableAuth("/app/");
    }

    @AfterAll
    void stop() {
        refusing.close();
        accepting.close();
        if (open != null) {
            open.close();
        }
        if (guarded != null) {
            guarded.close();
        }
    }

    /** Somewhere that a password can be given. */
    @FunctionalInterface
    interface Place {
        void plant(ClientOptions.Builder options, String password) throws Exception;
    }

    /**
     * A place by its name.
     *
     * @param told what shows that the trouble has occurred; a regular expression for parts of lines
     */
    record Case(String name, String told, Place place) {
        @Override
        public String toString() {
            return name;
        }
    }

    Stream<Case> cases() {
        return Stream.of(addresses(), options(), files(), etcd()).flatMap(each -> each);
    }

    private Stream<Case> addresses() {
        return Stream.of(
                new Case(
                        "endpoints of an option",
                        "login refused|expected host:port",
                        (options, password) -> options.endpoints(
                                "app:" + password + "@" + accepting.endpoint(),
                                "app:" + password + "@" + refusing.endpoint(),
                                "app:" + password + "@nowhere..invalid:3301")),
                new Case(
                        "an endpoint without @",
                        "expected host:port",
                        (options, password) -> options.endpoints("app:" + password)),
                new Case(
                        "an endpoint without a port",
                        "expected host:port",
                        (options, password) -> options.endpoints("app:" + password + "@localhost")),
                new Case(
                        "an endpoint with a name as its port",
                        "expected host:port",
                        (options, password) -> options.endpoints("app:" + password + "@localhost:iproto")),
                new Case(
                        "an endpoint of two @",
                        "login refused|expected host:port",
                        (options, password) -> options.endpoints("app:" + password + "@x@" + refusing.endpoint())),
                new Case(
                        "a Unix socket",
                        "no-such.sock",
                        (options, password) -> options.endpoints("app:" + password + "@unix/:/no-such.sock")),
                new Case(
                        "a relative Unix socket",
                        "expected host:port",
                        (options, password) -> options.endpoints("app:" + password + "@unix/:no-such.sock")),
                new Case(
                        "a topology without a scheme",
                        "no plug-in has the scheme|expected a URI",
                        (options, password) -> options.topology("app:" + password + "@" + refusing.endpoint())),
                new Case(
                        "a topology of an unknown scheme",
                        "no plug-in has the scheme",
                        (options, password) ->
                                options.topology("tarantool://app:" + password + "@" + refusing.endpoint())),
                new Case(
                        "a topology of seeds",
                        "login refused|expected host:port",
                        (options, password) -> options.topology(
                                "seed:app:" + password + "@" + refusing.endpoint() + "," + accepting.endpoint())),
                new Case(
                        "a file whose path is an endpoint",
                        "expected the path of a file|expected name=value",
                        (options, password) -> options.topology("file:app:" + password + "@" + refusing.endpoint())),
                new Case(
                        "a file on a host",
                        "expected no host before the path|expected name=value",
                        (options, password) -> options.topology("file://app:" + password + "@host/config.yaml")),
                new Case(
                        "a static topology",
                        "login refused|expected host:port",
                        (options, password) -> options.topology("static:app:" + password + "@" + refusing.endpoint())));
    }

    private Stream<Case> options() {
        return Stream.of(
                new Case(
                        "credentials",
                        "login refused",
                        (options, password) -> options.credentials("app", password)
                                .endpoints(accepting.endpoint(), refusing.endpoint())),
                new Case(
                        "a supplier of credentials",
                        "login refused",
                        (options, password) -> options.credentials(() -> new Credentials("app", password))
                                .endpoints(accepting.endpoint(), refusing.endpoint())),
                new Case(
                        "a source of the application's",
                        "login refused",
                        (options, password) -> options.source(sink -> sink.publish(List.of(
                                Instance.of("a", endpoint(accepting, password)),
                                Instance.of("b", endpoint(refusing, password)))))));
    }

    private static Endpoint endpoint(FakeNode node, String password) {
        return new Endpoint(node.host(), node.port(), null, "app", password);
    }

    private static final String ONE_INSTANCE = "groups: {g: {replicasets: {r: {instances: {i: {iproto: %s}}}}}}\n";

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** Documents of Tarantool 3, by what is in them. */
    private Stream<Case> files() {
        String address = "@" + refusing.endpoint();
        String advertised = ONE_INSTANCE.formatted("{advertise: {client: %s}}");
        String listening = ONE_INSTANCE.formatted("{listen: [{uri: %s}]}");
        String peer = ONE_INSTANCE.formatted("{advertise: {peer: {uri: %s}}}");
        String wrong = "expected|login refused";
        Stream<Case> quoted = Stream.concat(
                Stream.of(advertised, listening, peer).map(document -> quoted(document, address)),
                Stream.of(
                                "",
                                "@",
                                "@localhost",
                                "@localhost:iproto",
                                "@:3301",
                                "@./sock",
                                "@{{ host }}:3301",
                                "}}" + address)
                        .map(rest -> quoted(advertised, rest)));
        Stream<Case> plain = Stream.of("app:%s" + address, "app:%s", "app:%s@", "\"app:%s" + address)
                .map(value -> new Case(
                        "a file with an address that isn't quoted, " + value,
                        wrong,
                        (options, password) -> file(
                                options,
                                "groups:\n  g:\n    replicasets:\n      r:\n        instances:\n          i:\n"
                                        + "            iproto:\n              advertise:\n                client: "
                                        + value.formatted(password) + "\n")));
        Stream<Case> users = Stream.of(
                        "%s", "!!%s x", "!%s! x", "!<%s> x", "*%s", "&%s x", "\"%s", "%%%s", "[%s", "{%s", "|%s")
                .map(value -> new Case(
                        "a file with the password of a user, " + value,
                        wrong,
                        (options, password) -> file(
                                options,
                                "credentials:\n  users:\n    app:\n      password: " + value.formatted(password) + "\n"
                                        + advertised.formatted(quoted(refusing.endpoint())))));
        return Stream.of(quoted, plain, users).flatMap(each -> each);
    }

    private Case quoted(String document, String rest) {
        return new Case(
                "a file with a quoted address, "
                        + document.formatted("…" + rest).strip(),
                "expected|login refused",
                (options, password) -> file(options, document.formatted(quoted("app:" + password + rest))));
    }

    /** A file that is old enough to be read at once. */
    private void file(ClientOptions.Builder options, String text) throws IOException {
        Path file = Files.writeString(directory.resolve("config.yaml"), text);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        options.topology("file:" + file);
    }

    private Stream<Case> etcd() {
        String refused = "does not accept user|expected|cannot be reached";
        return Stream.of(
                new Case(
                        "a password of etcd that isn't escaped",
                        refused,
                        (options, password) -> options.topology(
                                "etcd://" + guarded() + "/app?api=v3&user=app&password=" + password + "&cluster=c")),
                new Case(
                        "a password of etcd that is escaped",
                        refused,
                        (options, password) -> options.topology("etcd://" + guarded() + "/app?api=v3&user=app&password="
                                + URLEncoder.encode(password, UTF_8).replace("+", "%20"))),
                new Case(
                        "a password of etcd's API v2",
                        refused,
                        (options, password) -> options.topology("etcd://" + guarded() + "/app?api=v2&user=app&password="
                                + URLEncoder.encode(password, UTF_8).replace("+", "%20"))),
                new Case(
                        "a user and a password before the endpoints of etcd",
                        "expected",
                        (options, password) -> options.topology("etcd://app:" + password + "@" + guarded() + "/app")),
                new Case(
                        "a user and a password before no endpoint of etcd",
                        "expected",
                        (options, password) -> options.topology("etcd://app:" + password + "/app")),
                new Case(
                        "an etcd that cannot be found",
                        refused,
                        (options, password) -> options.topology("etcd://nowhere..invalid:2379/app?user=app&password="
                                + URLEncoder.encode(password, UTF_8).replace("+", "%20"))));
    }

    private String guarded() {
        return guarded == null ? "" : guarded.endpoint();
    }

    private String open() {
        return open == null ? "" : open.endpoint();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aPasswordComesOutNowhere(Case each) throws Exception {
        try (Outlets outlets = new Outlets()) {
            for (String between : BETWEEN) {
                run(outlets, each.place(), FIRST + between + SECOND);
            }
            assertThat(hidden(outlets)).anyMatch(line -> line.text().matches("(?s).*(" + each.told() + ").*"));
        }
    }

    @Test
    void theSearchFindsAPasswordThatComesOut() throws Exception {
        try (Outlets outlets = new Outlets()) {
            outlets.add("a test", "app:" + FIRST + "/" + SECOND);
            outlets.add(new IllegalStateException("whatever", new IllegalArgumentException(SECOND)));
            outlets.add("a test", Outlets.spellings(FIRST).getLast());
            outlets.add("a test", "nothing");
            assertThat(leaks(outlets.all(directory)))
                    .extracting(Outlets.Said::outlet)
                    .containsOnly("a test", "exception", "recording")
                    .filteredOn("a test"::equals)
                    .hasSize(2);
        }
    }

    @Test
    void allOutletsAreSearched() throws Exception {
        try (Outlets outlets = new Outlets()) {
            run(
                    outlets,
                    (options, password) -> options.endpoints("app:" + password + "@" + accepting.endpoint()),
                    FIRST + "-" + SECOND);
            assertThat(outlets.all(directory).stream().map(Outlets.Said::outlet).collect(Collectors.toSet()))
                    .contains(
                            "log", "exception", "options", "client", "snapshot", "JSON", "event", "meter", "recording");
        }
    }

    /** The one file that holds passwords is the one that says so, and it belongs to its owner. */
    @Test
    void theCacheFileIsTheOwnersAloneAndIsQuotedNowhere() throws Exception {
        Path cache = directory.resolve("cache.yaml");
        String password = FIRST + "-" + SECOND;
        EtcdWriter writer = new EtcdWriter(Objects.requireNonNull(open));
        writer.put("/app/a/box/listen", "app:" + password + "@" + accepting.endpoint());
        writer.put("/app/b/box/listen", "app:" + password + "@" + refusing.endpoint());
        writer.put("/app/c/box/listen", "app:" + password);
        writer.put("/app/d/box/listen", "app:" + FIRST + "@" + SECOND);
        Place place = (options, ignored) -> options.topology("etcd://" + open() + "/app?api=v3&cache=" + cache);
        try (Outlets outlets = new Outlets()) {
            // instance c is an error at once, and b's refusal may come later
            run(outlets, place, password, topology -> isSettled(topology) && Files.exists(cache));
            String cached = Files.readString(cache);
            assertThat(cached).contains(password);
            assertThat(Files.getPosixFilePermissions(cache)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            Set<String> damaged = Set.of(
                    cached.substring(0, cached.indexOf(SECOND)),
                    cached.replace("\"" + password + "\"", "*" + password),
                    cached.replace("\"" + password + "\"", "!!" + password + " x"),
                    cached.replace("\"" + password + "\"", "[" + password + "]"),
                    cached.replace("\"" + accepting.endpoint() + "\"", "\"app:" + password + "\""),
                    cached.replace("instances:", password + ":"));
            Place without =
                    (options, ignored) -> options.topology("etcd://nowhere..invalid:2379/app?api=v3&cache=" + cache);
            for (String text : damaged) {
                Files.writeString(cache, text);
                run(outlets, without, password);
            }
            assertThat(hidden(outlets))
                    .anyMatch(line -> line.text().contains("login refused"))
                    .anyMatch(line -> line.text().contains("instance c is skipped"))
                    .anyMatch(line -> line.text().contains("cache file"));
        }
    }

    private List<Outlets.Said> hidden(Outlets outlets) throws IOException {
        List<Outlets.Said> all = outlets.all(directory);
        assertThat(leaks(all)).extracting(Outlets.Said::shortened).isEmpty();
        return all;
    }

    private static List<Outlets.Said> leaks(List<Outlets.Said> all) {
        List<String> wanted = Stream.of(FIRST, SECOND)
                .flatMap(half -> Outlets.spellings(half).stream())
                .toList();
        return all.stream()
                .filter(line -> wanted.stream().anyMatch(line.text()::contains))
                .toList();
    }

    /** A client, as far as it comes with that password, and everything that can be asked of it. */
    private static void run(Outlets outlets, Place place, String password) throws Exception {
        run(outlets, place, password, topology -> topology.lastError() != null || isSettled(topology));
    }

    /** @param isTold whether the client has met its troubles */
    private static void run(Outlets outlets, Place place, String password, Predicate<TopologySnapshot> isTold)
            throws Exception {
        ClientOptions.Builder options =
                Clients.patient().observer(outlets.observer).observer(outlets.metrics);
        try {
            place.plant(options, password);
            outlets.add("options", options);
            outlets.add("options", options.build());
            try (DiscoveryClient client = options.connect()) {
                until(
                        () -> "the client has met its troubles: " + client.topology(),
                        () -> isTold.test(client.topology()));
                ask(outlets, client);
            }
        } catch (IllegalArgumentException refusal) {
            outlets.add(refusal);
        }
    }

    /** Whether there are nodes, and each of them has answered or refused. */
    private static boolean isSettled(TopologySnapshot topology) {
        return !topology.nodes().isEmpty()
                && topology.nodes().stream().map(NodeSnapshot::state).noneMatch(state -> state == State.CONNECTING);
    }

    private static void ask(Outlets outlets, DiscoveryClient client) {
        Duration time = Duration.ofMillis(client.topology().nodes().isEmpty() ? 1 : 50);
        CallOptions soon = CallOptions.defaults().withTimeout(time).withDeadline(time);
        for (String method : List.of("m", "nobody.serves.it")) {
            try {
                client.call(method, List.of(), soon);
            } catch (DiscoveryException failure) {
                outlets.add(failure);
                outlets.add("exception", String.valueOf(failure.getMessage()));
            }
        }
        try {
            outlets.add("reply", client.callAll("m", List.of(), soon));
        } catch (DiscoveryException failure) {
            outlets.add(failure);
        }
        outlets.add("client", client.method("m"));
        outlets.addClient(client, "m");
    }
}
