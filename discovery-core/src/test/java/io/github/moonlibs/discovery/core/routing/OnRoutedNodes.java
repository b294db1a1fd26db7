package io.github.moonlibs.discovery.core.routing;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.Announcement.Errors;
import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.core.Cluster;
import io.github.moonlibs.discovery.core.FakeClock;
import io.github.moonlibs.discovery.core.Shares;
import io.github.moonlibs.discovery.core.health.Outlier.State;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;

/** Nodes of one method, their health, and a clock that the tests move. */
@NullUnmarked // a test that meets null where it should not fails, which is its job
abstract class OnRoutedNodes {
    static final Duration WINDOW = Duration.ofSeconds(10);

    final AttemptException noReply = new AttemptException(Kind.TIMEOUT, true, "no reply", null);
    final Cluster cluster = new Cluster();
    final FakeClock clock = new FakeClock();
    final SplittableRandom random = new SplittableRandom(42);
    final List<Node> nodes = new ArrayList<>();
    Balancing balancing;
    Router router;

    OnRoutedNodes() {
        use(new WeightedRandom(), OutlierPolicy.defaults());
    }

    void use(WeightStrategy strategy, OutlierPolicy policy) {
        balancing = new Balancing(Strategies.of(strategy), WINDOW.toNanos(), policy, clock);
        router = new Router(balancing, new RouteWaiters(0), Observers.NONE, Runnable::run);
        nodes.clear();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    void join(double... weights) {
        for (double weight : weights) {
            Instance instance = cluster.node("n" + nodes.size() + ":1").instance();
            Node node = new Node(instance, balancing, Observers.NONE, router::reconsider);
            nodes.add(node);
            announce(node, weight);
        }
    }

    /** A node in that tier. */
    void joinTier(int tier) {
        join(0);
        announce(nodes.getLast(), 100, tier);
    }

    void announce(Node node, double weight) {
        announce(node, weight, 0);
    }

    void announce(Node node, double weight, int tier) {
        Announcement.Method method = new Announcement.Method(weight, true, tier, Errors.NONE, Map.of());
        router.announce(node, session(node), new Announcement(true, Map.of("m", method), Map.of()));
    }

    Session session(Node node) {
        ClientOptions options = DiscoveryClient.builder()
                .topology("static:a:1")
                .maxInFlightPerNode(10)
                .build();
        try {
            return Session.open(cluster.transport(), options, node, () -> {});
        } catch (InterruptedException e) {
            throw new AssertionError("nodes in memory connect at once", e);
        }
    }

    /** Another session of the node takes all the places that it has. */
    void fill(Node node) {
        fill(node, 0);
    }

    void fill(Node node, int tier) {
        Session session = session(node);
        while (session.gate().enter()) {
            // until there is no place left
        }
        Announcement.Method method = new Announcement.Method(100, true, tier, Errors.NONE, Map.of());
        router.announce(node, session, new Announcement(true, Map.of("m", method), Map.of()));
    }

    void timeOut(Node node, int times) {
        for (int i = 0; i < times; i++) {
            node.health().failed(clock.getAsLong() - 1_000_000_000, noReply);
        }
    }

    void answer(Node node, int answers) {
        for (int i = 0; i < answers; i++) {
            node.health().answered(clock.getAsLong() - 1_000_000);
        }
    }

    void tick() {
        nodes.forEach(node -> node.health().outlier().tick());
    }

    static State state(Node node) {
        return node.health().outlier().state();
    }

    MethodRoutes routes() {
        return router.routes("m");
    }

    int pick() {
        return nodes.indexOf(routes().pick(random).node());
    }

    Shares shares() {
        return Shares.of(nodes.size(), this::pick);
    }
}
