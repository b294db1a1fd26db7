package io.github.moonlibs.discovery.benchmarks;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A call over a loopback socket to a node in this process, through the whole client and through the bare connection.
 * Bytes and times include those of the node; the difference is what the client adds.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LoopbackBenchmark {
    private static final String METHOD = "users.get";
    private static final List<Integer> ARGUMENTS = List.of(42);
    private static final String VIRTUAL = "-Djmh.executor=VIRTUAL";
    private static final long TIMEOUT_NANOS = 10_000_000_000L;

    private @Nullable FakeNode node;
    private @Nullable DiscoveryClient client;
    private Transport.@Nullable Connection connection;

    /** Connects both ways. */
    @Setup(Level.Trial)
    public void open() throws Exception {
        node = FakeNode.start();
        node.answer(METHOD, arguments -> List.of(arguments.getFirst(), "user", "user@example.com"))
                .announce(METHOD, 100, true);
        client = DiscoveryClient.builder().endpoints(node.endpoint()).connect();
        if (!client.awaitMethod(METHOD, 1, Duration.ofSeconds(10))) {
            throw new IllegalStateException("not served: " + client.topology());
        }
        ClientOptions options = client.options();
        connection = ServiceLoader.load(Transport.class)
                .findFirst()
                .orElseThrow()
                .connect(Endpoint.parse(node.endpoint()), options, new IgnoringListener());
    }

    private static final class IgnoringListener implements Transport.Listener {
        @Override
        public void closed(String reason) {}

        @Override
        public void shutdownAnnounced() {}
    }

    /** Closes everything. */
    @TearDown(Level.Trial)
    public void close() {
        Objects.requireNonNull(connection).close();
        Objects.requireNonNull(client).close();
        Objects.requireNonNull(node).close();
    }

    /** Only the connection, from a platform thread. */
    @Benchmark
    @Fork(1)
    public Result bareFromPlatform() throws Exception {
        return Objects.requireNonNull(connection).call(METHOD, ARGUMENTS, TIMEOUT_NANOS);
    }

    /** Only the connection, from a virtual thread. */
    @Benchmark
    @Fork(value = 1, jvmArgsAppend = VIRTUAL)
    public Result bareFromVirtual() throws Exception {
        return bareFromPlatform();
    }

    /** The whole client, from a platform thread. */
    @Benchmark
    @Fork(1)
    public Result clientFromPlatform() {
        return Objects.requireNonNull(client).call(METHOD, ARGUMENTS);
    }

    /** The whole client, from a virtual thread. */
    @Benchmark
    @Fork(value = 1, jvmArgsAppend = VIRTUAL)
    public Result clientFromVirtual() {
        return clientFromPlatform();
    }
}
