package io.github.moonlibs.discovery.core.routing;

import static java.lang.System.Logger.Level.WARNING;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.MethodRule;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.NodeRoutes;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.core.support.Log;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.options.ByMethod;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the nodes announce into routing tables. Readers see the last table published and take no lock.
 *
 * <p>A combiner: a change is queued first, and the thread that gets the lock takes all that are queued, withdrawals
 * first, and publishes one table for them; the threads that waited for the lock meanwhile find their changes published.
 * So it is when a change returns that a table which contains it has been published. The exception is {@link #reconsider},
 * which an application's thread may call: it leaves the work to the background.
 *
 * <p>A table costs time in proportion to its routes. So a change that adds to a large one waits a moment for others that
 * may come, and shares its table with them; one that takes something away never waits.
 */
public final class Router implements NodeRoutes {
    private static final Log LOG = Log.ofCore();

    /** What the pause after a table comes to for each route in the methods that were built for it. */
    private static final long PAUSE_NANOS_PER_ROUTE = 2_000;

    /** Below this a pause is not worth parking for. */
    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** For so long, and so often, the background tries to publish while memory is wanting: a minute. */
    private static final long BACKGROUND_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final int BACKGROUND_TRIES = 6_000;

    /** How often a question is put anew because another table was published meanwhile. */
    private static final int TRIES = 10;

    /** Neither the name of a method nor the words of a rule. */
    public static final String NO_ENTRY = "";

    private final ByMethod<MethodRule> rules;
    private final Balancing balancing;
    private final RouteWaiters waiters;
    private final Observers observers;
    private final Executor background;

    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isBackgroundAwake = new AtomicBoolean();

    private final ReentrantLock lock = new ReentrantLock();
    // guarded by the lock
    private final RouteBook book;
    private final List<LongConsumer> unstaged = new ArrayList<>();
    private volatile @Nullable Change failed;

    private volatile RoutingTable table = RoutingTable.EMPTY;
    private volatile long pauseNanos;
    private volatile long publishedNanos = System.nanoTime();

    /**
     * A router to nodes that announce what they serve.
     *
     * @param background where a change is published that an application's thread brings about
     */
    public Router(Balancing balancing, RouteWaiters waiters, Observers observers, Executor background) {
        this(new ByMethod<>(Map.of()), balancing, waiters, observers, background);
    }

    /**
     * @param rules by which the nodes serve methods; empty: they announce them
     * @param background where a change is published that an application's thread brings about
     */
    public Router(
            ByMethod<MethodRule> rules,
            Balancing balancing,
            RouteWaiters waiters,
            Observers observers,
            Executor background) {
        this.rules = rules;
        this.balancing = balancing;
        this.waiters = waiters;
        this.observers = observers;
        this.background = background;
        book = new RouteBook(balancing);
    }

    /** What is to be done to the routes. */
    private static final class Change {
        /** Whether it takes something away, and so is not to wait. */
        final boolean isWithdrawal;

        /** Whether a thread waits for it, and tries again what an Error has met. */
        final boolean hasOwner;

        final Runnable edit;

        /** Gets the number of the table that contains the change, just ahead of its publication. */
        final LongConsumer staging;

        /** Whether it is in the book; guarded by the lock. */
        boolean isMade;

        /** The next of those that an Error has met; guarded by the lock. */
        @Nullable
        Change nextFailed;

        Change(boolean isWithdrawal, Runnable edit, LongConsumer staging) {
            this(isWithdrawal, true, edit, staging);
        }

        Change(boolean isWithdrawal, boolean hasOwner, Runnable edit, LongConsumer staging) {
            this.isWithdrawal = isWithdrawal;
            this.hasOwner = hasOwner;
            this.edit = edit;
            this.staging = staging;
        }
    }

    public RoutingTable table() {
        return table;
    }

    @Nullable
    public MethodRoutes routes(String method) {
        return table.routes(entry(method));
    }

    /**
     * Under which name the method's routes are in the table: the words of the rule that covers it, if the servers announce
     * nothing, or else its own.
     */
    public String entry(String method) {
        if (rules.isEmpty()) {
            return method;
        }
        String key = rules.key(method);
        // one that no rule covers is in no table, whatever its name
        return key == null ? NO_ENTRY : key;
    }

    /** Asks for what belongs to one table: asks anew if another table was published meanwhile. */
    public <T> T consistently(Function<RoutingTable, T> question) {
        RoutingTable asked = table;
        T answer = question.apply(asked);
        for (int i = 1; i < TRIES && asked != table; i++) {
            asked = table;
            answer = question.apply(asked);
        }
        return answer;
    }

    public void announce(Node node, Session session, Announcement announcement) {
        announce(node, session, announcement, Router::stageNothing);
    }

    /**
     * Routes to the node what it announces over the session; all that it announced before is replaced.
     *
     * @param staging gets the number of the table that contains the change, just ahead of its publication; must not
     *     block
     */
    @Override
    public void announce(Node node, Session session, Announcement announcement, LongConsumer staging) {
        submit(new Change(node.withdrawsBy(announcement), () -> book.announce(node, session, announcement), staging));
    }

    @Override
    public void withdraw(Node node) {
        withdraw(List.of(node));
    }

    public void withdraw(Collection<Node> nodes) {
        withdraw(nodes, Router::stageNothing);
    }

    /**
     * Routes nothing to the nodes any more.
     *
     * @param staging as of {@link #announce}
     */
    @Override
    public void withdraw(Collection<Node> nodes, LongConsumer staging) {
        submit(new Change(true, () -> nodes.forEach(book::withdraw), staging));
    }

    /**
     * Stops the nodes and routes nothing to them any more. Their threads, which do so too when they notice, do not notice
     * before their routes are out of the book: all of them go with one table.
     */
    public void remove(Collection<Node> nodes, String reason) {
        submit(new Change(
                true,
                () -> nodes.forEach(node -> {
                    node.stop(reason);
                    book.remove(node);
                }),
                Router::stageNothing));
    }

    /** Puts what the topology says of the nodes now into their routes, for strategies that go by it. */
    public void relabel(Collection<Node> nodes) {
        submit(new Change(false, () -> nodes.forEach(book::relabel), Router::stageNothing));
    }

    /**
     * Takes the node out, or back, after its health has changed; one that is back in service starts slowly. Returns
     * at once, because a call whose failure ejects its node comes by here: from now on no pick falls on a node that is
     * out, and the table without it follows.
     */
    public void reconsider(Node node) {
        RoutingTable present = table;
        node.methods().forEach(method -> {
            MethodRoutes routes = present.routes(method);
            if (routes != null) {
                routes.outdate();
            }
        });
        changes.add(new Change(true, false, () -> book.reconsider(node), Router::stageNothing));
        if (isBackgroundAwake.compareAndSet(false, true)) {
            boolean started = false;
            try {
                background.execute(this::publishInBackground);
                started = true;
            } finally {
                if (!started) {
                    isBackgroundAwake.set(false);
                }
            }
        }
    }

    /** No thread waits for what is published here, so it is tried until it is. */
    private void publishInBackground() {
        // first: what is queued from now on may be missed
        isBackgroundAwake.set(false);
        for (int i = 0; i < BACKGROUND_TRIES; i++) {
            try {
                publish(null);
                if (failed == null) {
                    return;
                }
            } catch (Error noMemory) {
                // there may be enough of it soon
            }
            LockSupport.parkNanos(BACKGROUND_PAUSE_NANOS);
        }
    }

    private void submit(Change change) {
        changes.add(change);
        if (!change.isWithdrawal) {
            letOthersCome();
        }
        publish(change);
    }

    private static void stageNothing(long version) {}

    /** Waits until the pause after the last table is over, or another thread has taken the change. */
    private void letOthersCome() {
        while (!changes.isEmpty() && !Thread.currentThread().isInterrupted()) {
            long left = pauseNanos - (System.nanoTime() - publishedNanos);
            if (left <= 0) {
                return;
            }
            LockSupport.parkNanos(this, left);
        }
    }

    /**
     * Publishes all changes that are queued. What another thread has taken is published when this returns.
     *
     * @param own what this thread has queued itself; null: nothing. Of all changes it alone may fail here
     */
    private void publish(@Nullable Change own) {
        boolean isNew = false;
        List<String> complaints;
        lock.lock();
        try {
            List<Change> additions = new ArrayList<>();
            boolean withdraws = remakeFailed();
            for (Change change = changes.poll(); change != null; change = changes.poll()) {
                if (change.isWithdrawal) {
                    make(change);
                    withdraws = true;
                } else {
                    additions.add(change);
                }
            }
            if (withdraws && !additions.isEmpty()) {
                isNew = next();
            }
            additions.forEach(this::make);
            if (own != null && !own.isMade) {
                // an Error met it, on this thread or on another one
                own.edit.run();
                made(own);
            }
            isNew |= next();
            complaints = book.takeComplaints();
        } finally {
            lock.unlock();
        }
        // without the lock, which an application's log handler may wait for
        complaints.forEach(complaint -> LOG.log(WARNING, complaint));
        if (isNew) {
            observers.report(ClientObserver::routingChanged, () -> new ClientObserver.RoutingChanged(table.version()));
        }
    }

    /**
     * Puts it into the book, unless an Error prevents that: then the thread that has queued it tries again, or, if none waits
     * for it, whichever publishes next.
     */
    private void make(Change change) {
        try {
            change.edit.run();
            made(change);
        } catch (Error defect) {
            if (!change.hasOwner) {
                change.nextFailed = failed;
                failed = change;
            }
            LOG.log(WARNING, "a change of the routing is put off", defect);
        }
    }

    /** Whether there were any. */
    private boolean remakeFailed() {
        Change next = failed;
        boolean were = next != null;
        failed = null;
        while (next != null) {
            Change change = next;
            next = change.nextFailed;
            change.nextFailed = null;
            make(change);
        }
        return were;
    }

    private void made(Change change) {
        unstaged.add(change.staging);
        change.isMade = true;
    }

    /** Publishes the next table, if it would differ from the present one. */
    private boolean next() {
        boolean isNew = book.hasChanged();
        RoutingTable next = isNew ? table.next(book.changed(), book, balancing) : table;
        unstaged.forEach(staging -> staging.accept(next.version()));
        unstaged.clear();
        if (isNew) {
            table = next;
            pause(book.routesOfChanged());
            waiters.wake(book.changed());
            book.settle();
        }
        return isNew;
    }

    private void pause(long routes) {
        long nanos = Math.min(LONGEST_PAUSE_NANOS, routes * PAUSE_NANOS_PER_ROUTE);
        pauseNanos = nanos < SHORTEST_PAUSE_NANOS ? 0 : nanos;
        publishedNanos = System.nanoTime();
    }
}
