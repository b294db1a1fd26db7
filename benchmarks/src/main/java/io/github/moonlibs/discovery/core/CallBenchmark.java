package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Hedging;
import io.github.moonlibs.discovery.PreparedMethod;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.support.TaskScopes;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.spi.Transport.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the library adds to a call: the whole client over a connection that answers at once, and only that connection.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CallBenchmark {
    private static final List<Integer> ARGUMENTS = List.of(42);
    private static final CallOptions HEDGED = CallOptions.defaults().withHedging(Hedging.after(Duration.ofSeconds(1)));
    private static final CallOptions HEDGED_AT_P95 = CallOptions.defaults().withHedging(Hedging.atP95());

    private @Nullable DiscoveryClient client;
    private @Nullable DiscoveryClient threaded;
    private @Nullable PreparedMethod prepared;
    private @Nullable Connection bare;
    private CallOptions callOptions = CallOptions.defaults();

    /** Three nodes. */
    @Setup(Level.Trial)
    public void open() throws InterruptedException {
        ClientOptions options = DiscoveryClient.builder()
                .topology("static:10.0.0.1:3301,10.0.0.2:3301,10.0.0.3:3301")
                .slowStart(Duration.ZERO)
                .build();
        InstantTransport transport = new InstantTransport(10, true);
        client = client(options, transport);
        threaded = client(options, new InstantTransport(10, false));
        prepared = client.method("m5");
        bare = transport.connect(Endpoint.parse("10.0.0.1:3301"), options, new IgnoringListener());
        callOptions = options.callOptions();
        for (DiscoveryClient each : List.of(client, threaded)) {
            if (!each.awaitMethod("m5", 3, Duration.ofSeconds(10))) {
                throw new IllegalStateException("the nodes did not come up: " + each.topology());
            }
        }
    }

    private static CoreClient client(ClientOptions options, Transport transport) {
        return new CoreClient(
                options,
                Plugins.source(options),
                transport,
                Strategies.of(new WeightedRandom()),
                TaskScopes.best(),
                ThreadLocalRandom::current);
    }

    private static final class IgnoringListener implements Transport.Listener {
        @Override
        public void closed(String reason) {}

        @Override
        public void shutdownAnnounced() {}
    }

    /** Closes the client. */
    @TearDown(Level.Trial)
    public void close() {
        Objects.requireNonNull(client).close();
        Objects.requireNonNull(threaded).close();
    }

    /** Only the connection. */
    @Benchmark
    public Result bareConnection() throws InterruptedException {
        return Objects.requireNonNull(bare).call("m5", ARGUMENTS, 1_000_000_000);
    }

    /** The whole client. */
    @Benchmark
    public Result client() {
        return Objects.requireNonNull(client).call("m5", ARGUMENTS, callOptions);
    }

    /** The whole client, through a prepared method. */
    @Benchmark
    public Result prepared() {
        return Objects.requireNonNull(prepared).call(ARGUMENTS, callOptions);
    }

    /** A call that may be hedged and never is. */
    @Benchmark
    public Result hedged() {
        return Objects.requireNonNull(client).call("m5", ARGUMENTS, HEDGED);
    }

    /** The same, with an observed delay; now and then a hiccup of the machine is hedged. */
    @Benchmark
    public Result hedgedAtP95() {
        return Objects.requireNonNull(client).call("m5", ARGUMENTS, HEDGED_AT_P95);
    }

    /** A call that may be hedged, over a transport that cannot send without waiting; from a platform thread. */
    @Benchmark
    public Result hedgedByThread() {
        return Objects.requireNonNull(threaded).call("m5", ARGUMENTS, HEDGED);
    }

    /** The same from a virtual thread. */
    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-Djmh.executor=VIRTUAL")
    public Result hedgedByThreadFromVirtual() {
        return hedgedByThread();
    }
}
