package io.github.moonlibs.discovery.core;

import static java.lang.System.Logger.Level.WARNING;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.CallOutcome;
import io.github.moonlibs.discovery.ClientClosedException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeReply;
import io.github.moonlibs.discovery.PreparedMethod;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.RetryBudgetSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.TopologySnapshot;
import io.github.moonlibs.discovery.Transaction;
import io.github.moonlibs.discovery.Transaction.Isolation;
import io.github.moonlibs.discovery.WatchedValue;
import io.github.moonlibs.discovery.Watching;
import io.github.moonlibs.discovery.core.bulk.BulkCall;
import io.github.moonlibs.discovery.core.call.Call;
import io.github.moonlibs.discovery.core.call.CallHistory;
import io.github.moonlibs.discovery.core.call.CallParts;
import io.github.moonlibs.discovery.core.call.FanOutCall;
import io.github.moonlibs.discovery.core.call.HedgeDelay;
import io.github.moonlibs.discovery.core.call.RetryRules;
import io.github.moonlibs.discovery.core.call.RoutePlan;
import io.github.moonlibs.discovery.core.call.SequentialCall;
import io.github.moonlibs.discovery.core.health.Breakers;
import io.github.moonlibs.discovery.core.health.Latencies;
import io.github.moonlibs.discovery.core.limits.CallsInFlight;
import io.github.moonlibs.discovery.core.limits.RetryTokens;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.NodeLife;
import io.github.moonlibs.discovery.core.routing.MethodRoutes;
import io.github.moonlibs.discovery.core.routing.RouteLookup;
import io.github.moonlibs.discovery.core.routing.RouteWaiters;
import io.github.moonlibs.discovery.core.routing.Router;
import io.github.moonlibs.discovery.core.routing.RoutingTable;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.core.support.Callbacks;
import io.github.moonlibs.discovery.core.support.FlightRecorder;
import io.github.moonlibs.discovery.core.support.FlightRecorder.CallEvent;
import io.github.moonlibs.discovery.core.support.ListenerException;
import io.github.moonlibs.discovery.core.support.Log;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.core.support.Startup;
import io.github.moonlibs.discovery.core.support.Supervisor;
import io.github.moonlibs.discovery.core.support.TaskScope;
import io.github.moonlibs.discovery.core.topology.Topology;
import io.github.moonlibs.discovery.core.topology.TopologyFollower;
import io.github.moonlibs.discovery.core.transaction.Beginning;
import io.github.moonlibs.discovery.core.transaction.OpenTransaction;
import io.github.moonlibs.discovery.core.transaction.Reports;
import io.github.moonlibs.discovery.core.watch.Watches;
import io.github.moonlibs.discovery.options.ByMethod;
import io.github.moonlibs.discovery.options.Checks;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.spi.Transport;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The client: puts the parts together, and takes them apart again.
 *
 * <p>It is long because it is the only place that knows all rooms: what it does with each is a line or two.
 */
public final class CoreClient implements DiscoveryClient {
    private static final Log LOG = Log.ofCore();

