package io.github.moonlibs.discovery.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.support.TaskScopes;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Nodes in memory, a topology that a test changes in a line, and clients of them that are closed at the end. */
public final class Cluster implements AutoCloseable {
    /** Far longer than anything takes, so that only what never comes fails. */
    public static final Duration BOUND = Duration.ofMinutes(1);

    /** In this time all has happened that a call does before it waits or fails, also on a busy machine. */
    public static final Duration LONG_ENOUGH = Duration.ofSeconds(2);

    private final Map<Endpoint, MemoryNode> nodes = new ConcurrentHashMap<>();
    private final BlockingQueue<List<Instance>> topologies = new LinkedBlockingQueue<>();
    private final List<DiscoveryClient> clients = new ArrayList<>();

    public MemoryNode node(String endpoint) {
        MemoryNode node = new MemoryNode(endpoint);
        nodes.put(node.endpoint(), node);
        return node;
    }

    public Transport transport() {
        return (endpoint, options, listener) ->
                requireNonNull(nodes.get(endpoint)).connect(listener);
    }

    /**
     * A client that is asked to follow these nodes, ten times as eager as by default, and so patient that only what a node
     * leaves unanswered times out.
     */
    public DiscoveryClient client(MemoryNode... members) {
        return client(options -> options, members);
    }

    public DiscoveryClient client(UnaryOperator<ClientOptions.Builder> options, MemoryNode... members) {
        list(members);
        return client(options, new WeightedRandom());
    }

    public DiscoveryClient client(UnaryOperator<ClientOptions.Builder> options, WeightStrategy strategy) {
        TopologySource source = sink -> {
            while (true) {
                sink.publish(topologies.take());
            }
        };
        ClientOptions.Builder builder = DiscoveryClient.builder()
                .source(source)
                .callOptions(CallOptions.defaults().withTimeout(BOUND))
                .discoveryInterval(Duration.ofMillis(10))
                .discoveryTimeout(BOUND)
                .reconnectDelay(Duration.ofMillis(10))
                .drainTimeout(BOUND);
        ClientOptions built = options.apply(builder).build();
        return client(built, requireNonNull(built.source()), Strategies.of(strategy));
    }

    public DiscoveryClient client(ClientOptions options, TopologySource source, Strategies strategies) {
        DiscoveryClient client =
                new CoreClient(options, source, transport(), strategies, TaskScopes.best(), ThreadLocalRandom::current);
        clients.add(client);
        return client;
    }

    /** Makes these nodes, and no others, the topology. */
    public void list(MemoryNode... members) {
        list(Arrays.stream(members).map(MemoryNode::instance).toList());
    }

    public void list(List<Instance> instances) {
        topologies.add(instances);
    }

    public static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("not within %s: %s", BOUND, what).isLessThan(end);
            LockSupport.parkNanos(200_000);
        }
    }

    /** Waits until the thread waits in the library, rather than being about to. */
    public static void awaitParked(Thread thread) {
        await(thread + " is parked", () -> LockSupport.getBlocker(thread) != null);
    }

    public static void awaitServed(DiscoveryClient client, String method, int byNodes) {
        await(
                method + " served by exactly " + byNodes,
                () -> client.routing().routes(method).size() == byNodes);
    }

    /** The node as the client sees it, as soon as it knows of it. */
    public static NodeSnapshot snapshot(DiscoveryClient client, MemoryNode node) {
        await(node.endpoint() + " is known", () -> find(client, node).isPresent());
        return find(client, node).orElseThrow();
    }

    private static Optional<NodeSnapshot> find(DiscoveryClient client, MemoryNode node) {
        return client.topology().nodes().stream()
                .filter(snapshot -> snapshot.instance().endpoint().equals(node.endpoint()))
                .findFirst();
    }

    /** Runs the task on a virtual thread; the common pool of a small machine has too few for tasks that block. */
    public static <T> CompletableFuture<T> async(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, Thread::startVirtualThread);
    }

    public static void awaitState(DiscoveryClient client, MemoryNode node, NodeSnapshot.State state) {
        await(node.endpoint() + " is " + state, () -> snapshot(client, node).state() == state);
    }

    /**
     * How a call fails at its deadline when it has made so many attempts. A deadline that leaves a busy machine no time for
     * them is doubled.
     */
    public static <E extends CallException> E failureAtDeadline(Class<E> type, int attempts, Consumer<Duration> call) {
        for (Duration deadline = Duration.ofMillis(500); ; deadline = deadline.multipliedBy(2)) {
            Duration given = deadline;
            CallException failure = catchThrowableOfType(CallException.class, () -> call.accept(given));
            boolean isEnough = type.isInstance(failure) && failure.attempts().size() >= attempts;
            if (isEnough || given.compareTo(BOUND) > 0) {
                assertThat(failure).isInstanceOf(type);
                return type.cast(failure);
            }
        }
    }

    @Override
    public void close() {
        clients.forEach(DiscoveryClient::close);
    }
}
