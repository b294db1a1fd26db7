package io.github.moonlibs.discovery.iproto.loop;

import static java.lang.System.Logger.Level.ERROR;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One platform thread that waits for many connections at once, reads what has come, takes over what other threads cannot go
 * on with, and looks after the deadlines of callers. {@link IoLoops} has the loops of the process: as a rule one, which has all
 * connections.
 *
 * <p>Why not a virtual thread for each connection: the JDK lets a virtual thread wait for a socket by way of a platform
 * thread of its own, which costs two system calls and two hand-overs more for every batch of replies. Why not a timer for
 * each call: setting and cancelling one costs as much as the rest of the call.
 *
 * <p>Deadlines: the loop sleeps until the nearest one that it knows of. A caller whose deadline is nearer than that wakes it
 * up; since calls come with much the same timeouts, that happens about once a timeout, not once a call.
 *
 * <p>It takes no lock that other threads take: a virtual thread at the head of a lock's queue may be without a carrier.
 *
 * <p>Nothing that is thrown in one piece of its work ends it. If it cannot go on, because its selector is broken, it fails
 * all of its clients, and the next connection gets another loop. It is one class, because what wakes it, what it does when it
 * is awake and how it ends are steps of the same protocol between threads. {@link LoopGuard} looks after the deadlines when the loop
 * is late.
 */
public final class IoLoop {
    private static final System.Logger LOG = System.getLogger("io.github.moonlibs.discovery.iproto");

    private static final int BUFFER = 64 << 10;

    /** For so long it sleeps at most: clients may have to finish what failed for want of memory. */
    private static final long LONGEST_SLEEP = TimeUnit.MILLISECONDS.toNanos(100);

    /** So often it looks after what callers gather, while they do. */
    private static final long GATHERING = TimeUnit.MILLISECONDS.toNanos(1);

    /** After something was thrown, before it goes on. */
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

    /** After so many rounds in a row that failed, other than for want of memory, it gives up. */
    private static final int MAX_FAILURES = 1_000;

    /** So often it tries to fail its clients when it gives up. */
    private static final int MAX_ABANDONS = 60_000;

    private static final int OVER = Integer.MIN_VALUE;

    /** A client of the loop, which calls it from its own thread alone unless something else is said. */
    public interface Client {
        /** There is something to be read, or the end. */
        void readable(ByteBuffer buffer);

        /** The kernel takes more again. */
        void writable();

        /** Sends what a caller may be kept from sending; whether any has gathered requests since this was asked last. */
        boolean sendGathered();

        /** Ends whatever has no time left, and returns by when to ask again: that, or a nearer deadline. */
        long expire(long now, long latest);

        /** Ends whatever has no time left, because the loop is late; called by the guard's thread. */
        void expireLate(long now);

        /** The loop cannot serve it any more; called by any thread. */
        void abandoned(Throwable defect);
    }

    private final int place;
    private final Selector selector;
    private final Consumer<SelectionKey> serving = this::serve;
    private final Set<Client> clients = ConcurrentHashMap.newKeySet();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private final AtomicReference<@Nullable Duty> duties = new AtomicReference<>();
    private final Thread thread;

    /** Made before memory may be wanting. */
    private final Throwable overNow = new IllegalStateException("the thread that reads has ended");

    /** How many have joined and not left; {@link #OVER} or nearly so: none may join any more. */
    private final AtomicInteger members = new AtomicInteger(1);

    /** By when the loop looks after the deadlines at the latest. */
    private volatile long wakesAt = System.nanoTime();

    /** It has to look after them at once. */
    private volatile boolean woken;

    /** Callers gather requests: it has to look soon whether one is kept from sending them. */
    private volatile boolean gathering;

    /** Its sleep, if it is asleep, is short enough for that. */
    private volatile boolean sleepsLightly;

    private boolean looksForGatherers;

    /** When it last looked for such callers, or first knew that it has to. */
    private long lookedForGatherers;

    /** It waits, or is about to, and has to be woken. */
    private volatile boolean asleep;

    private volatile @Nullable Throwable ended;