    /** What threads may take to notice that they have ended. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration MOMENT = Duration.ofMillis(100);

    private final ClientOptions options;
    private final Observers observers;
    private final Router router;
    private final RouteWaiters waiters;
    private final CallsInFlight inFlight;
    private final RetryTokens tokens;
    private final Latencies latencies;
    private final CallParts calls;
    private final Supervisor supervisor;
    private final Watches watches;
    private final Topology topology;
    private final TopologyFollower follower;
    private final Startup startup = new Startup();

    private final BulkCall.Counting counting = new BulkCall.Counting() {
        @Override
        public void begin(Call call) {
            tokens.tick(call.startNanos());
            CoreClient.this.begin(call);
        }

        @Override
        public void end(Call call, @Nullable Throwable failure) {
            CoreClient.this.end(call, failure);
        }
    };

    private final ReentrantLock closing = new ReentrantLock();
    private boolean closed;

    public CoreClient(
            ClientOptions options,
            TopologySource source,
            Transport transport,
            Strategies strategies,
            TaskScope.Factory scopes,
            Supplier<RandomGenerator> randoms) {
        this.options = options;
        observers = new Observers(options.observers());
        waiters = new RouteWaiters(options.maxWaitingCalls());
        Balancing balancing = Balancing.of(options, strategies);
        if (options.outliers().windowCalls() > 0) {
            Breakers.warmUp();
        }
        supervisor = new Supervisor(scopes);
        watches = new Watches(supervisor, waiters, observers);
        router = new Router(
                ByMethod.rules(options.rules()),
                balancing,
                waiters,
                observers,
                task -> supervisor.start("discovery-router", task));
        inFlight = new CallsInFlight();
        // calls that wait have sent nothing, and may never
        tokens =
                new RetryTokens(options.retryBudget(), () -> inFlight.sending() - waiters.waiting(), System.nanoTime());
        latencies = new Latencies(entry -> router.table().routes(entry) != null);
        RetryRules rules = new RetryRules(tokens, observers, randoms);
        calls = new CallParts(
                new RoutePlan(router, waiters, inFlight, rules, this::whyNot, randoms),
                rules,
                new HedgeDelay(method -> latencies.of(router.entry(method))),
                scopes);
        topology = new Topology(
                source.toString(),
                options.acceptEmptyTopology(),
                router,
                observers,
                startup,
                (instance, log) -> new Node(instance, log, balancing, observers, router::reconsider),
                node -> supervisor.start(
                        "discovery-node " + node.instance().endpoint().address(),
                        new NodeLife(node, transport, router, watches, startup, options, own(randoms))));
        follower = new TopologyFollower(source, topology, observers, own(randoms));
        // ahead of all other events, and when there is a client that can be closed
        observers.report(ClientObserver::opened, () -> new ClientObserver.Opened(this));
        supervisor.start("discovery-topology", follower);
    }

    /** A generator for one thread: the supplier's own may belong to the thread that asks. */
    private static RandomGenerator own(Supplier<RandomGenerator> randoms) {
        return new SplittableRandom(randoms.get().nextLong());
    }

    /**
     * Waits until the first node has announced what it serves, or nothing is left to wait for, at most for the options'
     * start timeout.
     */
    public void awaitStart() {
        startup.await(options.startTimeout(), topology::isStarted);
    }

    @Override
    public ClientOptions options() {
        return options;
    }

    @Override
    public Result call(String method, List<?> arguments, CallOptions callOptions) {
        return call(named(method), null, arguments, callOptions);
    }

    @Override
    public PreparedMethod method(String name) {
        return new Prepared(name);
    }

    /** A method's handle. */
    private final class Prepared implements PreparedMethod {
        private final String name;
        private final RouteLookup lookup;

        Prepared(String name) {
            this.name = named(name);
            this.lookup = new RouteLookup(router, name);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Result call(List<?> arguments) {
            return call(arguments, options.callOptions());
        }

        @Override
        public Result call(List<?> arguments, CallOptions callOptions) {
            return CoreClient.this.call(name, lookup, arguments, callOptions);
        }

        @Override
        public List<CallOutcome> callMany(List<? extends List<?>> arguments) {
            return callMany(arguments, options.callOptions());
        }

        @Override
        public List<CallOutcome> callMany(List<? extends List<?>> arguments, CallOptions callOptions) {
            return CoreClient.this.callMany(name, lookup, arguments, callOptions);
        }

        @Override
        public String toString() {
            return name + " of " + CoreClient.this;
        }
    }

    private Result call(String method, @Nullable RouteLookup lookup, List<?> arguments, CallOptions callOptions) {
        Checks.given("arguments", arguments);
        Call call = begin(method, lookup, callOptions);
        Throwable failure = null;
        try {
            return new SequentialCall(calls, call).run(arguments);
        } catch (ListenerException thrown) {
            failure = thrown.original();
            throw thrown.original();
        } catch (RuntimeException | Error e) {
            failure = e;
            throw e;
        } finally {
            end(call, failure);
        }
    }

