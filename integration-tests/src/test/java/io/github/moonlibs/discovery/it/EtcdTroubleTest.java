package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Waiting.BOUND;
import static io.github.moonlibs.discovery.it.Waiting.await;
import static io.github.moonlibs.discovery.it.Waiting.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.CallOptions;
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
import java.time.Duration;
import java.util.List;
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

/** Whatever happens to etcd: no call fails, each trouble is told in one line, and a change afterwards is followed. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EtcdTroubleTest {
    private static final String REFUSED = ": cannot be reached: Connection refused";

    private final Replicaset set = new Replicaset(Ways.had().getFirst());

    @TempDir
    private Path directory = Path.of("none");

    @AfterAll
    void stopTarantools() {
        set.close();
    }

    /** Writes down two of the three instances. */
    private EtcdShelf two(EtcdServer etcd, Writing writing) {
        return two(new EtcdWriter(etcd), writing);
    }

    private EtcdShelf two(EtcdWriter etcd, Writing writing) {
        return new EtcdShelf(etcd, writing).put("one", set.master).put("two", set.replica);
    }

    /** Calls under way through a client that takes its topology from etcd. */
    private static final class Scene implements AutoCloseable {
        private static final int CALLERS = 50;

        final Logs logs = new Logs();
        final DiscoveryClient client;
        final Load load;

        Scene(String endpoints, Writing writing, String parameters) {
            client = DiscoveryClient.connect("etcd://" + endpoints + writing.place + parameters);
            awaitServed(client, "app.ping", 2);
            load = new Load(client, CALLERS, "app.ping", List::of, Duration.ofMillis(500), Duration.ofSeconds(10));
            load.awaitMore(CALLERS);
        }

        /** Waits until that many troubles were told, and goes on calling for a while. */
        String awaitTold(int troubles) {
            await(
                    () -> troubles + " warnings: " + logs.warnings(),
                    () -> logs.warnings().size() >= troubles);
            load.awaitMore(5 * CALLERS);
            assertThat(client.routing().routes("app.ping")).hasSize(2);
            return logs.warnings().get(troubles - 1);
        }

        /** Waits until the third instance, which was written down a moment ago, is served. */
        void awaitThird(int troubles) {
            awaitServed(client, "app.ping", 3);
            load.awaitMore(CALLERS);
            load.end();
            assertThat(load.failures).isEmpty();
            assertThat(logs.warnings()).hasSize(troubles);
            assertThat(client.topology().lastError()).isNull();
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
    void theWatchedMemberIsKilledThenAllAre(Writing writing) {
        try (EtcdCluster cluster = EtcdServer.builder().startCluster(3)) {
            EtcdShelf shelf = two(cluster.members().getFirst(), writing);
            String endpoints =
                    cluster.members().stream().map(EtcdServer::endpoint).collect(Collectors.joining(","));
            try (Scene scene = new Scene(endpoints, writing, "")) {
                await("one is watched", () -> cluster.members().stream().anyMatch(EtcdServer::isWatched));
                EtcdServer watched = cluster.members().stream()
                        .filter(EtcdServer::isWatched)
                        .findFirst()
                        .orElseThrow();
                watched.kill();
                assertThat(scene.awaitTold(1))
                        .contains("etcd " + watched.endpoint() + ": cannot be reached: ", "; going on with ");

                cluster.kill();
                assertThat(scene.awaitTold(2)).contains(REFUSED);

                cluster.restart();
                shelf.put("three", set.other);
                scene.awaitThird(2);
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
                assertThat(scene.awaitTold(1)).contains("etcd " + etcd.endpoint() + ": cannot be reached: ");

                etcd.restartEmpty();
                assertThat(scene.awaitTold(2))
                        .endsWith("the topology is empty; expected at least one instance, the last 2 stay");

                two(etcd, writing).put("three", set.other);
                scene.awaitThird(2);
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
                assertThat(scene.awaitTold(1)).contains("etcd " + network.endpoint() + ": cannot be reached: ");

                shelf.put("three", set.other);
                writer.put("/elsewhere", "another revision");
                writer.compact();
                network.heal();
                scene.awaitThird(1);
            }
        }
    }

    @Test
    void etcdIsFrozen() {
        try (EtcdServer etcd = EtcdServer.start()) {
            EtcdShelf shelf = two(etcd, Writing.TREE_V3);
            try (Scene scene = new Scene(etcd.endpoint(), Writing.TREE_V3, "&refresh=1s")) {
                etcd.freeze();
                assertThat(scene.awaitTold(1))
                        .contains("etcd " + etcd.endpoint() + ": expected an answer within 5000 ms");

                etcd.thaw();
                shelf.put("three", set.other);
                scene.awaitThird(1);
            }
        }
    }

    @Test
    void thePasswordTurnsWrong() {
        try (EtcdServer etcd = EtcdServer.start()) {
            EtcdWriter writer = new EtcdWriter(etcd);
            EtcdShelf shelf = two(writer, Writing.TREE_V3);
            writer.enableAuth("/app/");
            try (Scene scene =
                    new Scene(etcd.endpoint(), Writing.TREE_V3, "&refresh=1s&user=app&password=app-secret")) {
                writer.password("app", "another");
                assertThat(scene.awaitTold(1))
                        .contains("etcd " + etcd.endpoint()
                                + ": expected the credentials of a user, and does not accept " + "user app: ");

                writer.password("app", "app-secret");
                shelf.put("three", set.other);
                scene.awaitThird(1);
            }
        }
    }

    @Test
    void theCertificateTurnsBad() throws Exception {
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
                assertThat(scene.awaitTold(1))
                        .contains("etcd " + network.endpoint() + ": cannot be reached: ")
                        .contains("unable to find valid certification path");

                Files.copy(good.certificate(), trusted, StandardCopyOption.REPLACE_EXISTING);
                shelf.put("three", set.other);
                scene.awaitThird(1);
            }
        }
    }

    /** A server's and a proxy's addresses are known when they have started, and the certificate is needed before. */
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
                    DiscoveryClient client =
                            DiscoveryClient.connect("etcd://" + etcd.endpoint() + Writing.TREE_V3.place)) {
                var call = CompletableFuture.supplyAsync(
                        () -> client.call(
                                "app.ping", List.of(), CallOptions.defaults().withDeadline(BOUND), String.class),
                        Thread::startVirtualThread);
                await("it is told", () -> !logs.warnings().isEmpty());
                assertThat(call).isNotDone();
                etcd.restart();
                assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo("pong");
                assertThat(logs.warnings()).singleElement().asString().contains("etcd " + etcd.endpoint() + REFUSED);
            }
        }
    }

    @Test
    void aStartWithoutEtcdIsServedFromTheCacheFile() {
        Path cache = directory.resolve("topology.yaml");
        try (EtcdServer etcd = EtcdServer.start()) {
            EtcdShelf shelf = two(etcd, Writing.TREE_V3);
            try (Scene scene = new Scene(etcd.endpoint(), Writing.TREE_V3, "&cache=" + cache)) {
                await("the cache file is there", () -> Files.exists(cache));
                assertThat(scene.logs.warnings()).isEmpty();
            }
            etcd.kill();
            try (Scene scene = new Scene(etcd.endpoint(), Writing.TREE_V3, "&cache=" + cache)) {
                assertThat(scene.awaitTold(1))
                        .contains(
                                "etcd " + etcd.endpoint() + REFUSED, "; starting with the 2 instances of cache file ");
                etcd.restart();
                shelf.put("three", set.other);
                scene.awaitThird(1);
            }
        }
    }
}
