package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.routing.MethodRoutes;
import io.github.moonlibs.discovery.core.routing.RouteLookup;
import io.github.moonlibs.discovery.core.routing.RouteWaiters;
import io.github.moonlibs.discovery.core.routing.Router;
import io.github.moonlibs.discovery.core.routing.RoutingTable;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.core.support.Observers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of finding the node of a call, and of rebuilding the routing table. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RoutingBenchmark {
    private static final int METHODS = 100;

    /** How many nodes serve every method. */
    @Param({"3", "1000"})
    public int nodes;

    /** The strategy that picks. */
    @Param({"weighted-random", "round-robin", "least-loaded", "peak-ewma"})
    public String strategy = "";

    private @Nullable Router router;
    private @Nullable Session session;
    private final List<Node> all = new ArrayList<>();
    private @Nullable MethodRoutes routes;
    private @Nullable RouteLookup lookup;
    private Announcement announced = announcement(1);
    private Announcement equal = announcement(1);
    private Announcement different = announcement(1);
    private boolean odd;

    /** Announces every method on every node. */
    @Setup(Level.Trial)
    public void announce() {
        ClientOptions options = DiscoveryClient.builder()
                .topology("static:a:1")
                .strategy(strategy)
                // its nodes join one after another, and no pick must be drawn again because of that
                .slowStart(Duration.ZERO)
                .build();
        Balancing balancing = Balancing.of(options, Plugins.strategies(options));
        Router announcing = new Router(balancing, new RouteWaiters(0), Observers.NONE, Runnable::run);
        router = announcing;
        // together, as the nodes of a client do: one after another, each would wait for the pause after a large table
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < nodes; i++) {
                Instance instance = Instance.of(Endpoint.parse("10.0." + i / 250 + "." + (i % 250 + 1) + ":3301"));
                Node node = new Node(instance, balancing, Observers.NONE, announcing::reconsider);
                all.add(node);
                Session opened = open(options, node);
                session = opened;
                Announcement announcement = announcement(1 + i % 10);
                threads.execute(() -> {
                    announcing.announce(node, opened, announcement);
                    node.health().answered(System.nanoTime() - 1_000_000);
                });
            }
        }
        announced = announcement(1 + (nodes - 1) % 10);
        equal = announcement(1 + (nodes - 1) % 10);
        different = announcement(11);
        MethodRoutes announcedRoutes = announcing.routes("m50");
        if (announcedRoutes == null || announcedRoutes.all().size() != nodes) {
            throw new IllegalStateException("expected routes to " + nodes + " nodes, got " + announcedRoutes);
        }
        routes = announcedRoutes;
        lookup = new RouteLookup(announcing, "m50");
    }

    private static Session open(ClientOptions options, Node node) {
        try {
            return Session.open(new InstantTransport(METHODS, true), options, node, () -> {});
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Announcement announcement(double weight) {
        Map<String, Announcement.Method> methods = new LinkedHashMap<>();
        for (int i = 0; i < METHODS; i++) {
            methods.put("m" + i, new Announcement.Method(weight, true, Map.of()));
        }
        return new Announcement(true, methods, Map.of());
    }

    /** A pick from the method's routes. */
    @Benchmark
    public Object pick() {
        return Objects.requireNonNull(routes).pick(ThreadLocalRandom.current());
    }

    /** A pick after looking up the method's name, as in every call. */
    @Benchmark
    public Object lookUpAndPick() {
        return Objects.requireNonNull(Objects.requireNonNull(router).routes("m50"))
                .pick(ThreadLocalRandom.current());
    }

    /** A pick after the look-up of a prepared method. */
    @Benchmark
    public Object preparedAndPick() {
        return Objects.requireNonNull(Objects.requireNonNull(lookup).routes()).pick(ThreadLocalRandom.current());
    }

    /** A node changes the weights of all of its hundred methods: the whole table is rebuilt. */
    @Benchmark
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public Object rebuild() {
        odd = !odd;
        // an interrupted thread does not wait for the pause after the last table
        Thread.currentThread().interrupt();
        try {
            return announce(odd ? different : announced);
        } finally {
            Thread.interrupted();
        }
    }

    /** A node announces the same as before: nothing is rebuilt. */
    @Benchmark
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public Object announceSame() {
        odd = !odd;
        RoutingTable before = Objects.requireNonNull(router).table();
        if (announce(odd ? equal : announced) != before) {
            throw new IllegalStateException("an equal announcement made another table");
        }
        return before;
    }

    private RoutingTable announce(Announcement announcement) {
        Router present = Objects.requireNonNull(router);
        present.announce(all.getLast(), Objects.requireNonNull(session), announcement);
        return present.table();
    }
}
