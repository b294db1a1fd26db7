package io.github.moonlibs.discovery.core.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.core.FakeCandidate;
import io.github.moonlibs.discovery.core.Shares;
import io.github.moonlibs.discovery.spi.WeightStrategy.Picker;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
    private final SplittableRandom random = new SplittableRandom(42);
    private final RoundRobin strategy = new RoundRobin(() -> random);

    @Test
    void equalWeightsTakeTurns() {
        Picker picker = picker(7, 7, 7);
        int[] picks = picks(picker, 30);

        for (int i = 3; i < picks.length; i++) {
            assertThat(picks[i]).isEqualTo(picks[i - 3]);
        }
        assertThat(Arrays.stream(picks).limit(3)).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void inEveryWindowEachGetsItsShareOfThePicksButForAFew() {
        for (int round = 0; round < 200; round++) {
            double[] weights = random.doubles(random.nextInt(2, 12), 0.1, 100).toArray();
            double sum = Arrays.stream(weights).sum();
            int[] picks = picks(picker(weights), 3_000);
            for (int candidate = 0; candidate < weights.length; candidate++) {
                double share = weights[candidate] / sum;
                double ahead = 0;
                double least = 0;
                double most = 0;
                for (int pick : picks) {
                    ahead += (pick == candidate ? 1 : 0) - share;
                    least = Math.min(least, ahead);
                    most = Math.max(most, ahead);
                }
                assertThat(most - least)
                        .as("picks too many and too few in any window, of %s", Arrays.toString(weights))
                        .isLessThan(5);
            }
        }
    }

    @Test
    void fractionsHoldExactlyInTheLongRun() {
        double[] weights = {0.5, 1.5, 1 / 3.0, 1e-3};
        double sum = Arrays.stream(weights).sum();
        int picks = 1_000_000;
        Picker picker = picker(weights);
        Shares shares = Shares.of(weights.length, picks, () -> picker.pick(random));

        for (int i = 0; i < weights.length; i++) {
            assertThat(shares.of(i) * picks).isBetween(weights[i] / sum * picks - 5, weights[i] / sum * picks + 5);
        }
    }

    @Test
    void theFirstPicksOfManyPickersHaveTheSharesTooBecauseATableMayLastForOnePickOnly() {
        Shares.of(4, () -> picker(100, 10, 10, 10).pick(random)).assertFit(100, 10, 10, 10);
    }

    @Test
    void pickersDoNotMarchInStep() {
        long starts = IntStream.range(0, 100)
                .map(client -> picker(1, 1, 1, 1, 1, 1, 1, 1, 1, 1).pick(random))
                .distinct()
                .count();

        assertThat(starts).isEqualTo(10);
    }

    @Test
    void threadsThatShareAPickerTakeTurnsToo() throws InterruptedException {
        Picker picker = picker(1, 1, 1);
        AtomicIntegerArray counts = new AtomicIntegerArray(3);
        Runnable picks = () -> {
            for (int i = 0; i < 30_000; i++) {
                counts.incrementAndGet(picker.pick(random));
            }
        };
        Thread one = Thread.ofPlatform().start(picks);
        Thread other = Thread.ofPlatform().start(picks);
        one.join();
        other.join();

        assertThat(counts).hasToString("[20000, 20000, 20000]");
    }

    private Picker picker(double... weights) {
        return strategy.newPicker(FakeCandidate.all(weights));
    }

    private int[] picks(Picker picker, int count) {
        return IntStream.range(0, count).map(i -> picker.pick(random)).toArray();
    }
}
