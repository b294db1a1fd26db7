package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static io.github.moonlibs.discovery.testkit.Waiting.BOUND;
import static io.github.moonlibs.discovery.testkit.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.it.EtcdShelf.Writing;
import io.github.moonlibs.discovery.testkit.Certificates;
import io.github.moonlibs.discovery.testkit.EtcdCluster;
import io.github.moonlibs.discovery.testkit.EtcdServer;
import io.github.moonlibs.discovery.testkit.EtcdWriter;
import io.github.moonlibs.discovery.testkit.FaultProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever happens to etcd, no call fails, each trouble is reported in one line, and later changes are followed. */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EtcdTroubleTest {
    private static final String REFUSED = ": cannot be reached: Connection refused";

    static final String LATE = ": expected an answer within ";

    private final Replicaset set = new Replicaset(Ways.had().getFirst());

    @TempDir
    private Path directory = Path.of("none");

    @AfterAll
    void stopTarantools() {
        set.close();
    }

    /** Writes two of the three instances to etcd. */
    private EtcdShelf two(EtcdServer etcd, Writing writing) {
        return two(new EtcdWriter(etcd), writing);
    }

    private EtcdShelf two(EtcdWriter etcd, Writing writing) {
        return new EtcdShelf(etcd, writing).put("one", set.master).put("two", set.replica);
    }

    /** Runs calls through a client that takes its topology from etcd. */
    private static final class Scene implements AutoCloseable {
        private static final int CALLERS = 50;

        final Logs logs = new Logs();
        final DiscoveryClient client;
        final Load load;

        Scene(String endpoints, Writing writing, String parameters) {
            client = Clients.patient()
                    .topology("etcd://" + endpoints + writing.place + parameters)
                    .connect();
            awaitServed(client, "app.ping", 2);
            load = new Load(client, CALLERS, "app.ping", List::of, BOUND, BOUND);
            load.awaitMore(CALLERS);
        }

        /** The log lines about the topology. */
        List<String> lines() {
            return logs.containing("WARNING etcd://");
        }

        /** Those that say more than that this machine was too busy for an answer in time, which may be said again. */
        List<String> troubles() {
            return lines().stream().filter(line -> !line.contains(LATE)).toList();
        }

        /** How many lines may repeat another one: what stays after a late answer is news again. */
        int repetitions() {
            return Math.toIntExact(
                    lines().stream().filter(line -> line.contains(LATE)).count());
        }

        /** Waits until a line contains all of these parts, and continues to call for a while. */
        void awaitLine(String... parts) {
            until(
                    () -> List.of(parts) + " in one line of " + lines(),
                    () -> lines().stream().anyMatch(line -> Arrays.stream(parts).allMatch(line::contains)));
            load.awaitMore(5 * CALLERS);
            assertThat(client.routing().routes("app.ping")).hasSize(2);
        }

        /**
         * Waits until the third instance, which was just written to etcd, is served. By then each trouble was reported
         * in one line. There may be other lines between them: an etcd that starts can fail in several ways.
         */
        void awaitThird(String... troubles) {
            awaitServed(client, "app.ping", 3);
            load.awaitMore(CALLERS);
            load.end();
            assertThat(load.failures).isEmpty();
            List<String> all = troubles();
            assertThat(all).hasSizeLessThanOrEqualTo(Set.copyOf(all).size() + repetitions());
            for (String trouble : troubles) {
                assertThat(lines()).anyMatch(line -> line.contains(trouble));
                assertThat(troubles())
                        .filteredOn(line -> line.contains(trouble))
                        .hasSizeLessThanOrEqualTo(1 + repetitions());
            }
            // there is one again while this machine is too busy for an answer in time
            until(
                    () -> "no trouble: " + client.topology(),
                    () -> client.topology().lastError() == null);
        }

        @Override
        public void close() {
            load.close();
            client.close();
            logs.close();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TREE_V3", "TREE_V2"})
    void theWatchedMemberAndThenAllMembersAreKilled(Writing writing) {
        try (EtcdCluster cluster = EtcdServer.builder().startCluster(3)) {
            EtcdShelf shelf = two(cluster.members().getFirst(), writing);
            try (Scene scene = new Scene(endpoints(cluster), writing, "")) {
                EtcdServer watched = cluster.watched();
                watched.kill();
                scene.awaitLine("etcd " + watched.endpoint() + ": cannot be reached: ");

                cluster.kill();
                scene.awaitLine(cluster.members().stream()
                        .map(member -> "etcd " + member.endpoint() + REFUSED)
                        .toArray(String[]::new));

                cluster.restart();
                shelf.put("three", set.other);
                scene.awaitThird();
            }
        }
    }

    private static String endpoints(EtcdCluster cluster) {
        return cluster.members().stream().map(EtcdServer::endpoint).collect(Collectors.joining(","));
    }

    @ParameterizedTest
    @EnumSource(names = {"TREE_V3", "TREE_V2"})
    void theWatchedMemberIsFrozenAndLeftForAnotherOne(Writing writing) {
        try (EtcdCluster cluster = EtcdServer.builder().startCluster(3)) {
            two(cluster.members().getFirst(), writing);
            try (Scene scene = new Scene(endpoints(cluster), writing, "&refresh=1000s")) {
                EtcdServer frozen = cluster.watched().freeze();
                EtcdServer other = cluster.members().get(cluster.members().indexOf(frozen) == 0 ? 1 : 0);
                new EtcdShelf(new EtcdWriter(other).awaitHealth(), writing).put("three", set.other);
                awaitServed(scene.client, "app.ping", 3);
                until(
                        "it is reported",
                        () -> !scene.logs
                                .containing("etcd " + frozen.endpoint() + LATE)
                                .isEmpty());
                frozen.thaw();
                scene.awaitThird();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TREE_V3", "TREE_V2"})
    void etcdIsOutOfDisk(Writing writing) {
        String quota = Integer.toString(8 << 20);
        try (EtcdServer etcd =
                EtcdServer.builder().arguments("--quota-backend-bytes", quota).start()) {
            EtcdWriter writer = new EtcdWriter(etcd);
            EtcdShelf shelf = two(writer, writing);
            try (Scene scene = new Scene(etcd.endpoint(), writing, "&refresh=1s")) {
                writer.fillUp();
                scene.load.awaitMore(5 * Scene.CALLERS);
                assertThat(scene.client.routing().routes("app.ping")).hasSize(2);
                writer.makeRoom(List.of(etcd));
                shelf.put("three", set.other);
                scene.awaitThird();
            }
        }
    }

    @Test
    void tokensExpire() throws Exception {
        Certificates keys = Certificates.make(directory, "tokens", "RSA", List.of("127.0.0.1"));
        // etcd drops the fraction of the second at which a token expires: with 1 s some would have no time at all
        String tokens = "jwt,sign-method=RS256,ttl=3s,pub-key=" + keys.certificate() + ",priv-key=" + keys.key();
        try (EtcdServer etcd =
                EtcdServer.builder().arguments("--auth-token", tokens).start()) {
            EtcdWriter writer = new EtcdWriter(etcd);
            EtcdShelf shelf = two(writer, Writing.TREE_V3);
            writer.enableAuth("/app/");
            try (Scene scene =
                    new Scene(etcd.endpoint(), Writing.TREE_V3, "&refresh=1s&user=app&password=app-secret")) {
                Instant expired = Instant.now().plusSeconds(5);
                until("tokens have expired", () -> Instant.now().isAfter(expired));
                shelf.put("three", set.other);
                scene.awaitThird();
                assertThat(scene.troubles()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void etcdComesBackWithAnEmptyStore(Writing writing) {
        try (EtcdServer etcd = EtcdServer.start()) {
            two(etcd, writing);
            try (Scene scene = new Scene(etcd.endpoint(), writing, "&refresh=1s")) {
                etcd.kill();
                scene.awaitLine("etcd " + etcd.endpoint() + REFUSED);

                etcd.restartEmpty();
                String empty = "the topology is empty; expected at least one instance, the last 2 stay";
                scene.awaitLine(empty);

                two(etcd, writing).put("three", set.other);
                scene.awaitThird(REFUSED, empty);
            }
        }
    }

    @Test
    void theWatchedRevisionIsCompactedWhileTheWatchIsLost() {
        try (EtcdServer etcd = EtcdServer.start();
                FaultProxy network = FaultProxy.before(etcd.endpoint())) {
            EtcdWriter writer = new EtcdWriter(etcd);
            EtcdShelf shelf = two(writer, Writing.TREE_V3);
            try (Scene scene = new Scene(network.endpoint(), Writing.TREE_V3, "")) {
                network.refuse().reset();
                scene.awaitLine("etcd " + network.endpoint() + REFUSED);

                shelf.put("three", set.other);
                writer.put("/elsewhere", "another revision");
                writer.compact();
                network.heal();
                scene.awaitThird(REFUSED);
            }
        }
    }

    @Test
    void etcdIsFrozen() {
        try (EtcdServer etcd = EtcdServer.start()) {
            EtcdShelf shelf = two(etcd, Writing.TREE_V3);
            try (Scene scene = new Scene(etcd.endpoint(), Writing.TREE_V3, "&refresh=1s")) {
                etcd.freeze();
                scene.awaitLine("etcd " + etcd.endpoint() + LATE);

                etcd.thaw();
                shelf.put("three", set.other);
                scene.awaitThird();
            }
        }
    }

    @Test
    void thePasswordBecomesWrong() {
        try (EtcdServer etcd = EtcdServer.start()) {
            EtcdWriter writer = new EtcdWriter(etcd);
            EtcdShelf shelf = two(writer, Writing.TREE_V3);
            writer.enableAuth("/app/");
            try (Scene scene =
                    new Scene(etcd.endpoint(), Writing.TREE_V3, "&refresh=1s&user=app&password=app-secret")) {
                writer.password("app", "another");
                String refused = "etcd " + etcd.endpoint()
                        + ": expected the credentials of a user, and does not accept user app: ";
                scene.awaitLine(refused);

                writer.password("app", "app-secret");
                shelf.put("three", set.other);
                scene.awaitThird(refused);
            }
        }
    }

    @Test
    void thePasswordBecomesWrongForApiV2() {
        try (EtcdServer etcd = EtcdServer.start()) {
            EtcdWriter writer = new EtcdWriter(etcd);
            EtcdShelf shelf = two(writer, Writing.TREE_V2);
            writer.enableAuthV2("secret");
            try (Scene scene = new Scene(etcd.endpoint(), Writing.TREE_V2, "&refresh=1s&user=root&password=secret")) {
                writer.passwordV2("another");
                String refused = "etcd " + etcd.endpoint()
                        + ": expected the credentials of a user that may read /app/instances/, not user root";
                scene.awaitLine(refused);

                writer.passwordV2("secret");
                shelf.put("three", set.other);
                scene.awaitThird(refused);
            }
        }
    }

    @Test
    void theCertificateBecomesInvalid() throws Exception {
        Certificates good = Certificates.make(directory, "good", "EC", everyLoopbackAddressOfATest());
        Certificates bad = Certificates.make(directory, "bad", "EC", List.of("127.0.0.1"));
        Path trusted = Files.copy(good.certificate(), directory.resolve("trusted.pem"));
        try (EtcdServer etcd = EtcdServer.builder()
                        .arguments("--cert-file", good.certificate().toString())
                        .arguments("--key-file", good.key().toString())
                        .start();
                FaultProxy network = FaultProxy.before(etcd.endpoint())) {
            EtcdShelf shelf = two(new EtcdWriter(etcd, good), Writing.TREE_V3);
            try (Scene scene = new Scene(network.endpoint(), Writing.TREE_V3, "&ca=" + trusted)) {
                Files.copy(bad.certificate(), trusted, StandardCopyOption.REPLACE_EXISTING);
                network.reset();
                String untrusted = "unable to find valid certification path";
                scene.awaitLine("etcd " + network.endpoint() + ": cannot be reached: ", untrusted);

                Files.copy(good.certificate(), trusted, StandardCopyOption.REPLACE_EXISTING);
                shelf.put("three", set.other);
                scene.awaitThird(untrusted);
            }
        }
    }

    /** The certificate is needed before a server and a proxy start, and their addresses are known only afterwards. */
    private static List<String> everyLoopbackAddressOfATest() {
        try (FaultProxy one = FaultProxy.before("127.0.0.1:1")) {
            String network = one.host().substring(0, one.host().lastIndexOf('.') + 1);
            return IntStream.rangeClosed(1, 254)
                    .mapToObj(each -> network + each)
                    .toList();
        }
    }

    @Test
    void aCallWaitsForEtcdAtAStart() throws Exception {
        try (EtcdServer etcd = EtcdServer.start()) {
            two(etcd, Writing.TREE_V3);
            etcd.kill();
            try (Logs logs = new Logs();
                    DiscoveryClient client = Clients.patient()
                            .topology("etcd://" + etcd.endpoint() + Writing.TREE_V3.place)
                            .connect()) {
                var call = CompletableFuture.supplyAsync(
                        () -> client.call("app.ping", List.of(), Clients.PATIENT, String.class),
                        Thread::startVirtualThread);
                String refused = "etcd " + etcd.endpoint() + REFUSED;
                until(refused, () -> !logs.containing(refused).isEmpty());
                assertThat(call).isNotDone();
                etcd.restart();
                assertThat(call.get(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("pong");
                assertThat(logs.containing(refused)).hasSize(1);
            }
        }
    }

    @Test
    void aStartWithoutEtcdIsServedFromTheCacheFile() {
        Path cache = directory.resolve("topology.yaml");
        try (EtcdServer etcd = EtcdServer.start()) {
            EtcdShelf shelf = two(etcd, Writing.TREE_V3);
            try (Scene scene = new Scene(etcd.endpoint(), Writing.TREE_V3, "&cache=" + cache)) {
                until("the cache file is there", () -> Files.exists(cache));
                assertThat(scene.troubles()).isEmpty();
            }
            etcd.kill();
            try (Scene scene = new Scene(etcd.endpoint(), Writing.TREE_V3, "&cache=" + cache)) {
                String fromCache = "; starting with the 2 instances of cache file ";
                scene.awaitLine("etcd " + etcd.endpoint() + REFUSED, fromCache);
                etcd.restart();
                shelf.put("three", set.other);
                scene.awaitThird(REFUSED, fromCache);
            }
        }
    }
}
