package io.github.moonlibs.discovery.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EtcdServerTest {
    static Stream<Via> ways() {
        return Arrays.stream(Via.values()).filter(EtcdServer::isAvailable);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void servesBothVersionsOfTheApi(Via via) throws Exception {
        try (EtcdServer etcd = EtcdServer.builder().via(via).start()) {
            EtcdWriter writer = new EtcdWriter(etcd);
            writer.putV2("/old", "1");
            assertThat(getV2(etcd, "old")).contains("\"value\":\"1\"");
            writer.put("new", "2");
            assertThat(awaitV3(etcd, "new")).contains(base64("2"));
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void restartsOnItsPortWithOrWithoutItsData(Via via) throws Exception {
        try (EtcdServer etcd = EtcdServer.builder().via(via).start()) {
            String url = etcd.clientUrl();
            new EtcdWriter(etcd).put("key", "kept");
            etcd.kill();
            assertThat(etcd.isRunning()).isFalse();
            assertThatThrownBy(() -> getV3(etcd, "key")).isInstanceOf(IOException.class);
            etcd.restart();
            assertThat(etcd.clientUrl()).isEqualTo(url);
            assertThat(awaitV3(etcd, "key")).contains(base64("kept"));
            etcd.restartEmpty();
            assertThat(awaitV3(etcd, "key")).doesNotContain(base64("kept"));
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void doesNotAnswerWhileFrozen(Via via) throws Exception {
        try (EtcdServer etcd = EtcdServer.builder().via(via).start()) {
            etcd.freeze();
            assertThatThrownBy(() -> http(etcd, "/version", null, 50)).isInstanceOf(SocketTimeoutException.class);
            etcd.thaw();
            assertThat(http(etcd, "/version", null, 60_000)).contains("etcdserver");
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void formsAClusterThatSurvivesTheDeathOfItsLeader(Via via) throws Exception {
        try (EtcdCluster cluster = EtcdServer.builder().via(via).startCluster(3)) {
            assertThat(cluster.clientUrls()).hasSize(3).doesNotHaveDuplicates();
            EtcdServer first = cluster.leader();
            new EtcdWriter(first).put("key", "kept");
            first.kill();
            EtcdServer second = cluster.leader();
            assertThat(second).isNotSameAs(first);
            assertThat(awaitV3(second, "key")).contains(base64("kept"));
            first.restart();
            assertThat(awaitV3(first, "key")).contains(base64("kept"));
            assertThatThrownBy(first::restartEmpty).hasMessageContaining("EtcdCluster.restartEmpty");
            cluster.kill().restartEmpty();
            assertThat(awaitV3(first, "key")).doesNotContain(base64("kept"));
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void failsWithTheEndOfTheLogWhenItDoesNotStart(Via via) {
        assertThatThrownBy(() -> EtcdServer.builder()
                        .via(via)
                        .file("nonsense.pem", "no certificate")
                        .arguments("--cert-file", "nonsense.pem", "--key-file", "nonsense.pem")
                        .start())
                .hasMessageContaining("find any PEM data");
    }

    private static String getV2(EtcdServer etcd, String key) throws IOException {
        return http(etcd, "/v2/keys/" + key, null, 60_000);
    }

    /** Reads as soon as a majority answers: a cluster that was healthy a moment ago may lose its leader. */
    private static String awaitV3(EtcdServer etcd, String key) {
        AtomicReference<Object> last = new AtomicReference<>("");
        Waiting.until(() -> "a read by a majority; last " + last, () -> {
            try {
                last.set(getV3(etcd, key));
                return true;
            } catch (IOException notYet) {
                last.set(notYet);
                return false;
            }
        });
        return String.valueOf(last.get());
    }

    private static String getV3(EtcdServer etcd, String key) throws IOException {
        return http(etcd, "/v3/kv/range", "{\"key\": \"" + base64(key) + "\"}", 60_000);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String http(EtcdServer etcd, String path, @Nullable String body, int millis) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(etcd.clientUrl() + path).toURL().openConnection();
        connection.setConnectTimeout(millis);
        connection.setReadTimeout(millis);
        if (body != null) {
            connection.setDoOutput(true);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body.getBytes(StandardCharsets.UTF_8));
            }
        }
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
