package io.github.moonlibs.discovery.benchmarks.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

/**
 * The cost of a pick in gRPC-Java, with the pickers of its own load balancers. The weighted one uses the weights of
 * {@code RoutingBenchmark}, which it has learnt from the load that its backends reported.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class GrpcPickBenchmark {
    private static final Metadata.Key<byte[]> LOAD_REPORT =
            Metadata.Key.of("endpoint-load-metrics-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** How many nodes serve the method. */
    @Param({"3", "1000"})
    public int nodes;

    private final PickSubchannelArgs call = new Call();
    private @Nullable FakeChannel roundRobin;
    private @Nullable FakeChannel weighted;
    private @Nullable SubchannelPicker roundRobinPicker;
    private @Nullable SubchannelPicker weightedPicker;

    /** Connects every node, and has each report its load. */
    @Setup(Level.Trial)
    public void open() {
        roundRobin = open("round_robin", Map.of());
        weighted = open("weighted_round_robin", Map.of("blackoutPeriod", "0s"));
        roundRobinPicker = roundRobin.picker();
        weightedPicker = weighted.picker();
        // at first it goes round robin, so each node is picked once
        for (int i = 0; i < nodes; i++) {
            report(weightedPicker.pickSubchannel(call), 1 + i % 10);
        }
        weighted.resolve();
        weightedPicker = weighted.picker();
        requireWeights(weightedPicker);
    }

    private void requireWeights(SubchannelPicker picker) {
        LongSummaryStatistics picks = Stream.generate(() -> picker.pickSubchannel(call))
                .limit(nodes * 100L)
                .collect(Collectors.groupingBy(
                        pick -> Objects.requireNonNull(pick.getSubchannel()), Collectors.counting()))
                .values()
                .stream()
                .mapToLong(Long::longValue)
                .summaryStatistics();
        if (picks.getMax() < 2 * picks.getMin()) {
            throw new IllegalStateException("the picker has not learnt the weights: " + picks);
        }
    }

    private FakeChannel open(String policy, Map<String, ?> settings) {
        LoadBalancerProvider provider =
                LoadBalancerRegistry.getDefaultRegistry().getProvider(policy);
        return new FakeChannel(Objects.requireNonNull(provider, policy), settings, nodes);
    }

    /** Reports this many requests per second at full utilization, which becomes the weight. */
    private static void report(PickResult pick, double weight) {
        ByteBuffer report = ByteBuffer.allocate(18).order(ByteOrder.LITTLE_ENDIAN);
        // of the message OrcaLoadReport: rps_fractional (6) and application_utilization (9), both of type double
        report.put((byte) (6 << 3 | 1)).putDouble(weight);
        report.put((byte) (9 << 3 | 1)).putDouble(1);
        Metadata trailers = new Metadata();
        trailers.put(LOAD_REPORT, report.array());
        Objects.requireNonNull(pick.getStreamTracerFactory())
                .newClientStreamTracer(
                        ClientStreamTracer.StreamInfo.newBuilder().build(), new Metadata())
                .inboundTrailers(trailers);
    }

    /** Closes both. */
    @TearDown(Level.Trial)
    public void close() {
        Objects.requireNonNull(roundRobin).close();
        Objects.requireNonNull(weighted).close();
    }

    /** A pick by round_robin, which has no weights. */
    @Benchmark
    public Object roundRobin() {
        return Objects.requireNonNull(roundRobinPicker).pickSubchannel(call);
    }

    /** A pick by weighted_round_robin. */
    @Benchmark
    public Object weightedRoundRobin() {
        return Objects.requireNonNull(weightedPicker).pickSubchannel(call);
    }

    private static final class Call extends PickSubchannelArgs {
        private final Metadata headers = new Metadata();
        private final MethodDescriptor<byte[], byte[]> method = MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("users/get")
                .build();

        @Override
        public CallOptions getCallOptions() {
            return CallOptions.DEFAULT;
        }

        @Override
        public Metadata getHeaders() {
            return headers;
        }

        @Override
        public MethodDescriptor<?, ?> getMethodDescriptor() {
            return method;
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException();
        }
    }
}
