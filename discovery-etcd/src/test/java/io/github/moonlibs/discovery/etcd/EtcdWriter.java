package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.testkit.EtcdServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes to etcd, by the HTTP gateway to API v3 and by API v2; shares nothing with what is tested. */
final class EtcdWriter {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final EtcdServer server;
    private String token = "";

    EtcdWriter(EtcdServer server) {
        this.server = server;
    }

    /** Waits until the server's cluster has a leader. */
    EtcdWriter awaitHealth() {
        Waiting.until(server.endpoint() + " is healthy", () -> {
            try {
                return http("GET", "/health", null, null).body().contains("true");
            } catch (IOException | InterruptedException e) {
                return false;
            }
        });
        return this;
    }

    void put(String key, String value) throws Exception {
        v3("kv/put", "{\"key\":\"" + base64(key) + "\",\"value\":\"" + base64(value) + "\"}");
    }

    void delete(String key) throws Exception {
        v3("kv/deleterange", "{\"key\":\"" + base64(key) + "\"}");
    }

    void deleteBelow(String directory) throws Exception {
        v3(
                "kv/deleterange",
                "{\"key\":\"" + base64(directory) + "\",\"range_end\":\"" + base64(Keys.end(directory)) + "\"}");
    }

    /** Forgets every revision but the last one. */
    void compact() throws Exception {
        String answer = v3("kv/range", "{\"key\":\"" + base64("x") + "\"}");
        v3("kv/compaction", "{\"revision\":\"" + answer.replaceAll(".*\"revision\":\"(\\d+)\".*", "$1") + "\"}");
    }

    /** The answer of the gateway to gRPC. */
    String v3(String method, String json) throws Exception {
        HttpResponse<String> response = http("POST", "/v3/" + method, "application/json", json);
        if (response.statusCode() != 200) {
            throw new IOException(method + ": " + response.body());
        }
        return response.body();
    }

    /** Switches authentication on: root, and a user app who may read what lies below a directory. */
    void enableAuth(String directory) throws Exception {
        for (String user : List.of("root", "app")) {
            v3("auth/user/add", "{\"name\":\"" + user + "\",\"password\":\"" + user + "-secret\"}");
            v3("auth/role/add", "{\"name\":\"" + user + "\"}");
            v3("auth/user/grant", "{\"user\":\"" + user + "\",\"role\":\"" + user + "\"}");
        }
        v3(
                "auth/role/grant",
                "{\"name\":\"app\",\"perm\":{\"permType\":\"READ\",\"key\":\"" + base64(directory)
                        + "\",\"range_end\":\"" + base64(Keys.end(directory)) + "\"}}");
        v3("auth/enable", "{}");
        String answer = v3("auth/authenticate", "{\"name\":\"root\",\"password\":\"root-secret\"}");
        token = answer.replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
    }

    void putV2(String key, String value) throws Exception {
        v2("PUT", key, "value=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
    }

    void deleteV2(String key) throws Exception {
        v2("DELETE", key + "?recursive=true", null);
    }

    private void v2(String method, String key, @Nullable String form) throws Exception {
        HttpResponse<String> response = http(method, "/v2/keys" + key, "application/x-www-form-urlencoded", form);
        if (response.statusCode() / 100 != 2) {
            throw new IOException(method + " " + key + ": " + response.body());
        }
    }

    /** The same for API v2, which has users of its own; nobody but root may read. */
    void enableAuthV2(String rootPassword) throws Exception {
        String json = "application/json";
        http("PUT", "/v2/auth/users/root", json, "{\"user\":\"root\",\"password\":\"" + rootPassword + "\"}");
        http("PUT", "/v2/auth/enable", null, null);
        token = "Basic " + base64("root:" + rootPassword);
        String all = "{\"kv\":{\"read\":[\"/*\"],\"write\":[\"/*\"]}}";
        http("PUT", "/v2/auth/roles/guest", json, "{\"role\":\"guest\",\"revoke\":" + all + "}");
        token = "";
    }

    private HttpResponse<String> http(String method, String path, @Nullable String type, @Nullable String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + server.endpoint() + path))
                .timeout(Duration.ofSeconds(20))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (type != null) {
            request.header("Content-Type", type);
        }
        if (!token.isEmpty()) {
            request.header("Authorization", token);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
