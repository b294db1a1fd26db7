package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot.Ejection;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.routing.MethodRoutes;
import io.github.moonlibs.discovery.core.routing.Route;
import io.github.moonlibs.discovery.core.routing.RouteWaiters;
import io.github.moonlibs.discovery.core.routing.Router;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.core.strategy.LeastLoaded;
import io.github.moonlibs.discovery.core.strategy.PeakEwma;
import io.github.moonlibs.discovery.core.strategy.RoundRobin;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a client that choose the node of a call, and none that wait. The router, its nodes and their health are
 * the real ones; a simulation sets the time, and when calls begin and end. Not thread-safe.
 */
public final class VirtualClient {
    private static final String METHOD = "m";

    /** What {@link #begin} returns when all that a call has not tried are full. */
    public static final int FULL = -2;

    private final AttemptException noReply = new AttemptException(Kind.TIMEOUT, true, "no reply", null);
    private final AttemptException error = new AttemptException(Kind.SERVER_ERROR, true, "an error", null);
    private final AttemptException overtaken = new AttemptException(Kind.ABANDONED, true, "overtaken", null);
    private final ClientOptions options;
    private final RandomGenerator random;
    private final Balancing balancing;
    private final Router router;
    private final Map<Integer, Route> members = new HashMap<>();
    private final Map<Node, Integer> numbers = new HashMap<>();

    /**
     * A client with the strategy, slow start and outlier policy of the options. Its choices depend only on the seed.
     */
    public VirtualClient(ClientOptions options, LongSupplier nanoTime, long seed) {
        this.options = options;
        random = new SplittableRandom(seed);
        Strategies strategies = Strategies.of(options.strategy(), Map.of(), this::strategy);
        balancing = new Balancing(strategies, options.slowStart().toNanos(), options.outliers(), nanoTime);
        router = new Router(balancing, new RouteWaiters(0), Observers.NONE, Runnable::run);
    }

    private WeightStrategy strategy(String name) {
        return switch (name) {
            case "weighted-random" -> new WeightedRandom();
            case "round-robin" -> new RoundRobin(() -> random);
            case "least-loaded" -> new LeastLoaded();
            case "peak-ewma" -> new PeakEwma();
            default -> throw new IllegalArgumentException("strategy: expected one that is simulated, got " + name);
        };
    }

    /** A node announces itself, for the first time or again. */
    public void join(int number, double weight, int tier) {
        Route known = members.get(number);
        Node node = known == null ? newNode(number) : known.node();
        try {
            Session session = Session.open(new InstantTransport(0, true), options, node, () -> {});
            Announcement.Method method =
                    new Announcement.Method(weight, true, tier, Announcement.Errors.NONE, Map.of());
            router.announce(node, session, new Announcement(null, Map.of(METHOD, method), Map.of()));
        } catch (InterruptedException e) {
            throw new IllegalStateException("an instant transport does not wait", e);
        }
        numbers.put(node, number);
        Objects.requireNonNull(router.routes(METHOD)).all().forEach(route -> members.put(number(route), route));
    }

    private Node newNode(int number) {
        Instance instance = Instance.of("node " + number, Endpoint.parse("node-" + number + ":3301"));
        return new Node(instance, balancing, Observers.NONE, router::reconsider);
    }

    /** The connection to a node is lost; what is under way on it ends with {@link #lost}. */
    public void leave(int number) {
        router.withdraw(node(number));
    }

    private int number(Route route) {
        return Objects.requireNonNull(numbers.get(route.node()));
    }

    private Node node(int number) {
        return Objects.requireNonNull(members.get(number)).node();
    }

    private Session session(int number) {
        return Objects.requireNonNull(members.get(number)).session();
    }

    /**
     * Begins an attempt.
     *
     * @param tried the nodes that the call has tried already
     * @return the node that was picked; -1 if all were tried, {@link #FULL} if the others have no place
     */
    public int begin(BitSet tried) {
        MethodRoutes routes = Objects.requireNonNull(router.routes(METHOD));
        Route route = tried.isEmpty() ? routes.pick(random) : null;
        if (route == null || route.isFull()) {
            route = routes.pickFree(any -> isIn(tried, any), random);
        }
        return route == null && routes.all().stream().anyMatch(any -> !isIn(tried, any)) ? FULL : entered(route);
    }

    /**
     * Begins an attempt beside one that is unanswered.
     *
     * @return the node that was picked; -1 if there is none for a hedge
     */
    public int hedge(BitSet tried) {
        MethodRoutes routes = Objects.requireNonNull(router.routes(METHOD));
        return entered(routes.pickHedge(any -> any.isFull() || isIn(tried, any), random));
    }

    private boolean isIn(BitSet tried, Route route) {
        return tried.get(number(route));
    }

    private int entered(@Nullable Route route) {
        if (route == null) {
            return -1;
        }
        route.session().gate().enter();
        return number(route);
    }

    /** Ends an attempt that began at this time and is answered now. */
    public void answered(int number, long beganNanos) {
        node(number).health().answered(beganNanos);
        session(number).gate().leave();
    }

    /** Ends an attempt that began at this time and times out now. */
    public void timedOut(int number, long beganNanos) {
        node(number).health().failed(beganNanos, noReply);
        session(number).gate().leave();
    }

    /** Ends an attempt that began at this time and is answered now with an error. */
    public void erred(int number, long beganNanos) {
        node(number).health().erred(beganNanos);
        session(number).gate().leave();
    }

    /** Ends an attempt whose connection is lost now, which says nothing of the node that will be there next. */
    public void lost(int number) {
        session(number).gate().leave();
    }

    /** Another node has answered a call that this one had answered after that time with an error. */
    public void outdone(int number, long nanos) {
        node(number).health().outdone(nanos, error);
    }

    /** Ends an attempt that began at this time, and before another one of its call that is answered now. */
    public void overtaken(int number, long beganNanos) {
        node(number).health().failed(beganNanos, overtaken);
        session(number).gate().leave();
    }

    /** Ends an attempt that began at this time, after another one of its call that is answered now. */
    public void abandoned(int number, long beganNanos) {
        node(number).health().abandoned(beganNanos);
        session(number).gate().leave();
    }

    /** Updates what depends on the time, as with every announcement. */
    public void tick() {
        members.values().forEach(route -> route.node().health().outlier().tick());
    }

    /** Why the node is out of service; null if it is not. */
    public @Nullable Ejection ejection(int number) {
        return node(number).health().outlier().ejection();
    }
}
