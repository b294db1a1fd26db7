package io.github.moonlibs.discovery.core.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.core.FakeCandidate;
import io.github.moonlibs.discovery.core.Shares;
import io.github.moonlibs.discovery.spi.WeightStrategy.Picker;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

public class WeightedRandomTest {
    public static List<double[]> weights() {
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
        Shares.of(weights.length, () -> picker.pick(random)).assertFit(weights);
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
        return new WeightedRandom().newPicker(FakeCandidate.all(weights));
    }
}
