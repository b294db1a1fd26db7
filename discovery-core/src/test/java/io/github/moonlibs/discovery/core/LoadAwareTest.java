package io.github.moonlibs.discovery.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.core.strategy.LeastLoaded;
import io.github.moonlibs.discovery.core.strategy.PeakEwma;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who gives way to whom, by least-loaded and by peak-ewma. */
class LoadAwareTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final SplittableRandom random = new SplittableRandom(42);
    private final WeightStrategy leastLoaded = new LeastLoaded();
    private final WeightStrategy peakEwma = new PeakEwma();

    @Test
    void ofTwoTheOneWithFewerInFlightIsPicked() {
        assertThat(shareOfFirst(leastLoaded, busy(1, 1), busy(1, 0))).isZero();
        assertThat(shareOfFirst(leastLoaded, busy(1, 3), busy(1, 4))).isEqualTo(1);
    }

    @Test
    void aCallInFlightWeighsByTheWeight() {
        // 10 per 100 are as many as 1 per 10
        assertThat(shareOfFirst(leastLoaded, busy(100, 9), busy(10, 1))).isEqualTo(1);
        assertThat(shareOfFirst(leastLoaded, busy(100, 11), busy(10, 0))).isZero();
    }

    @Test
    void aHeavyNodeWithOneCallInFlightDoesNotGiveWayToALightOneThatIsIdle() {
        assertThat(shareOfFirst(leastLoaded, busy(100, 1), busy(10, 0))).isBetween(0.90, 0.92);
        assertThat(shareOfFirst(
                        peakEwma, busy(100, 1).with(1, MILLI), busy(10, 0).with(0, MILLI)))
                .isBetween(0.90, 0.92);
    }

    @Test
    void aSlowNodeIsShunnedThoughItIsIdle() {
        assertThat(shareOfFirst(
                        peakEwma, busy(1, 0).with(0, 20 * MILLI), busy(1, 5).with(5, MILLI)))
                .isZero();
    }

    @Test
    void aFastNodeGivesWayWhenItsQueueIsLonger() {
        assertThat(shareOfFirst(
                        peakEwma, busy(1, 0).with(2, 3 * MILLI), busy(1, 0).with(20, MILLI)))
                .isEqualTo(1);
    }

    @Test
    void latenciesThatDifferLittleLeaveTheSharesAlone() {
        assertThat(shareOfFirst(
                        peakEwma, busy(3, 0).with(0, 15 * MILLI), busy(1, 0).with(0, 10 * MILLI)))
                .isBetween(0.74, 0.76);
    }

    @Test
    void aNodeOfWhichNothingIsKnownIsTriedByOneCall() {
        assertThat(shareOfFirst(peakEwma, busy(1, 0), busy(1, 0).with(0, MILLI)))
                .as("nothing in flight")
                .isEqualTo(1);
        assertThat(shareOfFirst(peakEwma, busy(1, 1), busy(1, 0).with(50, MILLI)))
                .as("one in flight")
                .isZero();
    }

    private static FakeCandidate busy(double weight, int inFlight) {
        return FakeCandidate.of(weight).with(inFlight, 0);
    }

    private double shareOfFirst(WeightStrategy strategy, FakeCandidate... candidates) {
        var picker = strategy.newPicker(Arrays.asList(candidates));
        return Shares.of(candidates.length, () -> picker.pick(random)).of(0);
    }
}
