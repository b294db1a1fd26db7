package io.github.moonlibs.discovery.core.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.core.FakeCandidate;
import io.github.moonlibs.discovery.core.Shares;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DrawsTest {
    @ParameterizedTest
    @MethodSource("io.github.moonlibs.discovery.core.strategy.WeightedRandomTest#weights")
    void theFirstDrawFitsTheWeights(double[] weights) {
        Draws draws = new Draws(FakeCandidate.all(weights));
        SplittableRandom random = new SplittableRandom(42);

        Shares.of(weights.length, () -> draws.any(random)).assertFit(weights);
    }

    @ParameterizedTest
    @MethodSource("io.github.moonlibs.discovery.core.strategy.WeightedRandomTest#weights")
    void theSecondDrawFitsTheWeightsOfTheOthers(double[] weights) {
        Draws draws = new Draws(FakeCandidate.all(weights));
        SplittableRandom random = new SplittableRandom(42);
        for (int one : new int[] {0, weights.length / 2, weights.length - 1}) {
            double[] others = weights.clone();
            others[one] = 0;

            Shares.of(weights.length, () -> draws.anyBut(one, random)).assertFit(others);
        }
    }

    @Test
    void theOutermostRandomNumbersDrawWithinRangeAndNeverTheOneTwice() {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 1_000; round++) {
            double[] weights = random.doubles(random.nextInt(2, 20), -300, 300)
                    .map(power -> Math.pow(10, power))
                    .toArray();
            Draws draws = new Draws(FakeCandidate.all(weights));
            for (long bits : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
                int one = draws.any(() -> bits);
                assertThat(one).as(Arrays.toString(weights)).isBetween(0, weights.length - 1);
                assertThat(draws.anyBut(one, () -> bits))
                        .as(Arrays.toString(weights))
                        .isBetween(0, weights.length - 1)
                        .isNotEqualTo(one);
            }
        }
    }
}