    @Override
    public List<NodeReply> callAll(String method, List<?> arguments, CallOptions callOptions) {
        Checks.given("arguments", arguments);
        Call call = begin(named(method), null, callOptions);
        Throwable failure = null;
        try {
            return new FanOutCall(calls, call).run(arguments);
        } catch (ListenerException thrown) {
            failure = thrown.original();
            throw thrown.original();
        } catch (RuntimeException | Error e) {
            failure = e;
            throw e;
        } finally {
            end(call, failure);
        }
    }

    @Override
    public List<CallOutcome> callMany(String method, List<? extends List<?>> arguments, CallOptions callOptions) {
        return callMany(method, new RouteLookup(router, named(method)), arguments, callOptions);
    }

    private List<CallOutcome> callMany(
            String method, RouteLookup lookup, List<? extends List<?>> arguments, CallOptions callOptions) {
        Call whole = new Call(method, lookup, Checks.given("options", callOptions), System.nanoTime());
        return new BulkCall(calls, counting, whole).run(Checks.given("arguments", arguments));
    }

    @Override
    public Transaction begin(String method, CallOptions callOptions, Isolation isolation) {
        Checks.given("isolation", isolation);
        Call call = begin(named(method), null, callOptions);
        OpenTransaction begun = null;
        Throwable failure = null;
        try {
            begun = OpenTransaction.begin(new Beginning(calls, call, isolation), call, new TransactionReports());
            return begun;
        } catch (RuntimeException | Error e) {
            failure = e;
            throw e;
        } finally {
            if (begun == null) {
                end(call, failure);
            } else {
                // it counts as a call in flight until it ends
                reportEnd(call, null);
            }
        }
    }

    private final class TransactionReports implements Reports {
        @Override
        public void begun(Call request) {
            reportStart(request);
        }

        @Override
        public void ended(Call request, @Nullable Throwable failure) {
            reportEnd(request, failure);
        }

        @Override
        public void closed() {
            inFlight.end();
        }
    }

    private static String named(String method) {
        return Checks.name("method", method);
    }

    private Call begin(String method, @Nullable RouteLookup lookup, CallOptions callOptions) {
        long now = System.nanoTime();
        // first, because the compiler would allocate a Call that is there already, and otherwise need not
        // (CallBenchmark)
        tokens.tick(now);
        Call call = new Call(method, lookup, Checks.given("options", callOptions), now);
        begin(call);
        return call;
    }

    private void begin(Call call) {
        if (!inFlight.begin()) {
            throw call.closed();
        }
        boolean begun = false;
        try {
            reportStart(call);
            begun = true;
        } finally {
            if (!begun) {
                inFlight.endUnsent();
            }
        }
    }

    private void reportStart(Call call) {
        CallEvent event = FlightRecorder.call();
        if (event != null || !observers.isEmpty()) {
            call.remembered().event(event);
            observers.report(ClientObserver::callStarted, () -> new ClientObserver.CallStarted(call.method()));
            // however long that took, it is part of the call
            call.readClock();
        }
    }

    private void reportEnd(Call call, @Nullable Throwable failure) {
        CallHistory history = call.history();
        if (history != null && (history.event() != null || !observers.isEmpty())) {
            notifyEnd(call, history, failure);
        }
    }

    private void end(Call call, @Nullable Throwable failure) {
        try {
            reportEnd(call, failure);
        } finally {
            // last, because a closing client waits for it before it notifies its observers that it has closed
            if (failure != null && !call.mayHaveRun()) {
                inFlight.endUnsent();
            } else {
                inFlight.end();
            }
        }
    }

