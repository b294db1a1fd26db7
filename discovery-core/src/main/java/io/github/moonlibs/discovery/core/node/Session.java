package io.github.moonlibs.discovery.core.node;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.NodeSnapshot.Delivery;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.core.limits.Gate;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.github.moonlibs.discovery.spi.PendingReply;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.Transport.BatchingConnection;
import io.github.moonlibs.discovery.spi.Transport.Connection;
import io.github.moonlibs.discovery.spi.Transport.PipelinedConnection;
import io.github.moonlibs.discovery.spi.Transport.PushingConnection;
import io.github.moonlibs.discovery.spi.Transport.TransactionalConnection;
import io.github.moonlibs.discovery.spi.Transport.WatchingConnection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One connection of a node, and the calls in flight on it. A session that drains lets those end and takes no more. */
public final class Session {
    private final Connection connection;
    private final @Nullable PipelinedConnection pipelined;
    private final @Nullable PushingConnection pushing;
    private final @Nullable WatchingConnection watching;
    private final @Nullable TransactionalConnection transactional;
    private final Ending ending;
    private final @Nullable Identity identity;

    private final AtomicInteger transactions = new AtomicInteger();

    /** Those of them that are past their beginning. */
    private final Set<Lasting> lasting = ConcurrentHashMap.newKeySet();

    /** Why, once it is over. */
    private volatile @Nullable String over;

    private volatile Delivery delivery = Delivery.ASKED;
    private final AtomicBoolean lossCounted = new AtomicBoolean();

    /**
     * Whom the connection leads to, as whom.
     *
     * @param server product and version
     * @param user null: the server's guest
     */
    public record Identity(
            UUID instance, String server, @Nullable String user) {}

    /** A transaction that is open on the session. */
    public interface Lasting {
        /** What is left to its deadline. */
        long remainingNanos(long now);

        /** Its deadline has come: ends it, or lets the thread that uses it do so. For any thread; must not block. */
        void expire();

        /** The session is over for that reason, and the server rolls back what was open on it. As {@link #expire}. */
        void over(String why);
    }

    private Session(Connection connection, Ending ending) {
        this.connection = connection;
        this.pipelined = connection instanceof PipelinedConnection able ? able : null;
        this.pushing = connection instanceof PushingConnection able ? able : null;
        this.watching = connection instanceof WatchingConnection able ? able : null;
        this.transactional =
                connection instanceof TransactionalConnection able && keepsTransactions(connection) ? able : null;
        this.ending = ending;
        UUID instance = connection.instanceUuid();
        identity = instance == null ? null : new Identity(instance, connection.server(), connection.user());
    }

    /**
     * Connects.
     *
     * @param node to be connected to
     * @param onChange called, by any thread, when the session was lost, begins to drain because of a shutdown, or has
     *     drained; must not block
     * @throws AttemptException as {@link Transport#connect} does
     */
    public static Session open(Transport transport, ClientOptions options, Node node, Runnable onChange)
            throws InterruptedException {
        Ending ending = new Ending(new Gate(options.maxInFlightPerNode(), onChange), onChange, node);
        Endpoint endpoint = node.instance().endpoint();
        Connection connection = transport.connect(endpoint, options, ending);
        Session session = null;
        try {
            session = new Session(connection, ending);
            return session;
        } finally {
            if (session == null) {
                connection.close();
            }
        }
    }

    /** The places for attempts; closed when the session drains. */
    public Gate gate() {
        return ending.gate;
    }

    /** Whether an attempt that came now would have to wait for a place. */
    public boolean isFull() {
        return ending.gate.isFull();
    }

    /** True once: the calls that a connection takes with it are one failure of its node. */
    public boolean isFirstLoss() {
        return lossCounted.compareAndSet(false, true);
    }

    /** The connection, if it can have requests under way that nothing waits for yet; null if not. */
    @Nullable
    public PipelinedConnection pipelined() {
        return pipelined;
    }

    /** The connection, if it can gather requests; null if not. */
    @Nullable
    public BatchingConnection batching() {
        return pipelined instanceof BatchingConnection able ? able : null;
    }

    /** The connection, if it hands over what procedures push; null if not. */
    @Nullable
    public PushingConnection pushing() {
        return pushing;
    }

    private static boolean keepsTransactions(Connection connection) {
        ServerProtocol protocol = connection.protocol();
        return protocol != null && protocol.has(ServerProtocol.STREAMS) && protocol.has(ServerProtocol.TRANSACTIONS);
    }

