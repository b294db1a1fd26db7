package io.github.moonlibs.discovery.testkit;

import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The sockets and threads of a {@link FakeNode}. */
final class FakeServer {
    /** How long a real server that shuts down waits for the clients that watch for it. */
    static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(3);

    private static final String SHUTDOWN = "box.shutdown";
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(\\..*)?");

    /** The version that new connections and replies follow. */
    private record Version(String text, int major, int minor) {
        static Version of(String text) {
            Matcher parts = VERSION.matcher(text);
            if (!parts.matches()) {
                throw new IllegalArgumentException("version " + text + ": expected one such as 2.6.0");
            }
            return new Version(text, Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
        }

        boolean isAtLeast(int otherMajor, int otherMinor) {
            return major > otherMajor || (major == otherMajor && minor >= otherMinor);
        }
    }

    private final String uuid = UUID.randomUUID().toString();
    private final Procedures procedures = new Procedures();
    private final Logins logins = new Logins();
    private final WatchedKeys watchedKeys = new WatchedKeys();
    private final Gate gate = new Gate();
    private final Set<FakeConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger threads = new AtomicInteger();
    private final ExecutorService loops = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("fake-node-", 0).factory());
    private final Acceptor acceptor;
    private volatile Version version = Version.of("3.3.0");
    private volatile byte @Nullable [] greeting;
    private volatile boolean dropsRequests;

    FakeServer(String host, int port) {
        acceptor = new Acceptor(host, port, this::take);
    }

    private void take(Link link) {
        FakeConnection connection = new FakeConnection(this, link);
        connections.add(connection);
        threads.incrementAndGet();
        loops.execute(connection);
    }

    void stopListening() {
        acceptor.stop();
    }

    void closeConnections() {
        connections.forEach(FakeConnection::close);
    }

    void crash() {
        stopListening();
        connections.forEach(FakeConnection::reset);
        awaitNoConnections();
    }

    void restart() {
        crash();
        watchedKeys.clear();
        gate.open();
        acceptor.listen();
    }

    void shutDown(Duration patience) {
        stopListening();
        if (hasWatchers()) {
            Set<FakeConnection> watchers = watchedKeys.watchersOf(SHUTDOWN);
            watchedKeys.put(SHUTDOWN, true);
            Waiting.giveUpAfter(patience, () -> watchers.stream().noneMatch(connections::contains));
        }
        closeConnections();
        awaitNoConnections();
    }

    void close() {
        stopListening();
        closeConnections();
        Waiting.until(() -> this + ": a call's handler did not end when interrupted", () -> threads.get() == 0);
        loops.close();
    }

    private void awaitNoConnections() {
        Waiting.until(() -> this + ": connections did not end", connections::isEmpty);
    }

    /** The connection has ended; its calls may still be ending. */
    void left(FakeConnection connection) {
        watchedKeys.forget(connection);
        connections.remove(connection);
    }

    /** The connection's threads have all ended. */
    void ended() {
        threads.decrementAndGet();
    }

    void version(String text) {
        version = Version.of(text);
    }

    void greeting(byte @Nullable [] bytes) {
        greeting = bytes;
    }

    void dropRequests(boolean drop) {
        dropsRequests = drop;
    }

    /** The first line of the greeting. */
    String banner() {
        return "Tarantool " + version.text + " (Binary) " + uuid;
    }

    /** The greeting that the test has set; null: the right one. */
    byte @Nullable [] greeting() {
        return greeting;
    }

    boolean dropsRequests() {
        return dropsRequests;
    }

    /** Whether it knows ID, WATCH and the graceful shutdown. */
    boolean hasWatchers() {
        return version.isAtLeast(2, 10);
    }

    /** Whether it writes schema versions in eight bytes, and answers wrong users and wrong passwords alike. */
    boolean isVersion3() {
        return version.isAtLeast(3, 0);
    }

    Procedures procedures() {
        return procedures;
    }

    Logins logins() {
        return logins;
    }

    WatchedKeys watchedKeys() {
        return watchedKeys;
    }

    Gate gate() {
        return gate;
    }

    Acceptor acceptor() {
        return acceptor;
    }

    int openTransactions() {
        return (int)
                connections.stream().mapToLong(FakeConnection::openTransactions).sum();
    }

    int connections() {
        return connections.size();
    }

    @Override
    public String toString() {
        return "fake node " + acceptor;
    }
}
