package io.github.moonlibs.discovery.core.strategy;

import io.github.moonlibs.discovery.core.FakeCandidate;
import io.github.moonlibs.discovery.core.Shares;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ZoneAwareTest {
    private final SplittableRandom random = new SplittableRandom(42);
    private final WeightStrategy atHome = new ZoneAware("home", new WeightedRandom());

    @Test
    void aZoneWithEnoughWeightKeepsItsCallers() {
        assertShares(atHome, zones("home", 50, "home", 50, "far", 60, "farther", 90), 50, 50, 0, 0);
    }

    @Test
    void whatItLacksGoesToThoseWhoHaveMoreThanTheirPart() {
        // each zone is due 300 of 900: home keeps 150 / 300, and the others have 0, 50 and 100 more
        assertShares(
                atHome,
                zones("home", 150, "full", 300, "far", 350, "farther", 250, "farther", 150),
                150,
                0,
                50,
                100 * 250 / 400.0,
                100 * 150 / 400.0);
    }

    @Test
    void aZoneWithoutNodesSendsAllOfItsCallers() {
        assertShares(atHome, zones("far", 100, "farther", 100), 1, 1);
    }

    @Test
    void nodesWithoutAZoneAreAZone() {
        assertShares(atHome, FakeCandidate.all(3, 1), 3, 1);
    }

    @Test
    void aCallerWithoutAZoneCallsEverybody() {
        assertShares(new ZoneAware("", new WeightedRandom()), zones("home", 1, "far", 2), 1, 2);
    }

    @Test
    void theAnnouncedZoneCountsBeforeTheTopologys() {
        FakeCandidate moved = new FakeCandidate(100, Map.of("zone", "far"), Map.of("zone", "home"));
        FakeCandidate gone = new FakeCandidate(100, Map.of("zone", "home"), Map.of("zone", "far"));
        assertShares(atHome, List.of(moved, gone), 1, 0);
    }

    @Test
    void withinAZoneTheInnerStrategyDecides() {
        List<FakeCandidate> candidates = zones("home", 100, "home", 100, "far", 100);
        candidates.getFirst().inFlight = 5;
        assertShares(atHome.around(new LeastLoaded()), candidates, 0, 1, 0);
    }

    private static List<FakeCandidate> zones(Object... zonesAndWeights) {
        return Stream.iterate(0, i -> i < zonesAndWeights.length, i -> i + 2)
                .map(i -> new FakeCandidate(
                        (Integer) zonesAndWeights[i + 1], Map.of("zone", (String) zonesAndWeights[i]), Map.of()))
                .toList();
    }

    private void assertShares(WeightStrategy strategy, List<FakeCandidate> candidates, double... shares) {
        WeightStrategy.Picker picker = strategy.newPicker(candidates);
        Shares.of(candidates.size(), () -> picker.pick(random)).assertFit(Arrays.copyOf(shares, shares.length));
    }
}
