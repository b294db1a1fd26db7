package io.github.moonlibs.discovery.micrometer;

import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallInterruptedException;
import io.github.moonlibs.discovery.ClientClosedException;
import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DeadlineExceededException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.OverloadedException;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot.Route;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one client; docs/operations.md lists them. Thread-safe.
 *
 * <pre>{@code
 * var client = DiscoveryClient.builder()
 *         .topology("etcd://10.0.0.1:2379/users")
 *         .observer(DiscoveryMetrics.builder(registry).tag("client", "users").build())
 *         .connect();
 * }</pre>
 *
 * <p>The number of series is bounded: methods and nodes beyond the limits count together, under the name {@code other};
 * gauges, which cannot be added up, leave them out.
 */
public final class DiscoveryMetrics implements ClientObserver {
    private static final String PREFIX = "discovery.client.";
    private static final String METHOD = "method";
    private static final String NODE = "node";
    private static final String SUCCESS = "success";
    private static final String NONE = "none";

    /** How long a snapshot serves all gauges: they are read one by one. */
    private static final long SNAPSHOT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final MeterRegistry registry;
    private final Iterable<Tag> tags;
    private final TagValues methods;
    private final TagValues nodes;
    private final Timers calls;
    private final Timers attempts;
    private final Map<String, Timer> discoveries = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Counter>> counters = new ConcurrentHashMap<>();
    private final Counter topologyChanges;
    private final Counter topologyFailures;

    private final ReentrantLock nodeRows = new ReentrantLock();
    private final MultiGauge states;
    private final MultiGauge inFlight;
    private final MultiGauge latencies;
    private final ReentrantLock routeRows = new ReentrantLock();
    private final MultiGauge weights;
    private final MultiGauge shares;

    private final List<Meter> clientGauges = new CopyOnWriteArrayList<>();

    /** From its opening to its closing. */
    private volatile @Nullable DiscoveryClient client;

    private volatile Set<String> shownNodes = Set.of();
    private volatile @Nullable Taken taken;

    private record Taken(ClientSnapshot snapshot, long nanoTime) {}

    private DiscoveryMetrics(Builder builder) {
        registry = builder.registry;
        tags = builder.tags;
        methods = new TagValues(builder.maxMethods);
        nodes = new TagValues(builder.maxNodes);
        calls = new Timers(registry, tags, PREFIX + "calls", "Calls of the application, with all of their attempts");
        attempts = new Timers(registry, tags, PREFIX + "attempts", "Attempts, each on one node");
        topologyChanges = counter("topology.changes", "Changes of the set of instances", Tags.empty());
        topologyFailures = counter("topology.failures", "Failures of the topology's source", Tags.empty());
        states = rows("node.state", "1 for the state that the node is in, 0 for the others", null);
        inFlight = rows("node.inflight", "Attempts under way on the node", null);
        latencies = rows("node.latency", "How long the node takes to answer, as strategies see it", "seconds");
        weights = rows("route.weight", "The announced weight of a route", null);
        shares = rows("route.share", "Which part of the method's first attempts goes to the node, 0 to 1", null);
    }

    /** Metrics in the registry. */
    public static Builder builder(MeterRegistry registry) {
        return new Builder(registry);
    }

    /** Metrics in the registry, without further tags and with the usual limits. */
    public static DiscoveryMetrics of(MeterRegistry registry) {
        return builder(registry).build();
    }

