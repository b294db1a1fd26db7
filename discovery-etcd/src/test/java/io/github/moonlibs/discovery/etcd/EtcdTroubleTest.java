package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.Certificates;
import io.github.moonlibs.discovery.testkit.EtcdCluster;
import io.github.moonlibs.discovery.testkit.EtcdServer;
import io.github.moonlibs.discovery.testkit.EtcdWriter;
import io.github.moonlibs.discovery.testkit.FaultProxy;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens to etcd, the last good set stays, one line reports the reason, and the follower recovers by itself. */
@Execution(ExecutionMode.CONCURRENT)
class EtcdTroubleTest {
    private static final String A = "a (10.0.0.1:3301)";
    private static final String B = "b (10.0.0.2:3301)";

    @TempDir
    private Path directory = Path.of("none");

    private static Following follow(EtcdServer server, String parameters) {
        return follow(List.of(server), parameters);
    }

    private static Following follow(List<EtcdServer> servers, String parameters) {
        String endpoints = servers.stream().map(EtcdServer::endpoint).collect(Collectors.joining(","));
        return new Following("etcd://" + endpoints + "/app/instances?" + parameters);
    }

    private static void put(EtcdServer etcd, String api, String name, String address) throws Exception {
        String key = "/app/instances/" + name + "/box/listen";
        EtcdWriter writer = new EtcdWriter(etcd).awaitHealth();
        if (api.equals("v2")) {
            writer.putV2(key, address);
        } else {
            writer.put(key, address);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3", "v2"})
    void membersOfAClusterDieAndComeBack(String api) throws Exception {
        try (EtcdCluster cluster = EtcdServer.builder().startCluster(3)) {
            List<EtcdServer> members = cluster.members();
            put(members.get(0), api, "a", "10.0.0.1:3301");
            try (Following following = follow(members, "api=" + api)) {
                following.awaits(A);

                EtcdServer watched = cluster.watched();
                watched.kill();
                following.awaitsFailure("etcd " + watched.endpoint() + ": cannot be reached: ");
                put(cluster.leader(), api, "b", "10.0.0.2:3301");
                following.awaits(A, B);

                cluster.kill();
                following.awaitsFailure(members.stream()
                        .map(member -> "etcd " + member.endpoint() + ": cannot be reached: Connection refused")
                        .toArray(String[]::new));

                cluster.restart();
                put(members.get(0), api, "c", "10.0.0.3:3301");
                following.awaits(A, B, "c (10.0.0.3:3301)");
                assertThat(following.failures())
                        .filteredOn(failure -> !failure.contains("expected an answer within"))
                        .doesNotHaveDuplicates();
                assertThat(following.published())
                        .allSatisfy(set -> assertThat(set).isNotEmpty());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3", "v2"})
    void aFrozenMemberIsLeftForAnotherOneLongBeforeTheRefresh(String api) throws Exception {
        try (EtcdCluster cluster = EtcdServer.builder().startCluster(3)) {
            put(cluster.members().getFirst(), api, "a", "10.0.0.1:3301");
            try (Following following = follow(cluster.members(), "refresh=1000s&api=" + api)) {
                following.awaits(A);
                EtcdServer silent = cluster.watched();
                EtcdServer other = cluster.members().get(cluster.members().indexOf(silent) == 0 ? 1 : 0);
                silent.freeze();
                put(other, api, "b", "10.0.0.2:3301");
                following.awaits(A, B);
                // it may have been the leader; then it is reported with the others, which are electing a new one
                following.awaitsFailure("etcd " + silent.endpoint() + ": ");
                silent.thaw();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3", "v2"})
    void aMemberThatIsCutOffIsLeftForAnotherOneLongBeforeTheRefresh(String api) throws Exception {
        try (EtcdServer etcd = EtcdServer.start();
                FaultProxy proxy = FaultProxy.before(etcd.endpoint())) {
            put(etcd, api, "a", "10.0.0.1:3301");
            try (Following following = new Following(
                    "etcd://" + proxy.endpoint() + "," + etcd.endpoint() + "/app/instances?refresh=1000s&api=" + api)) {
                following.awaits(A);
                proxy.stall();
                put(etcd, api, "b", "10.0.0.2:3301");
                following.awaits(A, B);
                following.awaitsFailure("etcd " + proxy.endpoint() + ": expected an answer within ");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3", "v2"})
    void aMemberWithoutALeaderIsReportedAsSuch(String api) throws Exception {
        try (EtcdCluster cluster = EtcdServer.builder().startCluster(3)) {
            List<EtcdServer> members = cluster.members();
            put(members.getFirst(), api, "a", "10.0.0.1:3301");
            try (Following following = follow(List.of(members.getFirst()), "refresh=1000s&api=" + api)) {
                following.awaits(A);
                members.get(1).kill();
                members.get(2).kill();
                following.awaitsFailure("etcd " + members.getFirst().endpoint() + ": ", "leader");
                cluster.restart();
                put(members.getFirst(), api, "b", "10.0.0.2:3301");
                following.awaits(A, B);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3", "v2"})
    void etcdStopsForAWhileAndGoesOn(String api) throws Exception {
        try (EtcdServer etcd = EtcdServer.start()) {
            put(etcd, api, "a", "10.0.0.1:3301");
            try (Following following = follow(etcd, "refresh=1s&api=" + api)) {
                following.awaits(A);
                etcd.freeze();
                following.awaitsFailure("etcd " + etcd.endpoint() + ": expected an answer within ");
                etcd.thaw();
                put(etcd, api, "b", "10.0.0.2:3301");
                following.awaits(A, B);
                assertThat(following.published())
                        .allSatisfy(set -> assertThat(set).isNotEmpty());
            }
        }
    }

    @Test
    void anEmptyStoreIsPublishedOnceAndLeftToTheClientToRefuse() throws Exception {
        try (EtcdServer etcd = EtcdServer.start()) {
            put(etcd, "v3", "a", "10.0.0.1:3301");
            try (Following following = follow(etcd, "api=auto")) {
                following.awaits(A);
                etcd.kill();
                following.awaitsFailure("etcd " + etcd.endpoint() + ": cannot be reached: ");
                etcd.restartEmpty();
                Waiting.until(
                        "it is seen to be empty",
                        () -> following.published().getLast().isEmpty());
                put(etcd, "v3", "b", "10.0.0.2:3301");
                following.awaits(B);
                assertThat(following.published()).filteredOn(List::isEmpty).hasSize(1);
                assertThat(following.failures()).hasSize(1);
            }
        }
    }

    @Test
    void aWrongPasswordIsReportedOnceAndCanBeCorrected() throws Exception {
        try (EtcdServer etcd = EtcdServer.start()) {
            EtcdWriter writer = new EtcdWriter(etcd);
            writer.put("/app/instances/a/box/listen", "10.0.0.1:3301");
            writer.enableAuth("/app/instances/");
            try (Following following = follow(etcd, "refresh=1s&user=app&password=new-secret");
                    Following anonymous = follow(etcd, "layout=tree&api=v3")) {
                assertThat(following.awaitsFailure("does not accept user app"))
                        .isEqualTo("etcd " + etcd.endpoint() + ": expected the credentials of a user, and does not"
                                + " accept user app: etcdserver: authentication failed, invalid user ID or password");
                anonymous.awaitsFailure("does not accept an anonymous client (no user is configured)");
                writer.password("app", "new-secret");
                following.awaits(A);
                assertThat(following.failures()).hasSize(1);
                // this makes the follower's token stale
                writer.password("app", "new-secret");
                int before = following.published().size();
                Waiting.until("it was read again", () -> following.published().size() > before + 1);
                writer.put("/app/instances/b/box/listen", "10.0.0.2:3301");
                following.awaits(A, B);
                assertThat(following.failures()).hasSize(1);
            }
            try (Following elsewhere =
                    new Following("etcd://" + etcd.endpoint() + "/secret?layout=tree&user=app&password=new-secret")) {
                elsewhere.awaitsFailure("expected user app to be allowed to read /secret/");
            }
        }
    }

    @Test
    void apiV2ChecksCredentials() throws Exception {
        try (EtcdServer etcd = EtcdServer.start()) {
            EtcdWriter writer = new EtcdWriter(etcd);
            writer.putV2("/app/instances/a/box/listen", "10.0.0.1:3301");
            writer.enableAuthV2("p:w");
            try (Following wrong = follow(etcd, "api=v2&user=root&password=wrong");
                    Following right = follow(etcd, "api=v2&user=root&password=p:w")) {
                wrong.awaitsFailure("etcd " + etcd.endpoint()
                        + ": expected the credentials of a user that may read /app/instances/, not user root");
                right.awaits(A);
            }
        }
    }

    @Test
    void aServerWithoutApiV2IsReportedAsSuch() {
        try (EtcdServer etcd = EtcdServer.builder().withoutV2().start();
                Following following = follow(etcd, "api=v2");
                Following looking = follow(etcd, "api=auto")) {
            following.awaitsFailure("etcd " + etcd.endpoint() + ": expected API v2, and this server does not speak it");
            looking.awaitsFailure("there is no instance");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3", "v2"})
    void certificatesAreChecked(String api) throws Exception {
        Certificates server = Certificates.make(directory, "server", "RSA", nextAddresses());
        Certificates client = Certificates.make(directory, "client", "EC", List.of("127.0.0.1"));
        String itself = "&cert=" + client.certificate() + "&key=" + client.key();
        String common = "api=" + api + "&ca=";
        try (EtcdServer etcd = EtcdServer.builder()
                        .arguments("--client-cert-auth")
                        .arguments("--cert-file", server.certificate().toString())
                        .arguments("--key-file", server.key().toString())
                        .arguments("--trusted-ca-file", client.certificate().toString())
                        .start();
                Following stranger = follow(etcd, common + client.certificate() + itself);
                Following unknown = follow(etcd, common + server.certificate());
                Following broken = follow(etcd, common + server.key());
                Following following = follow(etcd, common + server.certificate() + itself)) {
            following.awaitsFailure("there is no instance; expected some in /app/instances/");
            assertThat(following.failures()).hasSize(1);
            stranger.awaitsFailure("etcd " + etcd.endpoint() + ": cannot be reached: ");
            assertThat(stranger.failures())
                    .singleElement()
                    .asString()
                    .contains("unable to find valid certification path");
            unknown.awaitsFailure("etcd " + etcd.endpoint() + ": ");
            broken.awaitsFailure("etcd ca=" + server.key() + ": expected certificates in PEM");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3", "v2"})
    void anExpiredCertificateAndOneOfAnotherAddressAreRefusedAndReported(String api) throws Exception {
        Certificates expired = Certificates.expired(directory, "expired", "EC", nextAddresses());
        Certificates other = Certificates.make(directory, "other", "EC", List.of("127.0.0.1"));
        Path ca = directory.resolve("expired-ca.pem");
        refuses(api, expired, ca, "NotAfter: ");
        refuses(api, other, other.certificate(), "No subject alternative names matching IP address");
    }

    private static void refuses(String api, Certificates served, Path trusted, String reason) {
        try (EtcdServer etcd = EtcdServer.builder()
                        .arguments("--cert-file", served.certificate().toString())
                        .arguments("--key-file", served.key().toString())
                        .start();
                Following following = follow(etcd, "api=" + api + "&ca=" + trusted)) {
            following.awaitsFailure("etcd " + etcd.endpoint() + ": cannot be reached: ", reason);
            assertThat(following.published()).isEmpty();
        }
    }

    /** The certificate of a server is needed before it starts, and its address is known only afterwards. */
    private static List<String> nextAddresses() {
        try (FaultProxy any = FaultProxy.before("127.0.0.1:1")) {
            String network = any.host().substring(0, any.host().lastIndexOf('.') + 1);
            return IntStream.rangeClosed(1, 254)
                    .mapToObj(each -> network + each)
                    .toList();
        }
    }

    @Test
    void aStartWithoutEtcdWaitsForIt() throws Exception {
        try (EtcdServer etcd = EtcdServer.start().kill();
                Following following = follow(etcd, "api=auto")) {
            following.awaitsFailure("etcd " + etcd.endpoint() + ": cannot be reached: ");
            etcd.restart();
            put(etcd, "v3", "a", "10.0.0.1:3301");
            following.awaits(A);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3", "v2"})
    void unreachableEndpointsAreReportedInOneLine(String api) throws Exception {
        try (EtcdServer etcd = EtcdServer.start().kill();
                Following following = new Following(
                        "etcd://" + etcd.endpoint() + ",nowhere..invalid/app/instances?refresh=1s&api=" + api)) {
            assertThat(following.awaitsFailure("etcd " + etcd.endpoint() + ": cannot be reached: Connection refused"))
                    .matches("etcd " + etcd.endpoint() + ": cannot be reached: Connection refused[^;]*; etcd "
                            + "nowhere..invalid:2379: cannot be reached: the host nowhere..invalid is not known");
            etcd.restart();
            put(etcd, api, "a", "10.0.0.1:3301");
            following.awaits(A);
            assertThat(following.failures())
                    .filteredOn(failure -> failure.startsWith("etcd " + etcd.endpoint() + ": cannot be reached"))
                    .hasSize(1);
        }
    }

    @Test
    void aStartWithoutEtcdServesFromTheCacheFile() throws Exception {
        Path cache = directory.resolve("topology.yaml");
        try (EtcdServer etcd = EtcdServer.start()) {
            put(etcd, "v3", "a", "10.0.0.1:3301");
            try (Following following = follow(etcd, "cache=" + cache)) {
                following.awaits(A);
                Waiting.until("the cache file is there", () -> Files.exists(cache));
            }
            etcd.kill();
            try (Following following = follow(etcd, "cache=" + cache)) {
                following.awaits(A);
                assertThat(following.awaitsFailure("starting with the 1 instances of cache file " + cache))
                        .startsWith("etcd " + etcd.endpoint() + ": cannot be reached: ");
                etcd.restart();
                put(etcd, "v3", "b", "10.0.0.2:3301");
                following.awaits(A, B);
                Waiting.until("the cache file is renewed", () -> contains(cache, "10.0.0.2:3301"));
            }
        }
        try (Following other = new Following("etcd://127.0.0.1:1/other?cache=" + cache)) {
            other.awaitsFailure("cache file " + cache + ": expected the topology /other/, got /app/instances/");
            assertThat(other.published()).isEmpty();
        }
    }

    @Test
    void aStartWithWhatCannotBeReadServesFromTheCacheFile() throws Exception {
        Path cache = directory.resolve("topology.yaml");
        try (EtcdServer etcd = EtcdServer.start()) {
            EtcdWriter writer = new EtcdWriter(etcd).awaitHealth();
            String uri = "etcd://" + etcd.endpoint() + "/app?cache=" + cache;
            String document =
                    "groups: {g: {replicasets: {r: {instances: {a: {iproto: {advertise: {client: '%s'}}}}}}}}";
            writer.put("/app/config/all", document.formatted("10.0.0.1:3301"));
            try (Following following = new Following(uri)) {
                following.awaits(A);
                Waiting.until("the cache file is there", () -> Files.exists(cache));
            }
            for (String bad : List.of(document.formatted("{{context.ip}}:3301"), "groups: [")) {
                writer.put("/app/config/all", bad);
                try (Following following = new Following(uri)) {
                    following
                            .awaits(A)
                            .awaitsFailure(
                                    "key /app/config/all: ", "starting with the 1 instances of cache file " + cache);
                }
            }
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            return false;
        }
    }
}
