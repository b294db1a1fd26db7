package io.github.moonlibs.discovery.etcd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real etcd, one member, on ports of its own. Written to by its HTTP gateway, which is none of what is tested. */
final class EtcdServer implements AutoCloseable {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Path directory;
    private final List<String> command;
    private final int port;
    private final boolean tls;
    private @Nullable Process process;
    private String token = "";

    private EtcdServer(Path directory, int port, List<String> command) {
        this.directory = directory;
        this.port = port;
        this.command = command;
        tls = command.contains("--cert-file");
    }

    /** Stands for a server until there is one. */
    static EtcdServer none() {
        return new EtcdServer(Path.of("none"), 0, List.of());
    }

    /** A cluster of one. */
    static EtcdServer start(String... options) throws Exception {
        return cluster(1, options).getFirst();
    }

    static List<EtcdServer> cluster(int size, String... options) throws Exception {
        List<EtcdServer> servers = prepare(size, options);
        for (EtcdServer server : servers) {
            server.launch();
        }
        for (EtcdServer server : servers) {
            server.awaitHealth();
        }
        return servers;
    }

    /** Has ports, but does not run yet. */
    static EtcdServer prepared(String... options) throws IOException {
        return prepare(1, options).getFirst();
    }

    private static List<EtcdServer> prepare(int size, String... options) throws IOException {
        int[] ports = freePorts(size * 2);
        String members = IntStream.range(0, size)
                .mapToObj(i -> "m" + i + "=http://127.0.0.1:" + ports[size + i])
                .collect(Collectors.joining(","));
        boolean tls = List.of(options).contains("--cert-file");
        List<EtcdServer> servers = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Path directory = Files.createTempDirectory("etcd");
            String client = (tls ? "https" : "http") + "://127.0.0.1:" + ports[i];
            String peer = "http://127.0.0.1:" + ports[size + i];
            List<String> command = new ArrayList<>(List.of("etcd", "--name", "m" + i, "--enable-v2"));
            command.addAll(List.of("--data-dir", directory.resolve("data").toString()));
            command.addAll(List.of("--listen-client-urls", client, "--advertise-client-urls", client));
            command.addAll(List.of("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer));
            command.addAll(List.of("--initial-cluster", members, "--logger", "zap"));
            command.addAll(List.of("--heartbeat-interval", "50", "--election-timeout", "500"));
            command.addAll(List.of(options));
            servers.add(new EtcdServer(directory, ports[i], command));
        }
        return servers;
    }

    private static int[] freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().mapToInt(ServerSocket::getLocalPort).toArray();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    String endpoint() {
        return "127.0.0.1:" + port;
    }

    void launch() throws IOException {
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
    }

    void awaitHealth() {
        Waiting.until(endpoint() + " is healthy", () -> {
            try {
                return tls
                        ? accepts()
                        : http("GET", "/health", null, null).body().contains("true");
            } catch (IOException | InterruptedException e) {
                return false;
            }
        });
    }

    private boolean accepts() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        }
    }

    /** Like {@code kill -9}. */
    void kill() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    void restart() throws Exception {
        launch();
        awaitHealth();
    }

    /** Loses everything it held. */
    void wipe() throws IOException {
        delete(directory.resolve("data"));
    }

    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        if (process != null) {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }
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

    /** With basic authentication. */
    void httpAs(String credentials, String method, String path, String json) throws Exception {
        token = "Basic " + base64(credentials);
        http(method, path, "application/json", json);
        token = "";
    }

    HttpResponse<String> http(String method, String path, @Nullable String type, @Nullable String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + endpoint() + path))
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

    @Override
    public void close() throws IOException {
        kill();
        delete(directory);
    }

    private static void delete(Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
