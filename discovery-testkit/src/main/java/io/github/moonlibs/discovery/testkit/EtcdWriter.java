package io.github.moonlibs.discovery.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes to etcd over the HTTP gateway to API v3 and over API v2; shares no code with the library. Every method throws
 * {@link IllegalStateException} if etcd refuses or is unreachable. What changes keys is asked for again, for at most
 * {@link Waiting#BOUND}, while etcd cannot serve: a cluster that was healthy a moment ago may lose its leader.
 * Thread-safe, except for switching authentication on.
 */
public final class EtcdWriter {
    private static final int TIMEOUT_MILLIS = Math.toIntExact(Waiting.BOUND.toMillis());
    private static final String JSON = "application/json";
    private static final String FILL = "/fill/";
    private static final int MOST_MEBIBYTES = 100;

    /** Whose alarm it is. */
    private static final Pattern ALARMED = Pattern.compile("\"memberID\":\"(\\d+)\",\"alarm\"");

    private final EtcdServer server;
    private final @Nullable SSLContext tls;
    private String token = "";
    private String rootOfV2 = "";

    /** A writer to a server without TLS. */
    public EtcdWriter(EtcdServer server) {
        this(server, (SSLContext) null);
    }

    /** A writer to a server that uses TLS and presents this certificate. */
    public EtcdWriter(EtcdServer server, Certificates shown) {
        this(server, shown.trusting());
    }

    private EtcdWriter(EtcdServer server, @Nullable SSLContext tls) {
        this.server = server;
        this.tls = tls;
    }

    /** Waits until the server's cluster has a leader. */
    public EtcdWriter awaitHealth() {
        Waiting.until(() -> server.endpoint() + " is not healthy", () -> {
            try {
                return http("GET", "/health", null, null, "").body().contains("true");
            } catch (IllegalStateException e) {
                return false;
            }
        });
        return this;
    }

    /** Writes a key over API v3. */
    public void put(String key, String value) {
        served("kv/put", "{\"key\":\"" + base64(key) + "\",\"value\":\"" + base64(value) + "\"}");
    }

    /** Deletes a key over API v3. */
    public void delete(String key) {
        served("kv/deleterange", "{\"key\":\"" + base64(key) + "\"}");
    }

    /** Deletes everything below a directory over API v3. The directory's name ends with a slash. */
    public void deleteBelow(String directory) {
        served("kv/deleterange", "{" + below(directory) + "}");
    }

    /** Compacts away every revision but the last one. */
    public void compact() {
        String answer = served("kv/range", "{\"key\":\"" + base64("x") + "\"}");
        String revision = answer.replaceAll(".*\"revision\":\"(\\d+)\".*", "$1");
        Answer compacted =
                awaitServed("kv/compaction", () -> post("kv/compaction", "{\"revision\":\"" + revision + "\"}"));
        // what etcd did without saying so in time is not there to be done again
        if (!compacted.body().contains("required revision has been compacted")) {
            accepted("kv/compaction", compacted);
        }
    }

    /**
     * Writes over API v3 until etcd takes no more: its quota ({@code --quota-backend-bytes}) is exceeded, and the alarm
     * NOSPACE is on.
     */
    public void fillUp() {
        String value = "x".repeat(1 << 20);
        try {
            for (int i = 0; i < MOST_MEBIBYTES; i++) {
                put(FILL + i, value);
            }
        } catch (IllegalStateException full) {
            if (String.valueOf(full.getMessage()).contains("database space exceeded")) {
                return;
            }
            throw full;
        }
        throw new IllegalStateException("etcd takes more than " + MOST_MEBIBYTES + " MiB");
    }

    /** Removes what {@link #fillUp} has written, and switches the alarm off. */
    public void makeRoom(List<EtcdServer> members) {
        deleteBelow(FILL);
        compact();
        for (EtcdServer member : members) {
            new EtcdWriter(member).v3("maintenance/defragment", "{}");
        }
        Matcher alarm = ALARMED.matcher(v3("maintenance/alarm", "{\"action\":\"GET\"}"));
        while (alarm.find()) {
            v3(
                    "maintenance/alarm",
                    "{\"action\":\"DEACTIVATE\",\"memberID\":\"" + alarm.group(1) + "\",\"alarm\":\"NOSPACE\"}");
        }
    }

    /** Calls any method of API v3, for example {@code auth/disable}, with a message in JSON; returns the answer. */
    public String v3(String method, String json) {
        return accepted(method, post(method, json));
    }

    /** As {@link #v3}, for what may be done twice. */
    private String served(String method, String json) {
        return accepted(method, awaitServed(method, () -> post(method, json)));
    }

    private Answer post(String method, String json) {
        Answer answer = http("POST", "/v3/" + method, JSON, json, token);
        if (answer.status() != HttpURLConnection.HTTP_OK && answer.body().contains("invalid auth token")) {
            login();
            answer = http("POST", "/v3/" + method, JSON, json, token);
        }
        return answer;
    }

    private static String accepted(String request, Answer answer) {
        if (answer.status() / 100 != 2) {
            throw new IllegalStateException(request + ": " + answer.body());
        }
        return answer.body();
    }

    /** Asks until etcd serves, or refuses. A member without a leader has statuses from 500 on. */
    private static Answer awaitServed(String request, Supplier<Answer> asking) {
        Answer[] answer = new Answer[1];
        Waiting.until(() -> request + " is served; last " + answer[0], () -> {
            answer[0] = asking.get();
            return answer[0].status() < HttpURLConnection.HTTP_INTERNAL_ERROR;
        });
        return answer[0];
    }

    /**
     * Switches authentication on for API v3. Makes {@code root}, and a user {@code app} that may read everything below
     * a directory. Their passwords are {@code root-secret} and {@code app-secret}. From then on, this writer is root.
     */
    public void enableAuth(String directory) {
        for (String user : List.of("root", "app")) {
            v3("auth/user/add", "{\"name\":\"" + user + "\",\"password\":\"" + user + "-secret\"}");
            v3("auth/role/add", "{\"name\":\"" + user + "\"}");
            v3("auth/user/grant", "{\"user\":\"" + user + "\",\"role\":\"" + user + "\"}");
        }
        v3("auth/role/grant", "{\"name\":\"app\",\"perm\":{\"permType\":\"READ\"," + below(directory) + "}}");
        v3("auth/enable", "{}");
        login();
    }

    private void login() {
        token = "";
        String answer = served("auth/authenticate", "{\"name\":\"root\",\"password\":\"root-secret\"}");
        token = answer.replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
    }

    /** Sets a user's password for API v3, which invalidates the user's tokens. */
    public void password(String user, String password) {
        v3("auth/user/changepw", "{\"name\":\"" + user + "\",\"password\":\"" + password + "\"}");
    }

    /** Writes a key over API v2. */
    public void putV2(String key, String value) {
        accepted("PUT " + key, v2("PUT", key, "value=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
    }

    /** Deletes a key, or a directory with everything in it, over API v2. */
    public void deleteV2(String key) {
        Answer deleted = v2("DELETE", key + "?recursive=true", null);
        // as over API v3; and etcd may have deleted it without saying so in time
        if (!deleted.body().contains("\"errorCode\":100,")) {
            accepted("DELETE " + key, deleted);
        }
    }

    private Answer v2(String method, String key, @Nullable String form) {
        return awaitServed(
                method + " " + key,
                () -> http(method, "/v2/keys" + key, "application/x-www-form-urlencoded", form, rootOfV2));
    }

    /** Switches authentication on for API v2, which has users of its own. Only root may read; from then on, this writer is root. */
    public void enableAuthV2(String rootPassword) {
        passwordV2(rootPassword);
        http("PUT", "/v2/auth/enable", null, null, "");
        String all = "{\"kv\":{\"read\":[\"/*\"],\"write\":[\"/*\"]}}";
        http("PUT", "/v2/auth/roles/guest", JSON, "{\"role\":\"guest\",\"revoke\":" + all + "}", rootOfV2);
    }

    /** Sets root's password for API v2. */
    public void passwordV2(String password) {
        http("PUT", "/v2/auth/users/root", JSON, "{\"user\":\"root\",\"password\":\"" + password + "\"}", rootOfV2);
        rootOfV2 = "Basic " + base64("root:" + password);
    }

    private record Answer(int status, String body) {}

    /** Not by the JDK's HttpClient: that of JDK 21 refuses the trailers behind the errors of API v3. */
    private Answer http(
            String method, String path, @Nullable String type, @Nullable String body, String authorization) {
        try {
            HttpURLConnection request = request(method, path);
            if (type != null) {
                request.setRequestProperty("Content-Type", type);
            }
            if (!authorization.isEmpty()) {
                request.setRequestProperty("Authorization", authorization);
            }
            if (body != null) {
                request.setDoOutput(true);
                try (OutputStream out = request.getOutputStream()) {
                    out.write(body.getBytes(StandardCharsets.UTF_8));
                }
            }
            int status = request.getResponseCode();
            try (InputStream in =
                    status < HttpURLConnection.HTTP_BAD_REQUEST ? request.getInputStream() : request.getErrorStream()) {
                return new Answer(status, in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new IllegalStateException(server + ": " + e, e);
        }
    }

    private HttpURLConnection request(String method, String path) throws IOException {
        var request = (HttpURLConnection)
                URI.create(server.clientUrl() + path).toURL().openConnection();
        if (tls != null) {
            ((HttpsURLConnection) request).setSSLSocketFactory(tls.getSocketFactory());
        }
        request.setRequestMethod(method);
        request.setConnectTimeout(TIMEOUT_MILLIS);
        request.setReadTimeout(TIMEOUT_MILLIS);
        return request;
    }

    /** A directory as a range. The character after a slash is a zero. */
    private static String below(String directory) {
        String end = directory.substring(0, directory.length() - 1) + '0';
        return "\"key\":\"" + base64(directory) + "\",\"range_end\":\"" + base64(end) + "\"";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
