package io.github.moonlibs.discovery.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A real etcd server, alone or as a member of an {@link EtcdCluster}, run from a program on this machine or from an
 * image. It serves API v3 and v2. It has an address, ports and a data directory of its own; all of it is removed when
 * the server is closed, or the JVM ends. Thread-safe.
 *
 * <p>The image is the system property {@value #IMAGE_PROPERTY}; by default etcd's own of version 3.4.
 *
 * <p>It is long because a test says everything that an etcd does, or suffers, through it.
 */
public final class EtcdServer implements AutoCloseable {
    /** Names the image to run in containers. */
    public static final String IMAGE_PROPERTY = "discovery.testkit.etcd.image";

    private static final String DEFAULT_IMAGE = "quay.io/coreos/etcd:v3.4.27";
    private static final String PROGRAM = "etcd";
    private static final int PROBE_MILLIS = (int) Duration.ofSeconds(5).toMillis();

    private static final Pattern WATCHED = Pattern.compile(
            "^(etcd_debugging_mvcc_watcher_total|etcd_debugging_store_watchers) [1-9]", Pattern.MULTILINE);

    private final ServerProgram program;
    private final Member member;
    private final String clientUrl;
    private final List<EtcdServer> cluster;

    private EtcdServer(ServerProgram program, Member member, String clientUrl, List<EtcdServer> cluster) {
        this.program = program;
        this.member = member;
        this.clientUrl = clientUrl;
        this.cluster = cluster;
    }

    /**
     * The addresses of a member.
     *
     * @param bind the address to listen on, so that clients reach it at the host
     * @param peerUrl the URL that the other members reach it at
     */
    private record Member(String name, String host, String bind, String peerUrl, int client, int peer, int metrics) {}

    /** Starts a single server in the default way of {@link Builder#via}. */
    public static EtcdServer start() {
        return builder().start();
    }

    /** Sets up a server, or a cluster. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether this machine has the program, or a container engine that has the image or can pull it. */
    public static boolean isAvailable(Via via) {
        return ServerProgram.isAvailable(via, PROGRAM, image());
    }

    private static String image() {
        return System.getProperty(IMAGE_PROPERTY, DEFAULT_IMAGE);
    }

    /** The options of servers. Not thread-safe. */
    public static final class Builder {
        private final List<String> arguments = new ArrayList<>(List.of("--enable-v2=true"));
        private final Map<String, String> files = new LinkedHashMap<>();
        private Via via = ServerProgram.preferred(PROGRAM);

        private Builder() {}

        /** How they are run. Default: locally if the program is installed, otherwise in containers. */
        public Builder via(Via via) {
            this.via = via;
            return this;
        }

        /** Adds arguments of the program. With {@code --cert-file} among them, clients have to use TLS. */
        public Builder arguments(String... more) {
            arguments.addAll(List.of(more));
            return this;
        }

        /** Adds a file to the program's working directory, for arguments to name, for example a certificate. */
        public Builder file(String name, String text) {
            files.put(name, text);
            return this;
        }

        /** Runs without API v2, which etcd 3.6 and newer no longer have. */
        public Builder withoutV2() {
            arguments.remove("--enable-v2=true");
            return this;
        }

        /**
         * Starts a single server and waits until it is healthy.
         *
         * @throws IllegalStateException if the program or the engine is missing, or the server does not become healthy;
         *     the message says what to install, or has the end of the log
         */
        public EtcdServer start() {
            return startCluster(1).members().getFirst();
        }

        /** Starts a cluster of this size and waits until every member is healthy; fails like {@link #start}. */
        public EtcdCluster startCluster(int size) {
            ContainerNetwork network = via == Via.CONTAINER && size > 1 ? ContainerNetwork.open() : null;
            List<Member> members = new ArrayList<>();
            for (int i = 1; i <= size; i++) {
                members.add(member("etcd" + i, Loopback.nextAddress(), network != null));
            }
            List<EtcdServer> servers = new ArrayList<>();
            for (Member member : members) {
                servers.add(server(member, members, network, servers));
            }
            EtcdCluster cluster = new EtcdCluster(servers, network);
            cluster.restart();
            return cluster;
        }

        private Member member(String name, String host, boolean networked) {
            List<Integer> ports = Loopback.freePorts(host, 3);
            String bind = ServerProgram.bindAddress(via, host);
            String peerHost = networked ? name : bind;
            String peerUrl = "http://" + peerHost + ":" + ports.get(1);
            return new Member(name, host, bind, peerUrl, ports.get(0), ports.get(1), ports.get(2));
        }

        private EtcdServer server(
                Member member, List<Member> all, @Nullable ContainerNetwork network, List<EtcdServer> cluster) {
            boolean tls = arguments.stream().anyMatch(argument -> argument.startsWith("--cert-file"));
            String scheme = tls ? "https" : "http";
            String clientUrl = scheme + "://" + member.host + ":" + member.client;
            List<String> command = new ArrayList<>(List.of(PROGRAM, "--name", member.name));
            command.addAll(List.of("--data-dir", ServerProgram.DATA));
            command.addAll(List.of("--listen-client-urls", scheme + "://" + member.bind + ":" + member.client));
            command.addAll(List.of("--advertise-client-urls", clientUrl));
            command.addAll(List.of("--listen-peer-urls", "http://" + member.bind + ":" + member.peer));
            command.addAll(List.of("--initial-advertise-peer-urls", member.peerUrl));
            // health and metrics without TLS and login, whatever clients need
            command.addAll(List.of("--listen-metrics-urls", "http://" + member.bind + ":" + member.metrics));
            command.addAll(List.of(
                    "--initial-cluster",
                    all.stream().map(each -> each.name + "=" + each.peerUrl).collect(Collectors.joining(","))));
            command.addAll(arguments);
            ServerProgram program = ServerProgram.of(
                    via,
                    new ServerProgram.Recipe(
                            command,
                            files,
                            image(),
                            member.host,
                            List.of(member.client, member.metrics),
                            network,
                            member.name));
            return new EtcdServer(program, member, clientUrl, cluster);
        }
    }

    /** Where clients connect to, for example {@code http://127.0.0.11:2379}. */
    public String clientUrl() {
        return clientUrl;
    }

    /** The host and port that clients connect to. */
    public String endpoint() {
        return member.host + ":" + member.client;
    }

    /** Whether it is the leader of its cluster now. */
    public boolean isLeader() {
        try {
            return get("/metrics").contains("\netcd_server_is_leader 1\n");
        } catch (IOException unreachable) {
            return false;
        }
    }

    /** Whether any client watches keys on it now, over API v3 or v2. */
    public boolean isWatched() {
        try {
            return WATCHED.matcher(get("/metrics")).find();
        } catch (IOException unreachable) {
            return false;
        }
    }

    private void checkHealth() throws IOException {
        String health = get("/health");
        if (!health.contains("true")) {
            throw new IOException("expected to be healthy, got " + health);
        }
        if (clientUrl.startsWith("https:")) {
            checkTls();
        }
    }

    /**
     * The port is open, and the server is healthy, before the certificate is read. A server that presents it serves.
     */
    private void checkTls() throws IOException {
        try (SSLSocket socket = (SSLSocket) SSLSocketFactory.getDefault().createSocket()) {
            socket.connect(new InetSocketAddress(member.host, member.client), PROBE_MILLIS);
            socket.setSoTimeout(PROBE_MILLIS);
            socket.startHandshake();
        } catch (SSLHandshakeException e) {
            // it does not matter here whether it is trusted
            if (!(e.getCause() instanceof CertificateException)) {
                throw e;
            }
        }
    }

    private String get(String path) throws IOException {
        URI uri = URI.create("http://" + member.host + ":" + member.metrics + path);
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout(PROBE_MILLIS);
        connection.setReadTimeout(PROBE_MILLIS);
        try (InputStream body = connection.getInputStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            connection.disconnect();
        }
    }

    /** Sends SIGKILL; returns when the process has ended. */
    public EtcdServer kill() {
        program.end("KILL");
        return this;
    }

    /** Suspends it, as SIGSTOP does; its connections stay, and the kernel still accepts new ones. */
    public EtcdServer freeze() {
        program.signal("STOP");
        return this;
    }

    /** Resumes it after {@link #freeze}. */
    public EtcdServer thaw() {
        program.signal("CONT");
        return this;
    }

    /**
     * Kills it if it runs, and starts it on the same ports with its data. Waits until it is healthy, unless most of its
     * cluster is down, because then it cannot become healthy.
     */
    public EtcdServer restart() {
        launch();
        long running = cluster.stream().filter(EtcdServer::isRunning).count();
        if (running * 2 > cluster.size()) {
            awaitHealthy();
        }
        return this;
    }

    /**
     * Kills it if it runs, and starts it on the same ports with an empty store.
     *
     * @throws IllegalStateException if it is a member of a cluster, which would not accept it again
     */
    public EtcdServer restartEmpty() {
        if (cluster.size() > 1) {
            throw new IllegalStateException(
                    this + ": a single member cannot lose its data, use EtcdCluster.restartEmpty");
        }
        erase();
        return restart();
    }

    void launch() {
        kill();
        program.start();
    }

    void awaitHealthy() {
        program.awaitReady(this::checkHealth);
    }

    void erase() {
        kill();
        program.erase();
    }

    /** Whether its process exists, frozen or not. */
    public boolean isRunning() {
        return program.isRunning();
    }

    /** The end of its log. */
    public String log() {
        return program.log();
    }

    /** Kills it and removes everything that it stored. Idempotent. */
    @Override
    public void close() {
        program.close();
    }

    @Override
    public String toString() {
        return program.toString();
    }
}