    /** @param place among the loops of the process */
    IoLoop(int place) {
        this.place = place;
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot wait for sockets", e);
        }
        thread = Thread.ofPlatform()
                .daemon()
                .name(place == 0 ? "discovery-io" : "discovery-io-" + (place + 1))
                .inheritInheritableThreadLocals(false)
                .unstarted(this::run);
    }

    int place() {
        return place;
    }

    /** How many clients have joined and not left. */
    int members() {
        return Math.max(0, members.get());
    }

    /** Lets one client more join; false if it has ended. */
    boolean admits() {
        return members.getAndUpdate(count -> count > 0 ? count + 1 : count) > 0;
    }

    /** To be called once, by the thread that made the loop; its client has joined already. */
    void start() {
        boolean started = false;
        try {
            thread.start();
            started = true;
        } finally {
            if (!started) {
                // there may be no more threads to be had; others may have joined already
                ended = overNow;
                members.set(OVER);
                IoLoops.forget(this);
                closeSelector();
                abandonRest();
            }
        }
        LoopGuard.start(this);
    }

    /**
     * Serves the client from now on.
     *
     * @param channel where it reads and writes
     */
    public void serve(Client client, SelectableChannel channel) throws ClosedChannelException {
        clients.add(client);
        try {
            channel.register(selector, SelectionKey.OP_READ, client);
        } catch (ClosedSelectorException over) {
            // the client learns of it here or from whatever ended the loop
        }
        Throwable defect = ended;
        if (defect != null) {
            client.abandoned(defect);
            return;
        }
        wake();
    }

    /** Serves the client no more; its channel is closed. To be called once for every {@link IoLoops#join}. */
    public void leave(Client client) {
        clients.remove(client);
        if (members.decrementAndGet() == 0) {
            IoLoops.forget(this);
        }
        // a channel that is closed keeps its socket until the selector has let go of it
        wake();
    }

    /** Takes the duty over. */
    public void handOver(Duty duty) {
        Duty before;
        do {
            before = duties.get();
            duty.next = before;
        } while (!duties.compareAndSet(before, duty));
        if (asleep) {
            selector.wakeup();
        }
    }

    /** A client's caller gathers requests: the loop sends them in about 2 ms if the caller hasn't by then. */
    public void gathering() {
        if (!gathering) {
            gathering = true;
        }
        // each of them: one that has just set the mark may have lost its carrier before it woke the loop
        if (asleep && !sleepsLightly) {
            selector.wakeup();
        }
    }

    private void lookForGatherers(long now) {
        if (!gathering) {
            looksForGatherers = false;
        } else if (!looksForGatherers) {
            looksForGatherers = true;
            lookedForGatherers = now;
        } else if (now - lookedForGatherers >= GATHERING) {
            lookedForGatherers = now;
            sendGathered();
        }
    }

    private void sendGathered() {
        // a caller that begins while the clients are asked is seen, or asks for another look: it begins before it asks
        gathering = false;
        boolean still = true;
        try {
            boolean any = false;
            for (Client client : clients) {
                any |= sendGathered(client);
            }
            still = any;
        } finally {
            if (still) {
                gathering = true;
            }
        }
    }

    private static boolean sendGathered(Client client) {
        try {
            return client.sendGathered();
        } catch (Throwable defect) {
            return true;
        }
    }

    private void resumeDuties() {
        Duty duty = duties.get() == null ? null : duties.getAndSet(null);
        while (duty != null) {
            Duty next = duty.next;
            duty.next = null;
            try {
                duty.resume();
            } catch (Throwable defect) {
                // a duty reports its own failures; what comes through is for want of memory to report them
                LockSupport.parkNanos(PAUSE);
            }
            duty = next;
        }
    }

    /** Notifies the client once when the channel takes more. */
    public void whenWritable(SelectableChannel channel) {
        request(channel, SelectionKey.OP_WRITE);
    }

    private void request(SelectableChannel channel, int operation) {
        SelectionKey key = channel.keyFor(selector);
        try {
            if (key != null) {
                key.interestOpsOr(operation);
                if (asleep) {
                    selector.wakeup();
                }
            }
        } catch (CancelledKeyException closed) {
            // whatever closed it has ended the client
        }
    }

    /** Leaves the channel's bytes to others; called by the loop's own thread. */
    public void pauseReads(SelectableChannel channel) {
        SelectionKey key = channel.keyFor(selector);
        if (key != null) {
            key.interestOpsAnd(~SelectionKey.OP_READ);
        }
    }

    /** Looks after the channel's bytes again. */
    public void resumeReads(SelectableChannel channel) {
        request(channel, SelectionKey.OP_READ);
    }

    /** A client has something with this deadline from now on. */
    public void watch(long deadline) {
        // Its client shows it already, so it was seen when wakesAt was reckoned, or sees what wakesAt is now.
        if (deadline - wakesAt < 0) {
            wake();
        }
    }

    private void wake() {
        if (!woken) {
            woken = true;
            if (asleep) {
                selector.wakeup();
            }
        }
    }

    private void run() {
        Throwable defect = null;
        int failures = 0;
        try {
            while (members.get() > 0 && defect == null) {
                try {
                    round();
                    failures = 0;
                } catch (IOException | ClosedSelectorException broken) {
                    defect = broken;
                } catch (Throwable thrown) {
                    failures += thrown instanceof VirtualMachineError ? 0 : 1;
                    defect = failures > MAX_FAILURES ? thrown : null;
                    if (!recovered()) {
                        woken = true;
                    }
                }
            }
        } finally {
            end(defect);
        }
    }

    private void round() throws IOException {
        long now = System.nanoTime();
        if (woken || wakesAt - now <= 0) {
            lookAfterDeadlines(now);
        }
        resumeDuties();
        lookForGatherers(now);
        // no thread has a reason to interrupt it, and no select would ever wait again
        Thread.interrupted();
        sleepsLightly = false;
        asleep = true;
        if (woken || duties.get() != null) {
            selector.selectNow(serving);
        } else if (gathering) {
            sleepsLightly = true;
            selector.select(serving, 1);
        } else {
            selector.select(serving, TimeUnit.NANOSECONDS.toMillis(Math.max(0, wakesAt - now)) + 1);
        }
        asleep = false;
    }

    /** The selector may have lost what it was about to take note of: it is asked for the same anew. */
    private boolean recovered() {
        try {
            asleep = false;
            LockSupport.parkNanos(PAUSE);
            for (SelectionKey key : selector.keys()) {
                refresh(key);
            }
            return true;
        } catch (Throwable again) {
            return false;
        }
    }

    private static void refresh(SelectionKey key) {
        try {
            // another thread may add to them at any moment
            key.interestOpsOr(key.interestOpsAnd(0));
        } catch (CancelledKeyException closed) {
            // by another thread, just now
        }
    }

    private void lookAfterDeadlines(long now) {
        // a caller that comes while the clients are asked wakes the loop again
        woken = false;
        wakesAt = now + LONGEST_SLEEP;
        long nearest = now;
        try {
            long latest = now + LONGEST_SLEEP;
            for (Client client : clients) {
                latest = expire(client, now, latest);
            }
            nearest = latest;
        } finally {
            // at once if not all were asked
            wakesAt = nearest;
        }
    }

    private static long expire(Client client, long now, long latest) {
        try {
            return client.expire(now, latest);
        } catch (Throwable defect) {
            return now + PAUSE;
        }
    }

    private void serve(SelectionKey key) {
        asleep = false;
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
        } catch (Throwable defect) {
            fail(client, defect);
        }
    }

    private static void fail(Client client, Throwable defect) {
        try {
            client.abandoned(defect);
            LOG.log(ERROR, client + ": the connection has ended by a defect", defect);
        } catch (Throwable again) {
            // the client goes on with its end when it is asked for its deadlines
        }
    }

    private void end(@Nullable Throwable defect) {
        ended = defect == null ? overNow : defect;
        // a few may leave meanwhile, never enough to make this positive
        members.addAndGet(OVER);
        IoLoops.forget(this);
        abandonAll();
        closeSelector();
        if (defect != null) {
            log(defect);
        }
    }

    /** Fails every client that is left; tried for as long as memory is wanting, up to a minute. */
    private void abandonAll() {
        Throwable reason = ended;
        boolean all = false;
        for (int i = 0; i < MAX_ABANDONS && !all; i++) {
            try {
                for (Client client : clients) {
                    client.abandoned(reason == null ? overNow : reason);
                    client.expire(System.nanoTime(), Long.MAX_VALUE);
                }
                all = clients.isEmpty();
            } catch (Throwable noMemory) {
                // once more
            }
            if (!all) {
                LockSupport.parkNanos(PAUSE);
            }
        }
    }

    private static void log(Throwable defect) {
        try {
            LOG.log(ERROR, "a thread that reads from connections has ended by a defect", defect);
        } catch (Throwable noMemory) {
            // all else is done
        }
    }

    void closeSelector() {
        try {
            selector.close();
        } catch (IOException | OutOfMemoryError gone) {
            // there is nothing left to do for it
        }
    }

    // ---- for the guard

    /** Whether the thread is over. */
    boolean isOver() {
        return !thread.isAlive();
    }

    /** When the thread is over, which fails its clients itself unless it was out of luck, or was never started. */
    void abandonRest() {
        if (!clients.isEmpty()) {
            abandonAll();
        }
    }

    /** Does what the loop should have done long ago. */
    void guard(long now, long slack) {
        if (now - wakesAt > slack) {
            for (Client client : clients) {
                client.expireLate(now);
            }
            wake();
        }
    }
}
