package io.github.moonlibs.discovery.iproto;

import static java.lang.System.Logger.Level.ERROR;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One platform thread that waits for all connections at once, reads what has come, and looks after the deadlines of those
 * who wait. There is one while there are connections, and none when there are none.
 *
 * <p>Why not a virtual thread for each connection: the JDK lets a virtual thread wait for a socket by way of a platform
 * thread of its own, which costs two system calls and two hand-overs more for every batch of replies. Why not a timer for
 * each call: setting and cancelling one costs as much as the rest of the call.
 *
 * <p>Deadlines: the loop sleeps until the nearest one that it knows of. A caller whose deadline is nearer than that wakes it
 * up; since calls come with much the same timeouts, that happens about once a timeout, not once a call.
 */
final class IoLoop implements Runnable {
    private static final System.Logger LOG = System.getLogger("io.github.moonlibs.discovery.iproto");

    private static final int BUFFER = 64 << 10;
    private static final long NEVER = TimeUnit.DAYS.toNanos(36_525);

    private static final ReentrantLock LOCK = new ReentrantLock();
    private static @Nullable IoLoop current;

    /** Guarded by the lock, too. */
    private int members;

    /** What the loop serves; called by the loop's thread alone. */
    interface Client {
        /** There is something to be read, or the end. */
        void readable(ByteBuffer buffer);

        /** The kernel takes more again. */
        void writable();

        /** Ends whatever has no time left, and says by when to ask again: that, or a nearer deadline. */
        long expire(long now, long latest);

        /** The loop cannot serve it any more. */
        void abandoned(Throwable defect);
    }

    private final Selector selector;
    private final Set<Client> clients = ConcurrentHashMap.newKeySet();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

    /** By when the loop looks after the deadlines at the latest. */
    private volatile long wakesAt;

    private volatile boolean woken;

    /** Why it has ended, if it was a defect. */
    private volatile @Nullable Throwable ended;

    private IoLoop() {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot wait for sockets", e);
        }
    }

    /** The loop, for one client more; it lasts until as many have left. */
    static IoLoop join() {
        LOCK.lock();
        try {
            IoLoop loop = current;
            if (loop == null) {
                loop = new IoLoop();
                Thread.ofPlatform()
                        .daemon()
                        .name("discovery-io")
                        .inheritInheritableThreadLocals(false)
                        .start(loop);
                current = loop;
            }
            loop.members++;
            return loop;
        } finally {
            LOCK.unlock();
        }
    }

    /**
     * Serves the client from now on.
     *
     * @param channel where it reads and writes; null: it does that itself, and only its deadlines are looked after
     */
    void serve(Client client, @Nullable SelectableChannel channel) throws ClosedChannelException {
        clients.add(client);
        Throwable defect = ended;
        if (defect != null) {
            client.abandoned(defect);
            return;
        }
        if (channel != null) {
            channel.register(selector, SelectionKey.OP_READ, client);
        }
        wake();
    }

    /** Serves the client no more; its channel is closed. */
    void leave(Client client) {
        LOCK.lock();
        try {
            clients.remove(client);
            members--;
            if (members == 0 && current == this) {
                current = null;
            }
        } finally {
            LOCK.unlock();
        }
        // a channel that is closed keeps its socket until the selector has let go of it
        wake();
    }

    private boolean isOver() {
        LOCK.lock();
        try {
            return members == 0;
        } finally {
            LOCK.unlock();
        }
    }

    /** Tells the client once when the channel takes more. */
    void whenWritable(SelectableChannel channel) {
        request(channel, SelectionKey.OP_WRITE);
    }

    private void request(SelectableChannel channel, int operation) {
        SelectionKey key = channel.keyFor(selector);
        try {
            if (key != null) {
                key.interestOpsOr(operation);
                selector.wakeup();
            }
        } catch (CancelledKeyException closed) {
            // whoever closed it has told the client
        }
    }

    /** Leaves the channel's bytes to others; called by the loop's own thread. */
    void ignore(SelectableChannel channel) {
        SelectionKey key = channel.keyFor(selector);
        if (key != null) {
            key.interestOpsAnd(~SelectionKey.OP_READ);
        }
    }

    /** Looks after the channel's bytes again. */
    void heed(SelectableChannel channel) {
        request(channel, SelectionKey.OP_READ);
    }

    /** A client has something with this deadline from now on. */
    void watch(long deadline) {
        // Its client shows it already, so it was seen when wakesAt was reckoned, or sees what wakesAt is now.
        if (deadline - wakesAt < 0) {
            wake();
        }
    }

    private void wake() {
        if (!woken) {
            woken = true;
            selector.wakeup();
        }
    }

    @Override
    public void run() {
        try (selector) {
            while (true) {
                long now = System.nanoTime();
                if (woken || wakesAt - now <= 0) {
                    lookAfterDeadlines(now);
                    if (isOver()) {
                        return;
                    }
                }
                // nobody has a reason to interrupt it, and no select would ever wait again
                Thread.interrupted();
                long millis = TimeUnit.NANOSECONDS.toMillis(Math.max(0, wakesAt - now)) + 1;
                selector.select(this::serve, millis);
            }
        } catch (IOException | RuntimeException | Error e) {
            LOG.log(ERROR, "the thread that reads from all connections has ended by a defect", e);
            abandonAll(e);
        }
    }

    private void lookAfterDeadlines(long now) {
        long latest = now + NEVER;
        // whoever comes while the clients are asked wakes the loop again
        woken = false;
        wakesAt = latest;
        long nearest = latest;
        for (Client client : clients) {
            nearest = client.expire(now, nearest);
        }
        wakesAt = nearest;
    }

    private void serve(SelectionKey key) {
        Client client = (Client) key.attachment();
        try {
            if (key.isWritable()) {
                key.interestOpsAnd(~SelectionKey.OP_WRITE);
                client.writable();
            }
            if (key.isReadable()) {
                client.readable(buffer);
            }
        } catch (CancelledKeyException closed) {
            // by another thread, just now
        } catch (RuntimeException | Error defect) {
            LOG.log(ERROR, client + ": a defect of the connection", defect);
            client.abandoned(defect);
        }
    }

    private void abandonAll(Throwable defect) {
        ended = defect;
        LOCK.lock();
        try {
            if (current == this) {
                current = null;
            }
        } finally {
            LOCK.unlock();
        }
        clients.forEach(client -> client.abandoned(defect));
    }
}
