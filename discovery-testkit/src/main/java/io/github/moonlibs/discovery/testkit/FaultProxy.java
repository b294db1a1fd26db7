package io.github.moonlibs.discovery.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A network that can be made to fail. It stands in front of a server, and forwards every connection to it.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.before(server.endpoint())) {
 *     ... connect to proxy.endpoint() ...
 *     proxy.stall();
 *     ...
 *     proxy.heal();
 * }
 * }</pre>
 *
 * <p>Delay, stall and trickle replace one another in their direction, apply to open connections and to new ones, and
 * last until {@link #heal}; {@code cut} and {@code reset} happen once. If the server cannot be reached, the
 * client's connection is reset at once. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {

    private final InetSocketAddress target;
    private final Acceptor acceptor;
    private final Direction toServer = new Direction();
    private final Direction toClient = new Direction();
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private final ExecutorService forwarding = Executors.newVirtualThreadPerTaskExecutor();

    private FaultProxy(InetSocketAddress target) {
        this.target = target;
        this.acceptor = new Acceptor(Loopback.nextAddress(), 0, this::take);
    }

    /** A proxy in front of the server at {@code host:port}, on a loopback address and port of its own. */
    public static FaultProxy before(String endpoint) {
        int colon = endpoint.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("endpoint \"" + endpoint + "\": expected host:port");
        }
        return before(endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1)));
    }

    /** A proxy in front of this server, on a loopback address and port of its own. */
    public static FaultProxy before(String host, int port) {
        return new FaultProxy(new InetSocketAddress(host, port));
    }

    private void take(Link client) {
        forwarding.execute(() -> {
            try {
                ProxiedConnection connection = ProxiedConnection.open(client, target);
                connections.add(connection);
                try {
                    connection.run(toServer, toClient);
                } finally {
                    connections.remove(connection);
                }
            } catch (IOException unreachable) {
                client.reset();
            }
        });
    }

    /** The address for clients, {@code host:port}. */
    public String endpoint() {
        return acceptor.toString();
    }

    /** The address that it listens on. */
    public String host() {
        return acceptor.host();
    }

    /** The port that it listens on. */
    public int port() {
        return acceptor.port();
    }

    /** Delays everything by this time, in each direction. */
    public FaultProxy delay(Duration oneWay) {
        return delay(oneWay, oneWay);
    }

    /** Delays requests and replies by these times. */
    public FaultProxy delay(Duration toServer, Duration toClient) {
        this.toServer.delay(toServer);
        this.toClient.delay(toClient);
        return this;
    }

    /** Passes nothing on, in either direction. Connections stay, and new ones are accepted. */
    public FaultProxy stall() {
        toServer.stall();
        return stallReplies();
    }

    /** Passes requests on, but no replies. */
    public FaultProxy stallReplies() {
        toClient.stall();
        return this;
    }

    /** Passes on only this many bytes at a time, in each direction of each connection. */
    public FaultProxy trickle(int bytes, Duration every) {
        toServer.trickle(bytes, every);
        toClient.trickle(bytes, every);
        return this;
    }

    /** Closes (FIN) every connection. */
    public FaultProxy cut() {
        connections.forEach(ProxiedConnection::cut);
        return this;
    }

    /** Resets (RST) every connection. */
    public FaultProxy reset() {
        connections.forEach(ProxiedConnection::reset);
        return this;
    }

    /** Refuses new connections; open ones stay. */
    public FaultProxy refuse() {
        acceptor.stop();
        return this;
    }

    /** Ends all faults. Bytes that were held back are passed on at once. */
    public FaultProxy heal() {
        toServer.heal();
        toClient.heal();
        acceptor.listen();
        return this;
    }

    /** How many connections are open now. */
    public int connections() {
        return connections.size();
    }

    /** How many connections were accepted so far. */
    public long accepted() {
        return acceptor.accepted();
    }

    /** How many bytes were sent to the server. */
    public long bytesToServer() {
        return toServer.bytes();
    }

    /** How many bytes were sent to clients. */
    public long bytesToClient() {
        return toClient.bytes();
    }

    /** Ends every connection (FIN). When it returns, no thread is left. Idempotent. */
    @Override
    public void close() {
        acceptor.stop();
        forwarding.shutdown();
        Waiting.until(() -> this + ": connections did not end", () -> {
            cut();
            return forwarding.isTerminated();
        });
    }

    @Override
    public String toString() {
        return "fault proxy " + endpoint() + " before " + target;
    }
}
