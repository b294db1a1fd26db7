package io.github.moonlibs.discovery.core;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.WeightStrategy.Candidate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A candidate whose load a test sets. */
public final class FakeCandidate implements Candidate {
    private final Instance instance;
    private final double weight;
    private final Map<String, @Nullable Object> attributes;
    public int inFlight;
    public long latencyNanos;

    public FakeCandidate(double weight, Map<String, String> labels, Map<String, @Nullable Object> attributes) {
        this.weight = weight;
        this.attributes = attributes;
        instance = new Instance(Endpoint.parse("a:1"), "a", labels);
    }

    public static FakeCandidate of(double weight) {
        return new FakeCandidate(weight, Map.of(), Map.of());
    }

    /** Idle ones, of which nothing is known. */
    public static List<FakeCandidate> all(double... weights) {
        return Arrays.stream(weights).mapToObj(FakeCandidate::of).toList();
    }

    public FakeCandidate with(int callsInFlight, long nanos) {
        inFlight = callsInFlight;
        latencyNanos = nanos;
        return this;
    }

    @Override
    public Instance instance() {
        return instance;
    }

    @Override
    public double weight() {
        return weight;
    }

    @Override
    public Map<String, @Nullable Object> attributes() {
        return attributes;
    }

    @Override
    public int inFlight() {
        return inFlight;
    }

    @Override
    public long latencyNanos() {
        return latencyNanos;
    }
}
