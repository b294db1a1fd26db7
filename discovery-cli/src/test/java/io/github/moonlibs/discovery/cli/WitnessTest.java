package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.WeightStrategy.Candidate;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WitnessTest {
    private record Node(Instance instance, double weight) implements Candidate {
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

    private static List<Node> nodes(double... weights) {
        return IntStream.range(0, weights.length)
                .mapToObj(i -> new Node(Instance.of(Endpoint.parse("10.0.0." + (i + 1) + ":1")), weights[i]))
                .toList();
    }

    @Test
    void everyNodeGetsTheShareOfItsWeight() {
        var picker = new Witness().newPicker(nodes(0.5, 1, 2.5));
        var random = new SplittableRandom(1);
        long[] picked = new long[3];
        IntStream.range(0, 40_000).forEach(i -> picked[picker.pick(random)]++);
        assertThat(picked[0] / 40_000.0).isCloseTo(0.125, within(0.01));
        assertThat(picked[1] / 40_000.0).isCloseTo(0.25, within(0.01));
        assertThat(picked[2] / 40_000.0).isCloseTo(0.625, within(0.01));
    }

    @Test
    void aLoneNodeIsAlwaysPicked() {
        var picker = new Witness().newPicker(nodes(7));
        var random = new SplittableRandom(1);
        assertThat(Stream.generate(() -> picker.pick(random)).limit(100)).containsOnly(0);
    }
}
