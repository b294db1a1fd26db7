package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.support.TaskScopes;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import jdk.jfr.Recording;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of watching: {@link CallBenchmark}'s call unwatched, with an observer, and in a flight recording. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WatchedCallBenchmark {
    private static final List<Integer> ARGUMENTS = List.of(42);

    /** What watches the calls. */
    @Param({"none", "observer", "recording"})
    public String watcher = "";

    private @Nullable DiscoveryClient client;
    private @Nullable Recording recording;

    /** Counts like metrics. */
    private static final class Counting implements ClientObserver {
        private final LongAdder calls = new LongAdder();
        private final LongAdder attempts = new LongAdder();

        @Override
        public void callEnded(CallEnded event) {
            calls.add(event.durationNanos());
        }

        @Override
        public void attemptEnded(AttemptEnded event) {
            attempts.add(event.durationNanos());
        }
    }

    /** Three nodes. */
    @Setup(Level.Trial)
    public void open() throws InterruptedException {
        if (watcher.equals("recording")) {
            // as in the JDK's default settings: no event that is faster than the threshold
            recording = new Recording();
            recording.start();
        }
        ClientOptions.Builder builder =
                DiscoveryClient.builder().topology("static:10.0.0.1:3301,10.0.0.2:3301,10.0.0.3:3301");
        ClientOptions options =
                watcher.equals("observer") ? builder.observer(new Counting()).build() : builder.build();
        client = new CoreClient(
                options,
                Plugins.source(options),
                new InstantTransport(10, true),
                Strategies.of(new WeightedRandom()),
                TaskScopes.best(),
                ThreadLocalRandom::current);
        if (!client.awaitMethod("m5", 3, Duration.ofSeconds(10))) {
            throw new IllegalStateException("the nodes did not come up: " + client.topology());
        }
    }

    /** Closes the client. */
    @TearDown(Level.Trial)
    public void close() {
        Objects.requireNonNull(client).close();
        if (recording != null) {
            recording.close();
        }
    }

    /** The whole client. */
    @Benchmark
    public Result call() {
        return Objects.requireNonNull(client).call("m5", ARGUMENTS);
    }
}
