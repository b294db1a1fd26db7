package com.example.discovery.benchmark;

import com.example.discovery.plugin.NearestZone;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of one pick, which every call pays, by the number of nodes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PickBenchmark {
    /** How many nodes serve the method. */
    @Param({"3", "30"})
    public int nodes;

    private final SplittableRandom random = new SplittableRandom(42);
    private WeightStrategy.@Nullable Picker picker;

    /** Makes the picker, as the library does whenever the routing table changes. */
    @Setup
    public void makePicker() {
        List<Node> candidates = IntStream.range(0, nodes)
                .mapToObj(i -> new Node(Instance.of(Endpoint.parse("10.0.0." + i + ":3301")), 1 + i % 3))
                .toList();
        // the strategy of examples/plugin; replace it with your own
        picker = new NearestZone().newPicker(candidates);
    }

    /** One pick. */
    @Benchmark
    @SuppressWarnings("NullAway") // JMH calls the set-up first
    public int pick() {
        return picker.pick(random);
    }

    private record Node(Instance instance, double weight) implements WeightStrategy.Candidate {
        @Override
        public Map<String, @Nullable Object> attributes() {
            return Map.of();
        }

        @Override
        public int inFlight() {
            return 0;
        }

        @Override
        public long latencyNanos() {
            return 0;
        }
    }
}