    /** The connection, if it and its server keep transactions open between requests; null if not. */
    @Nullable
    public TransactionalConnection transactional() {
        return transactional;
    }

    /** A transaction begins, by an attempt that has a place. The session isn't drained before {@link #endTransaction}. */
    public void beginTransaction() {
        transactions.incrementAndGet();
    }

    /** A transaction has begun. */
    public void lasts(Lasting transaction) {
        lasting.add(transaction);
        String why = over;
        if (why != null) {
            transaction.over(why);
        }
    }

    /** It was closed: no transaction on it goes on. */
    void over(String why) {
        over = why;
        lasting.forEach(transaction -> transaction.over(why));
    }

    /** A transaction has ended. */
    public void endTransaction(Lasting transaction) {
        lasting.remove(transaction);
        endTransaction();
    }

    /** A transaction was not begun. */
    public void endTransaction() {
        if (transactions.decrementAndGet() == 0 && ending.gate.isClosed()) {
            ending.onChange.run();
        }
    }

    /** Ends those transactions whose deadline has come; returns how long until the next one's does. */
    long expireTransactions() {
        long nearest = Long.MAX_VALUE;
        for (Lasting transaction : lasting) {
            long left = transaction.remainingNanos(System.nanoTime());
            if (left <= 0) {
                transaction.expire();
            } else {
                nearest = Math.min(nearest, left);
            }
        }
        return nearest;
    }

    int openTransactions() {
        return transactions.get();
    }

    /** The connection, if it can report changes of keys; null if not. */
    @Nullable
    public WatchingConnection watching() {
        return watching;
    }

    /**
     * Asks for an announcement. It is not a call of the application, and does not count as one in flight.
     *
     * @param meanwhile looked at whenever the thread is woken, if the connection lets it do something while it waits
     */
    Result discover(String procedure, long timeoutNanos, Runnable meanwhile) throws InterruptedException {
        if (pipelined == null) {
            return connection.call(procedure, List.of(), timeoutNanos);
        }
        PendingReply reply = pipelined.send(procedure, List.of(), timeoutNanos, 0);
        boolean isThrough = false;
        try {
            long start = System.nanoTime();
            for (long left = timeoutNanos; left > 0; left = timeoutNanos - (System.nanoTime() - start)) {
                // first: what it calls and logs may wait for something else, and take the wake-up
                meanwhile.run();
                if (reply.isDone()) {
                    break;
                }
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            isThrough = true;
        } finally {
            if (!isThrough) {
                reply.abandon();
            }
        }
        return reply.result();
    }

    /** How its announcements come. */
    Delivery delivery() {
        return delivery;
    }

    void deliversBy(Delivery now) {
        delivery = now;
    }

    /** By this it is known whether two sessions lead to the same instance; null: that cannot be known. */
    @Nullable
    public Identity identity() {
        return identity;
    }

    public Connection connection() {
        return connection;
    }

    public int inFlight() {
        return ending.gate.inside();
    }

    /** Takes no more calls. */
    void drain() {
        ending.gate.close();
    }

    /** Whether it takes no more calls, and the last one and the last transaction have ended. */
    boolean isDrained() {
        // in this order: a transaction is begun while a place is taken
        return ending.gate.isClosed() && ending.gate.inside() == 0 && transactions.get() == 0;
    }

    /** Why the connection ended; null while it lasts. */
    @Nullable
    String lost() {
        return ending.lost;
    }

    boolean isShutdownAnnounced() {
        return ending.shutdownAnnounced;
    }

    /** How a session comes to its end; made before the connection, because the connection notifies it. */
    private static final class Ending implements Transport.Listener {
        final Gate gate;
        final Runnable onChange;
        final Node node;
        volatile @Nullable String lost;
        volatile boolean shutdownAnnounced;

        Ending(Gate gate, Runnable onChange, Node node) {
            this.gate = gate;
            this.onChange = onChange;
            this.node = node;
        }

        @Override
        public void closed(String reason) {
            lost = reason;
            onChange.run();
        }

        @Override
        public void shutdownAnnounced() {
            shutdownAnnounced = true;
            gate.close();
            onChange.run();
        }

        @Override
        public void repliedLate() {
            node.observers().report(ClientObserver::repliedLate, () -> new ClientObserver.RepliedLate(node.instance()));
        }
    }
}
