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
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** How long a real server waits at its shutdown for those who watch for it. */
    private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(3);

    private static final String SHUTDOWN = "box.shutdown";
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(\\..*)?");

    /** What new connections and replies are like. */
    private record Manner(String version, int major, int minor) {
        static Manner of(String version) {
            Matcher parts = VERSION.matcher(version);
            if (!parts.matches()) {
                throw new IllegalArgumentException("version " + version + ": expected one such as 2.6.0");
            }
            return new Manner(version, Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
        }

        boolean isAtLeast(int otherMajor, int otherMinor) {
            return major > otherMajor || (major == otherMajor && minor >= otherMinor);
        }
    }

    private final String uuid = UUID.randomUUID().toString();
    private final Procedures procedures = new Procedures();
    private final Logins logins = new Logins();
    private final Board board = new Board();
    private final Gate gate = new Gate();
    private final Set<FakeConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger threads = new AtomicInteger();
    private final ExecutorService loops = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("fake-node-", 0).factory());
    private final Acceptor acceptor;
    private volatile Manner manner = Manner.of("3.3.0");
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
        board.remove(SHUTDOWN);
        gate.open();
        acceptor.listen();
    }

    void shutDown() {
        stopListening();
        if (hasWatchers()) {
            Set<FakeConnection> watchers = board.watchersOf(SHUTDOWN);
            board.put(SHUTDOWN, true);
            Waiting.giveUpAfter(SHUTDOWN_PATIENCE, () -> watchers.stream().noneMatch(connections::contains));
        }
        closeConnections();
        awaitNoConnections();
    }

    void close() {
        stopListening();
        closeConnections();
        Waiting.until(
                PATIENCE, () -> this + ": a call's handler did not end when interrupted", () -> threads.get() == 0);
        loops.close();
    }

    private void awaitNoConnections() {
        Waiting.until(PATIENCE, () -> this + ": connections did not end", connections::isEmpty);
    }

    /** The connection is no more; its calls may still be ending. */
    void left(FakeConnection connection) {
        board.forget(connection);
        connections.remove(connection);
    }

    /** The connection's threads have all ended. */
    void ended() {
        threads.decrementAndGet();
    }

    void version(String version) {
        manner = Manner.of(version);
    }

    void greeting(byte @Nullable [] bytes) {
        greeting = bytes;
    }

    void dropRequests(boolean drop) {
        dropsRequests = drop;
    }

    /** The first line of the greeting. */
    String banner() {
        return "Tarantool " + manner.version + " (Binary) " + uuid;
    }

    /** What a test wants to be sent as a greeting; null: a right one. */
    byte @Nullable [] greeting() {
        return greeting;
    }

    boolean dropsRequests() {
        return dropsRequests;
    }

    /** Whether it knows ID, WATCH and the graceful shutdown. */
    boolean hasWatchers() {
        return manner.isAtLeast(2, 10);
    }

    /** Whether it writes schema versions in eight bytes, and does not tell wrong users from wrong passwords. */
    boolean isThird() {
        return manner.isAtLeast(3, 0);
    }

    Procedures procedures() {
        return procedures;
    }

    Logins logins() {
        return logins;
    }

    Board board() {
        return board;
    }

    Gate gate() {
        return gate;
    }

    Acceptor acceptor() {
        return acceptor;
    }

    int connections() {
        return connections.size();
    }

    @Override
    public String toString() {
        return "fake node " + acceptor;
    }
}
