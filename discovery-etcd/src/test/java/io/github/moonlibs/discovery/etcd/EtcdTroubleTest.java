package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens to etcd, the last good set stays, one line tells why, and it goes on by itself. */
@Execution(ExecutionMode.CONCURRENT)
class EtcdTroubleTest {
    private static final String A = "a (10.0.0.1:3301)";
    private static final String B = "b (10.0.0.2:3301)";

    @TempDir
    private Path directory = Path.of("none");

    private static Following follow(List<EtcdServer> servers, String parameters) {
        String endpoints = servers.stream().map(EtcdServer::endpoint).collect(Collectors.joining(","));
        return new Following("etcd://" + endpoints + "/app/instances?" + parameters);
    }

    private static void put(EtcdServer etcd, String api, String name, String address) throws Exception {
        String key = "/app/instances/" + name + "/box/listen";
        if (api.equals("v2")) {
            etcd.putV2(key, address);
        } else {
            etcd.put(key, address);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3", "v2"})
    void membersOfAClusterDieAndComeBack(String api) throws Exception {
        List<EtcdServer> cluster = EtcdServer.cluster(3);
        try (EtcdServer first = cluster.get(0);
                EtcdServer second = cluster.get(1);
                EtcdServer third = cluster.get(2)) {
            put(first, api, "a", "10.0.0.1:3301");
            try (Following following = follow(cluster, "api=" + api)) {
                following.awaits(A);

                first.kill();
                assertThat(following.awaitsFailure("etcd " + first.endpoint() + ": cannot be reached: "))
                        .contains("; going on with ");
                second.awaitHealth();
                put(second, api, "b", "10.0.0.2:3301");
                following.awaits(A, B);
                assertThat(following.failures()).hasSize(1);

                second.kill();
                third.kill();
                String away = following.awaitsFailure("etcd " + third.endpoint() + ": cannot be reached: ");
                assertThat(away).contains("etcd " + second.endpoint() + ": cannot be reached: ");

                for (EtcdServer each : cluster) {
                    each.launch();
                }
                for (EtcdServer each : cluster) {
                    each.awaitHealth();
                }
                put(first, api, "c", "10.0.0.3:3301");
                following.awaits(A, B, "c (10.0.0.3:3301)");
                assertThat(following.published())
                        .allSatisfy(set -> assertThat(set).isNotEmpty());
            }
        }
    }

    @Test
    void aSilentMemberIsLeft() throws Exception {
        List<EtcdServer> cluster = EtcdServer.cluster(3);
        try (EtcdServer first = cluster.get(0);
                EtcdServer second = cluster.get(1);
                EtcdServer third = cluster.get(2)) {
            put(first, "v3", "a", "10.0.0.1:3301");
            try (Following following = follow(cluster, "api=v3")) {
                following.awaits(A);
                first.pause();
                second.awaitHealth();
                put(third, "v3", "b", "10.0.0.2:3301");
                following.awaits(A, B);
                assertThat(following.failures())
                        .singleElement()
                        .asString()
                        .contains("etcd " + first.endpoint())
                        .endsWith("; going on with " + second.endpoint());
                first.resume();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3", "v2"})
    void etcdStopsForAWhileAndGoesOn(String api) throws Exception {
        try (EtcdServer etcd = EtcdServer.start()) {
            put(etcd, api, "a", "10.0.0.1:3301");
            try (Following following = follow(List.of(etcd), "refresh=1s&api=" + api)) {
                following.awaits(A);
                etcd.pause();
                following.awaitsFailure(
                        api.equals("v3")
                                ? "etcd " + etcd.endpoint() + ": expected an answer within 5000 ms"
                                : "etcd " + etcd.endpoint() + ": cannot be reached: request timed out");
                etcd.resume();
                etcd.awaitHealth();
                put(etcd, api, "b", "10.0.0.2:3301");
                following.awaits(A, B);
                assertThat(following.failures()).hasSize(1);
                assertThat(following.published())
                        .allSatisfy(set -> assertThat(set).isNotEmpty());
            }
        }
    }

    @Test
    void anEmptyStoreIsToldAndDoesNoHarm() throws Exception {
        try (EtcdServer etcd = EtcdServer.start()) {
            put(etcd, "v3", "a", "10.0.0.1:3301");
            try (Following following = follow(List.of(etcd), "api=auto")) {
                following.awaits(A);
                etcd.kill();
                following.awaitsFailure("etcd " + etcd.endpoint() + ": cannot be reached: ");
                etcd.wipe();
                etcd.restart();
                following.awaitsFailure("there is no instance; expected some in /app/instances/config/");
                assertThat(following.instances()).isEmpty();
                put(etcd, "v3", "b", "10.0.0.2:3301");
                following.awaits(B);
                assertThat(following.failures()).hasSizeLessThanOrEqualTo(3);
            }
        }
    }

    @Test
    void aWrongPasswordIsToldOnceAndCanBeSetRight() throws Exception {
        try (EtcdServer etcd = EtcdServer.start()) {
            put(etcd, "v3", "a", "10.0.0.1:3301");
            etcd.enableAuth("/app/instances/");
            try (Following following = follow(List.of(etcd), "refresh=1s&user=app&password=new-secret");
                    Following nobody = follow(List.of(etcd), "layout=tree&api=v3")) {
                assertThat(following.awaitsFailure("does not accept user app"))
                        .isEqualTo("etcd " + etcd.endpoint() + ": expected the credentials of a user, and does not"
                                + " accept user app: etcdserver: authentication failed, invalid user ID or password");
                nobody.awaitsFailure("does not accept nobody (no user is configured)");
                etcd.v3("auth/user/changepw", "{\"name\":\"app\",\"password\":\"new-secret\"}");
                following.awaits(A);
                assertThat(following.failures()).hasSize(1);
                // now tokens go stale under the follower
                etcd.v3("auth/user/changepw", "{\"name\":\"app\",\"password\":\"new-secret\"}");
                int before = following.published().size();
                Waiting.until("it was read again", () -> following.published().size() > before + 1);
                put(etcd, "v3", "b", "10.0.0.2:3301");
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
    void apiV2WantsItsOwnCredentials() throws Exception {
        try (EtcdServer etcd = EtcdServer.start()) {
            put(etcd, "v2", "a", "10.0.0.1:3301");
            etcd.http("PUT", "/v2/auth/users/root", "application/json", "{\"user\":\"root\",\"password\":\"p:w\"}");
            etcd.http("DELETE", "/v2/auth/roles/guest", null, null);
            etcd.http("PUT", "/v2/auth/enable", null, null);
            etcd.httpAs(
                    "root:p:w",
                    "PUT",
                    "/v2/auth/roles/guest",
                    "{\"role\":\"guest\",\"revoke\":{\"kv\":" + "{\"read\":[\"/*\"],\"write\":[\"/*\"]}}}");
            try (Following wrong = follow(List.of(etcd), "api=v2&user=root&password=wrong");
                    Following right = follow(List.of(etcd), "api=v2&user=root&password=p:w")) {
                wrong.awaitsFailure("etcd " + etcd.endpoint()
                        + ": expected the credentials of a user who may read /app/instances/, not user root");
                right.awaits(A);
            }
        }
    }

    @Test
    void aServerWithoutApiV2SaysSo() throws Exception {
        try (EtcdServer etcd = EtcdServer.start("--enable-v2=false");
                Following following = follow(List.of(etcd), "api=v2");
                Following looking = follow(List.of(etcd), "api=auto")) {
            following.awaitsFailure("etcd " + etcd.endpoint() + ": expected API v2, and this server does not speak it");
            looking.awaitsFailure("there is no instance");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3", "v2"})
    void certificatesAreChecked(String api) throws Exception {
        Certificates server = Certificates.make(directory, "server", "RSA");
        Certificates client = Certificates.make(directory, "client", "EC");
        try (EtcdServer etcd = EtcdServer.start(
                        "--cert-file",
                        server.certificate().toString(),
                        "--key-file",
                        server.key().toString(),
                        "--client-cert-auth",
                        "--trusted-ca-file",
                        client.certificate().toString());
                Following stranger =
                        follow(List.of(etcd), "api=" + api + "&ca=" + client.certificate() + identity(client));
                Following unknown = follow(List.of(etcd), "api=" + api + "&ca=" + server.certificate());
                Following broken = follow(List.of(etcd), "api=" + api + "&ca=" + server.key());
                Following following =
                        follow(List.of(etcd), "api=" + api + "&ca=" + server.certificate() + identity(client))) {
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

    private static String identity(Certificates certificates) {
        return "&cert=" + certificates.certificate() + "&key=" + certificates.key();
    }

    @Test
    void aStartWithoutEtcdWaitsForIt() throws Exception {
        try (EtcdServer etcd = EtcdServer.prepared();
                Following following = follow(List.of(etcd), "api=auto")) {
            following.awaitsFailure("etcd " + etcd.endpoint() + ": cannot be reached: ");
            etcd.restart();
            put(etcd, "v3", "a", "10.0.0.1:3301");
            following.awaits(A);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3", "v2"})
    void endpointsThatAreAwayAreToldInOneLine(String api) throws Exception {
        try (EtcdServer none = EtcdServer.prepared();
                Following following = new Following(
                        "etcd://" + none.endpoint() + ",nowhere..invalid/app/instances?refresh=1s&api=" + api)) {
            assertThat(following.awaitsFailure("etcd"))
                    .matches("etcd " + none.endpoint() + ": cannot be reached: Connection refused[^;]*; "
                            + "etcd nowhere..invalid:2379: cannot be reached: the host nowhere..invalid is not known");
            none.restart();
            put(none, api, "a", "10.0.0.1:3301");
            following.awaits(A);
            assertThat(following.failures())
                    .filteredOn(failure -> failure.contains("cannot be reached"))
                    .hasSize(1);
        }
    }

    @Test
    void aStartWithoutEtcdServesFromTheCacheFile() throws Exception {
        Path cache = directory.resolve("topology.yaml");
        try (EtcdServer etcd = EtcdServer.start()) {
            put(etcd, "v3", "a", "10.0.0.1:3301");
            try (Following following = follow(List.of(etcd), "cache=" + cache)) {
                following.awaits(A);
                Waiting.until("the cache file is there", () -> Files.exists(cache));
            }
            etcd.kill();
            try (Following following = follow(List.of(etcd), "cache=" + cache)) {
                following.awaits(A);
                assertThat(following.awaitsFailure("starting with the 1 instances of cache file " + cache))
                        .startsWith("etcd " + etcd.endpoint() + ": cannot be reached: ");
                etcd.restart();
                put(etcd, "v3", "b", "10.0.0.2:3301");
                following.awaits(A, B);
                Waiting.until("the cache file is renewed", () -> {
                    try {
                        return Files.readString(cache).contains("10.0.0.2:3301");
                    } catch (IOException e) {
                        return false;
                    }
                });
            }
            try (Following other = new Following("etcd://127.0.0.1:1/other?cache=" + cache)) {
                other.awaitsFailure("cache file " + cache + ": expected the topology /other/, got /app/instances/");
                assertThat(other.published()).isEmpty();
            }
        }
    }
}
