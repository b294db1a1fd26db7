package io.github.moonlibs.discovery.core;

import static java.lang.System.Logger.Level.WARNING;

import io.github.moonlibs.discovery.CallOptions;
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
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.spi.Transport;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The client: puts the parts together, and takes them apart again. */
final class CoreClient implements DiscoveryClient {
    private static final Logger LOG = System.getLogger("io.github.moonlibs.discovery");

    /** What threads may take to notice that they have ended. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ClientOptions options;
    private final TaskScope.Factory scopes;
    private final Observers observers;
    private final Calls calls;
    private final Supervisor supervisor;
    private final Topology topology;
    private final TopologyFollower follower;

    private final ReentrantLock closing = new ReentrantLock();
    private boolean closed;

    CoreClient(
            ClientOptions options,
            TopologySource source,
            Transport transport,
            Strategies strategies,
            TaskScope.Factory scopes,
            Supplier<RandomGenerator> randoms) {
        this.options = options;
        this.scopes = scopes;
        observers = new Observers(options.observers());
        observers.tell(observer -> observer.opened(this));
        RouteWaiters waiters = new RouteWaiters(options.maxWaitingCalls());
        Balancing balancing = Balancing.of(options, strategies);
        if (options.outliers().windowCalls() > 0) {
            Breakers.warmUp();
        }
        Router router = new Router(balancing, waiters, observers);
        CallsInFlight inFlight = new CallsInFlight();
        RetryTokens tokens = new RetryTokens(options.retryBudget(), inFlight::begun, System.nanoTime());
        Latencies latencies = new Latencies(method -> router.routes(method) != null);
        calls = new Calls(router, waiters, inFlight, tokens, latencies, observers, randoms);
        supervisor = new Supervisor(scopes);
        topology = new Topology(
                source.toString(),
                options.acceptEmptyTopology(),
                router,
                observers,
                instance -> new Node(instance, balancing, observers, router::reconsider),
                node -> supervisor.start(
                        "discovery-node " + node.instance().endpoint().address(),
                        new NodeLife(node, transport, router, options, own(randoms))));
        follower = new TopologyFollower(source, topology, own(randoms));
        supervisor.start("discovery-topology", follower);
    }

    /** A generator for one thread: the supplier's own may belong to the thread that asks. */
    private static RandomGenerator own(Supplier<RandomGenerator> randoms) {
        return new SplittableRandom(randoms.get().nextLong());
    }

    @Override
    public ClientOptions options() {
        return options;
    }

    @Override
    public Result call(String method, List<?> arguments, CallOptions callOptions) {
        return call(method, null, arguments, callOptions);
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
            this.name = name;
            this.lookup = new RouteLookup(calls.router(), name);
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
        public String toString() {
            return name + " of " + CoreClient.this;
        }
    }

    private Result call(String method, @Nullable RouteLookup lookup, List<?> arguments, CallOptions callOptions) {
        Call call = begin(method, lookup, callOptions);
        Throwable failure = null;
        try {
            return callOptions.hedging().isNone()
                    ? call.run(arguments)
                    : new HedgedCall(calls, call, method, callOptions).run(arguments);
        } catch (RuntimeException | Error e) {
            failure = e;
            throw e;
        } finally {
            end(call, failure);
        }
    }

    @Override
    public List<NodeReply> callAll(String method, List<?> arguments, CallOptions callOptions) {
        Call call = begin(method, null, callOptions);
        Throwable failure = null;
        try {
            return new CallAll(call, scopes).run(method, arguments);
        } catch (RuntimeException | Error e) {
            failure = e;
            throw e;
        } finally {
            end(call, failure);
        }
    }

    private Call begin(String method, @Nullable RouteLookup lookup, CallOptions callOptions) {
        long now = System.nanoTime();
        // first, because the compiler would allocate a Call that is there already, and otherwise need not
        // (CallBenchmark)
        calls.tokens().tick(now);
        Call call = new Call(calls, method, lookup, callOptions, now);
        if (!calls.inFlight().begin()) {
            throw call.closed();
        }
        if (!observers.isEmpty()) {
            observers.callStarted(method);
        }
        return call;
    }

    private void end(Call call, @Nullable Throwable failure) {
        if (call.event() != null || !observers.isEmpty()) {
            call.tellEnd(failure);
        }
        // last, because a closing client waits for it before it tells its observers that it has closed
        calls.inFlight().end();
    }

    @Override
    public boolean awaitMethod(String method, int nodes, Duration timeout) throws InterruptedException {
        if (nodes < 1) {
            throw new IllegalArgumentException("nodes: expected at least 1, got " + nodes);
        }
        return calls.waiters().watch(method, Deadline.after(timeout), () -> served(method, nodes)) != null;
    }

    private @Nullable Boolean served(String method, int nodes) {
        if (calls.inFlight().isClosing()) {
            throw new ClientClosedException(method, Duration.ZERO, List.of());
        }
        MethodRoutes routes = calls.router().routes(method);
        boolean enough = routes != null && routes.all().size() >= nodes;
        return enough ? true : null;
    }

    @Override
    public ClientSnapshot snapshot() {
        return new ClientSnapshot(
                topology(),
                routing(),
                retryBudget(),
                calls.inFlight().underWay(),
                calls.waiters().waiting());
    }

    @Override
    public TopologySnapshot topology() {
        return topology.snapshot();
    }

    @Override
    public RoutingSnapshot routing() {
        return calls.router().table().snapshot();
    }

    @Override
    public RetryBudgetSnapshot retryBudget() {
        return calls.tokens().snapshot(System.nanoTime());
    }

    @Override
    public void close() {
        closing.lock();
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
        calls.inFlight().refuseMore();
        calls.waiters().wakeAll();
        // nodes live on until the calls have ended: a call that fails now may still succeed elsewhere
        calls.inFlight().awaitNone(Deadline.after(options.drainTimeout()));
        boolean interrupted = Thread.interrupted();
        follower.stop();
        topology.close();
        while (true) {
            try {
                if (!supervisor.end(PATIENCE)) {
                    LOG.log(WARNING, "a thread of {0} has not ended within {1}", options, PATIENCE);
                }
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        observers.tell(observer -> observer.closed(this));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    RoutingTable table() {
        return calls.router().table();
    }

    int waitedForNames() {
        return calls.waiters().names();
    }

    int observedMethods() {
        return calls.latencies().methods();
    }

    boolean isClosing() {
        return calls.inFlight().isClosing();
    }

    @Override
    public String toString() {
        return "client of " + options;
    }
}
