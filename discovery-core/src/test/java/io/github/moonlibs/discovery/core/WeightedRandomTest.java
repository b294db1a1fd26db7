package io.github.moonlibs.discovery.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import io.github.moonlibs.discovery.spi.WeightStrategy.Picker;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WeightedRandomTest {
    /** The chi-square distribution's 99.999 % quantile is below this for any number of degrees of freedom from 1. */
    private static double quantile(int freedom) {
        // Wilson and Hilferty's approximation, with z = 4.265
        double spread = 2.0 / (9 * freedom);
        return freedom * Math.pow(1 - spread + 4.265 * Math.sqrt(spread), 3);
    }

    static List<double[]> weights() {
        double[] many = new SplittableRandom(7).doubles(1_000, 0.1, 100).toArray();
        return List.of(
                new double[] {1, 1},
                new double[] {0.5, 1.5},
                new double[] {100, 100, 10},
                new double[] {1, 2, 3, 4, 5, 6, 7},
                new double[] {1e-300, 3e-300},
                new double[] {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE},
                many);
    }

    @ParameterizedTest
    @MethodSource("weights")
    void sharesFitTheWeightsByChiSquare(double[] weights) {
        Picker picker = picker(weights);
        SplittableRandom random = new SplittableRandom(42);
        int picks = Math.max(100_000, 200 * weights.length);
        int[] counts = new int[weights.length];
        for (int i = 0; i < picks; i++) {
            counts[picker.pick(random)]++;
        }

        double largest = Arrays.stream(weights).max().orElseThrow();
        double sum = Arrays.stream(weights).map(weight -> weight / largest).sum();
        double chiSquare = 0;
        for (int i = 0; i < weights.length; i++) {
            double expected = picks * (weights[i] / largest / sum);
            chiSquare += (counts[i] - expected) * (counts[i] - expected) / expected;
        }
        assertThat(chiSquare).isLessThan(quantile(weights.length - 1));
    }

    @Test
    void oneCandidateGetsEverything() {
        Picker picker = picker(7);
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < 1_000; i++) {
            assertThat(picker.pick(random)).isZero();
        }
    }

    @Test
    void theSmallestAndTheLargestRandomNumbersAreInRange() {
        Picker picker = picker(1, 2, 3);
        for (long bits : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThat(picker.pick(() -> bits)).isBetween(0, 2);
        }
    }

    private static Picker picker(double... weights) {
        return new WeightedRandom()
                .newPicker(Arrays.stream(weights).mapToObj(Weighted::new).toList());
    }

    private record Weighted(double weight) implements WeightStrategy.Candidate {
        @Override
        public Instance instance() {
            return Instance.of(Endpoint.parse("a:1"));
        }

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