    private MultiGauge rows(String name, String description, @Nullable String unit) {
        return MultiGauge.builder(PREFIX + name)
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry);
    }

    private Counter counter(String name, String description, Iterable<Tag> own) {
        return Counter.builder(PREFIX + name)
                .description(description)
                .tags(tags)
                .tags(own)
                .register(registry);
    }

    private Counter counter(String name, String description, String tag, String value) {
        Counter known = counters.getOrDefault(name, Map.of()).get(value);
        return known != null
                ? known
                : counters.computeIfAbsent(name, first -> new ConcurrentHashMap<>())
                        .computeIfAbsent(value, first -> counter(name, description, Tags.of(tag, value)));
    }

    private Counter retries(String method) {
        return counter("retries", "Attempts that followed another one's failure", METHOD, method);
    }

    private Counter hedges(String method) {
        return counter("hedges", "Attempts that began while another one was unanswered", METHOD, method);
    }

    private Counter lateReplies(Instance node) {
        return counter("late.replies", "Replies that came after their attempt had ended", NODE, node(node));
    }

    private Counter ejections(Instance node) {
        return counter("ejections", "Ejections because of how the node's calls ended", NODE, node(node));
    }

    private Counter reconnects(Instance node) {
        return counter("reconnects", "Connections to the node after its first one", NODE, node(node));
    }

    private String node(Instance node) {
        return nodes.of(node.name());
    }

    // ---- calls ----

    @Override
    public void callEnded(CallEnded event) {
        String name = methods.of(event.method());
        calls.of(name, event.answeredBy() == null ? NONE : node(event.answeredBy()), callOutcome(event.failure()))
                .record(event.durationNanos(), TimeUnit.NANOSECONDS);
        retries(name).increment(event.retries());
        hedges(name).increment(event.hedges());
    }

    private static String callOutcome(@Nullable Throwable failure) {
        return switch (failure) {
            case null -> SUCCESS;
            case NoRouteException e -> "no_route";
            case DeadlineExceededException e -> "deadline_exceeded";
            case CallFailedException e -> "failed";
            case CallInterruptedException e -> "interrupted";
            case OverloadedException e -> "overloaded";
            case ClientClosedException e -> "closed";
            default -> "unsendable";
        };
    }

    @Override
    public void attemptEnded(AttemptEnded event) {
        Kind failure = event.failureKind();
        attempts.of(methods.of(event.method()), node(event.node()), failure == null ? SUCCESS : outcome(failure))
                .record(event.durationNanos(), TimeUnit.NANOSECONDS);
    }

    private static String outcome(Kind failure) {
        return switch (failure) {
            case NOT_SENT -> "not_sent";
            case LOST -> "lost";
            case TIMEOUT -> "timeout";
            case SERVER_ERROR -> "server_error";
            case UNREADABLE -> "unreadable";
            case INTERRUPTED -> "interrupted";
            case ABANDONED -> "abandoned";
        };
    }

    @Override
    public void repliedLate(RepliedLate event) {
        lateReplies(event.node()).increment();
    }

    // ---- nodes ----

    @Override
    public void connected(Connected event) {
        if (event.connects() > 1) {
            reconnects(event.node()).increment();
        }
    }

    @Override
    public void ejectionChanged(EjectionChanged event) {
        Ejection ejection = event.ejection();
        if (ejection != null && !ejection.isProbing()) {
            ejections(event.node()).increment();
        }
    }

    @Override
    public void discoveryEnded(DiscoveryEnded event) {
        String name = node(event.node());
        String outcome = event.failure() == null ? SUCCESS : "failed";
        discoveries
                .computeIfAbsent(
                        name + " " + outcome,
                        first -> Timer.builder(PREFIX + "discoveries")
                                .description("Questions to the node for its announcement")
                                .tags(tags)
                                .tags(NODE, name, "outcome", outcome)
                                .register(registry))
                .record(event.durationNanos(), TimeUnit.NANOSECONDS);
    }

    // ---- the client, its topology and routing ----

    @Override
    public void opened(Opened event) {
        if (client != null) {
            throw new IllegalStateException(
                    "metrics of one client were given to two: each needs its own, with its tags");
        }
        client = event.client();
        gauge("calls.active", "Calls that have begun and not ended", ClientSnapshot::callsInFlight);
        gauge("calls.waiting", "Calls that wait for a route", ClientSnapshot::waitingCalls);
        gauge(
                "retry.budget.available",
                "Retries and hedges that may be made now",
                snapshot -> snapshot.retryBudget().available());
        gauge(
                "topology.failing",
                "1 while the topology's source fails, otherwise 0",
                snapshot -> snapshot.topology().lastError() == null ? 0 : 1);
        clientGauges.add(TimeGauge.builder(
                        PREFIX + "topology.age",
                        this,
                        TimeUnit.SECONDS,
                        metrics -> metrics.read(snapshot -> {
                            Duration age = snapshot.topology().age();
                            return age == null ? Double.NaN : age.toNanos() / 1e9;
                        }))
                .description("Since the source confirmed the topology last")
                .tags(tags)
                .register(registry));
    }

    private void gauge(String name, String description, ToDoubleFunction<ClientSnapshot> value) {
        clientGauges.add(Gauge.builder(PREFIX + name, this, metrics -> metrics.read(value))
                .description(description)
                .tags(tags)
                .register(registry));
    }

    @Override
    public void topologyChanged(TopologyChanged event) {
        topologyChanges.increment();
        showNodes();
    }

    @Override
    public void topologyFailed(TopologyFailed event) {
        topologyFailures.increment();
    }

    private void showNodes() {
        nodeRows.lock();
        try {
            DiscoveryClient present = client;
            if (present != null) {
                showNodes(present.topology().nodes());
            }
        } finally {
            nodeRows.unlock();
        }
    }

    private void showNodes(List<NodeSnapshot> all) {
        shownNodes = names(all);
        List<Row<?>> state = new ArrayList<>();
        List<Row<?>> flying = new ArrayList<>();
        List<Row<?>> latency = new ArrayList<>();
        Set<String> shown = new HashSet<>();
        for (NodeSnapshot node : all) {
            Instance instance = node.instance();
            // from zero: a rate cannot be told of a counter that begins with 1
            lateReplies(instance);
            ejections(instance);
            reconnects(instance);
            String name = node(instance);
            if (name.equals(TagValues.OTHER) || node.state() == State.DRAINING || !shown.add(name)) {
                continue;
            }
            Tags own = Tags.of(NODE, name);
            for (State each : State.values()) {
                state.add(Row.of(
                        own.and("state", each.toString()),
                        this,
                        metrics -> metrics.readNode(name, now -> now.state() == each ? 1 : 0)));
            }
            flying.add(Row.of(own, this, metrics -> metrics.readNode(name, NodeSnapshot::inFlight)));
            latency.add(Row.of(
                    own,
                    this,
                    metrics -> metrics.readNode(name, now -> {
                        Duration known = now.latency();
                        return known == null ? Double.NaN : known.toNanos() / 1e9;
                    })));
        }
        // rows that are there already stay, and read what is now: a scrape that comes while one is taken away and put
        // back may see it twice, and fail
        states.register(state, false);
        inFlight.register(flying, false);
        latencies.register(latency, false);
    }

    private static Set<String> names(List<NodeSnapshot> nodes) {
        return nodes.stream()
                .filter(node -> node.state() != State.DRAINING)
                .map(node -> node.instance().name())
                .collect(Collectors.toSet());
    }

    @Override
    public void routingChanged(RoutingChanged event) {
        routeRows.lock();
        try {
            DiscoveryClient present = client;
            if (present != null) {
                showRoutes(present.routing());
            }
        } finally {
            routeRows.unlock();
        }
    }

    private void showRoutes(RoutingSnapshot routing) {
        List<Row<?>> weight = new ArrayList<>();
        List<Row<?>> share = new ArrayList<>();
        routing.routes().forEach((method, routes) -> {
            for (Route route : routes) {
                String name = node(route.node());
                Tags own = Tags.of(METHOD, methods.of(method), NODE, name);
                if (own.stream().noneMatch(tag -> tag.getValue().equals(TagValues.OTHER))) {
                    weight.add(Row.of(own, this, metrics -> metrics.readRoute(method, name, Route::weight)));
                    share.add(Row.of(own, this, metrics -> metrics.readRoute(method, name, Route::share)));
                }
            }
        });
        weights.register(weight, false);
        shares.register(share, false);
    }

    @Override
    public void closed(Closed event) {
        // all of them, so that the next client with the same tags gets gauges of its own
        client = null;
        taken = null;
        clientGauges.forEach(registry::remove);
        clientGauges.clear();
        clear(nodeRows, states, inFlight, latencies);
        clear(routeRows, weights, shares);
    }

    private static void clear(ReentrantLock rows, MultiGauge... gauges) {
        // behind whoever is about to show some
        rows.lock();
        try {
            for (MultiGauge gauge : gauges) {
                gauge.register(List.of(), true);
            }
        } finally {
            rows.unlock();
        }
    }

    // ---- what gauges read ----

    private double readNode(String name, ToDoubleFunction<NodeSnapshot> value) {
        return read(snapshot -> snapshot.topology().nodes().stream()
                .filter(node -> node.instance().name().equals(name) && node.state() != State.DRAINING)
                .mapToDouble(value)
                .findFirst()
                .orElse(Double.NaN));
    }

    private double readRoute(String method, String name, ToDoubleFunction<Route> value) {
        return read(snapshot -> snapshot.routing().routes(method).stream()
                .filter(route -> route.node().name().equals(name))
                .mapToDouble(value)
                .findFirst()
                .orElse(Double.NaN));
    }

    private double read(ToDoubleFunction<ClientSnapshot> value) {
        DiscoveryClient present = client;
        if (present == null) {
            return Double.NaN;
        }
        Taken last = taken;
        if (last == null || System.nanoTime() - last.nanoTime() > SNAPSHOT_NANOS) {
            last = new Taken(present.snapshot(), System.nanoTime());
            taken = last;
            if (!names(last.snapshot().topology().nodes()).equals(shownNodes)) {
                // another name at the same address is no change of the topology, and nobody tells of it
                showNodes();
            }
        }
        return value.applyAsDouble(last.snapshot());
    }

    /** Collects how the metrics are to be. Not thread-safe. */
    public static final class Builder {
        private final MeterRegistry registry;
        private Tags tags = Tags.empty();
        private int maxMethods = 100;
        private int maxNodes = 50;

        private Builder(MeterRegistry registry) {
            this.registry = registry;
        }

        /** Another tag of every meter: where there are several clients, it tells them apart. */
        public Builder tag(String key, String value) {
            tags = tags.and(key, value);
            return this;
        }

        /**
         * How many methods have series of their own. Default: 100.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder maxMethods(int methods) {
            maxMethods = notNegative("maxMethods", methods);
            return this;
        }

        /**
         * How many nodes have series of their own, over the client's whole life. Default: 50.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder maxNodes(int nodes) {
            maxNodes = notNegative("maxNodes", nodes);
            return this;
        }

        private static int notNegative(String option, int value) {
            if (value < 0) {
                throw new IllegalArgumentException(option + ": expected at least 0, got " + value);
            }
            return value;
        }

        /** The metrics, for one client. */
        public DiscoveryMetrics build() {
            return new DiscoveryMetrics(this);
        }
    }
}
