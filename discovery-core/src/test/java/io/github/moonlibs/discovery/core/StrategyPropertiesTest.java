package io.github.moonlibs.discovery.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.moonlibs.discovery.core.strategy.LeastLoaded;
import io.github.moonlibs.discovery.core.strategy.PeakEwma;
import io.github.moonlibs.discovery.core.strategy.RoundRobin;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.strategy.WeightedRandomTest;
import io.github.moonlibs.discovery.core.strategy.ZoneAware;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import io.github.moonlibs.discovery.spi.WeightStrategy.Picker;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every strategy, whatever the weights and the load. */
class StrategyPropertiesTest {
    private static final int ROUNDS = 300;

    private final SplittableRandom random = new SplittableRandom(42);

    static List<WeightStrategy> strategies() {
        return List.of(
                new WeightedRandom(),
                new RoundRobin(() -> new SplittableRandom(7)),
                new LeastLoaded(),
                new PeakEwma(),
                new ZoneAware("here", new PeakEwma()));
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void everyPickIsOneOfTheCandidatesWhileTheirLoadChanges(WeightStrategy strategy) {
        for (int round = 0; round < ROUNDS; round++) {
            double[] weights = wildWeights(random);
            List<FakeCandidate> candidates = FakeCandidate.all(weights);
            Picker picker = strategy.newPicker(candidates);
            for (int pick = 0; pick < 100; pick++) {
                candidates
                        .get(random.nextInt(weights.length))
                        .with(random.nextInt(1_000), random.nextLong(Long.MAX_VALUE));
                assertThat(picker.pick(random))
                        .as("%s of %s", strategy.name(), Arrays.toString(weights))
                        .isBetween(0, weights.length - 1);
            }
        }
    }

    private static double[] wildWeights(RandomGenerator random) {
        return random.doubles(random.nextInt(1, 30), -3, 3)
                .map(power -> Math.pow(10, random.nextInt(20) == 0 ? 100 * power : power))
                .toArray();
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void idleCandidatesGetTheAnnouncedShares(WeightStrategy strategy) {
        for (double[] weights : WeightedRandomTest.weights()) {
            Picker picker = strategy.newPicker(FakeCandidate.all(weights));

            Shares.of(weights.length, () -> picker.pick(random)).assertFit(weights);
        }
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void equallyFastCandidatesWithAsManyInFlightAsTheirWeightTellsGetTheAnnouncedShares(WeightStrategy strategy) {
        double[] weights = {100, 100, 10, 40, 50};
        List<FakeCandidate> candidates = FakeCandidate.all(weights);
        candidates.forEach(candidate -> candidate.with((int) candidate.weight() / 10, 1_000_000));
        Picker picker = strategy.newPicker(candidates);

        Shares.of(weights.length, () -> picker.pick(random)).assertFit(weights);
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void aPickAllocatesNothing(WeightStrategy strategy) {
        List<FakeCandidate> candidates = FakeCandidate.all(3, 1, 100, 50);
        candidates.forEach(candidate -> candidate.with(3, 1_000_000));
        Picker picker = strategy.newPicker(candidates);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        long fewest = Long.MAX_VALUE;
        // compiling and measuring allocate too, at first
        for (int round = 0; round < 20 && fewest > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                picker.pick(random);
            }
            fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(fewest).as("bytes in 10,000 picks").isLessThan(10_000);
    }
}