    private void notifyEnd(Call call, CallHistory history, @Nullable Throwable failure) {
        CallEvent event = history.event();
        if (event != null) {
            event.ended(call.method(), history.answeredBy(), history.retries(), history.hedges(), failure);
        }
        observers.report(
                ClientObserver::callEnded,
                () -> new ClientObserver.CallEnded(
                        call.method(),
                        System.nanoTime() - call.startNanos(),
                        history.answeredBy(),
                        history.retries(),
                        history.hedges(),
                        failure));
    }

    @Override
    public boolean awaitMethod(String method, int nodes, Duration timeout) throws InterruptedException {
        if (nodes < 1) {
            throw new IllegalArgumentException("nodes: expected at least 1, got " + nodes);
        }
        String entry = router.entry(named(method));
        return waiters.watch(entry, Deadline.after(timeout), () -> served(method, nodes)) != null;
    }

    private @Nullable Boolean served(String method, int nodes) {
        if (inFlight.isClosing()) {
            throw new ClientClosedException(method, Duration.ZERO, List.of());
        }
        MethodRoutes routes = router.routes(method);
        boolean enough = routes != null && routes.all().size() >= nodes;
        return enough ? true : null;
    }

    @Override
    public Watching watch(String key, @Nullable String method, Consumer<WatchedValue> listener) {
        return watches.watch(
                Checks.given("key", key),
                method == null ? null : router.entry(named(method)),
                Checks.given("listener", listener));
    }

    @Override
    public ClientSnapshot snapshot() {
        record Publication(TopologySnapshot topology, RoutingTable table) {}
        Publication published =
                router.consistently(table -> new Publication(topology.snapshot(table.version()), table));
        return new ClientSnapshot(
                published.topology(),
                published.table().snapshot(options.rules()),
                retryBudget(),
                inFlight.underWay(),
                waiters.waiting());
    }

    @Override
    public TopologySnapshot topology() {
        return router.consistently(table -> topology.snapshot(table.version()));
    }

    @Override
    public RoutingSnapshot routing() {
        return router.table().snapshot(options.rules());
    }

    @Override
    public RetryBudgetSnapshot retryBudget() {
        return tokens.snapshot(System.nanoTime());
    }

    @Override
    public void close() {
        if (Callbacks.isInside(observers)) {
            // the thread is in a call, or is one of the client's own: it would wait for itself
            Thread.ofVirtual().name("discovery-close").start(this::closeOnce);
        } else {
            closeOnce();
        }
    }

    private void closeOnce() {
        try {
            if (!closing.tryLock()) {
                closing.lockInterruptibly();
            }
        } catch (InterruptedException interrupt) {
            // another thread closes it
            Thread.currentThread().interrupt();
            return;
        }
        try {
            if (!closed) {
                closed = true;
                takeApart();
            }
        } finally {
            closing.unlock();
        }
    }

    private void takeApart() {
        inFlight.refuseMore();
        waiters.wakeAll();
        // nodes live on until the calls have ended: a call that fails now may still succeed elsewhere
        inFlight.awaitNone(Deadline.after(options.drainTimeout()));
        boolean interrupted = Thread.interrupted();
        watches.close();
        follower.stop();
        topology.close();
        while (true) {
            try {
                if (!supervisor.end(PATIENCE)) {
                    LOG.log(WARNING, "a thread of " + options + " has not ended within " + PATIENCE);
                }
                waiters.end(MOMENT);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        observers.report(ClientObserver::closed, () -> new ClientObserver.Closed(this));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    public RoutingTable table() {
        return router.table();
    }

    /** Why the nodes do not serve the method, in one line. */
    public String whyNot(String method) {
        String entry = router.entry(method);
        return entry.equals(Router.NO_ENTRY) ? "no rule of the client's options covers it" : topology.whyNot(entry);
    }

    int waitedForNames() {
        return waiters.names();
    }

    int observedMethods() {
        return latencies.methods();
    }

    boolean isClosing() {
        return inFlight.isClosing();
    }

    @Override
    public String toString() {
        return "client of " + options;
    }
}
