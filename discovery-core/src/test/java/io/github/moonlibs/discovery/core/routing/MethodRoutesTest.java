package io.github.moonlibs.discovery.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.core.LogLines;
import io.github.moonlibs.discovery.core.Promise;
import io.github.moonlibs.discovery.core.Shares;
import io.github.moonlibs.discovery.core.health.Outlier.State;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Slow start and ejection in the table, by a clock that the tests move. */
@NullUnmarked // a test that meets null where it should not fails, which is its job
class MethodRoutesTest extends OnRoutedNodes {
    // ---- slow start

    @Test
    void aNodeThatJoinsGrowsFromATenthOfItsShareToAllOfIt() {
        join(100, 100);
        clock.advance(WINDOW);
        join(100);

        shares().assertFit(100, 100, 10);
        clock.advance(Duration.ofSeconds(5));
        shares().assertFit(100, 100, 50);
        clock.advance(Duration.ofSeconds(5));
        shares().assertFit(100, 100, 100);
    }

    @Test
    void nodesThatAreAllNewGetTheirSharesAtOnce() {
        join(100, 50);

        shares().assertFit(100, 50);
    }

    @Test
    void aNewNodeIsMeasuredAgainstTheOneThatHasBeenThereLongest() {
        join(100);
        clock.advance(Duration.ofSeconds(2));
        join(100);
        clock.advance(Duration.ofSeconds(2));

        shares().assertFit(40, 20);
    }

    @Test
    void aNodeThatComesBackStartsSlowlyAndOneThatAnnouncesAnotherWeightDoesNot() {
        join(100, 100);
        clock.advance(WINDOW);
        announce(nodes.get(0), 50);
        shares().assertFit(50, 100);

        router.withdraw(nodes.get(0));
        announce(nodes.get(0), 100);
        shares().assertFit(10, 100);
    }

    @ParameterizedTest
    @MethodSource("io.github.moonlibs.discovery.core.StrategyPropertiesTest#strategies")
    void slowStartComposesWithEveryStrategy(WeightStrategy strategy) {
        use(strategy, OutlierPolicy.defaults());
        join(100, 100);
        clock.advance(WINDOW);
        join(100);

        assertThat(shares().of(2)).isBetween(0.02, 0.06);
    }

    // ---- ejection

    @Test
    void aNodeThatTimesOutIsLeftOutWithinItsMinimumVolume() {
        join(100, 100, 100);
        timeOut(nodes.get(0), 9);
        shares().assertFit(100, 100, 100);
        timeOut(nodes.get(0), 1);
        shares().assertFit(0, 100, 100);

        assertThat(router.table().snapshot(List.of()).routes("m")).hasSize(2);
        assertThat(routes().all()).as("whom callAll calls").hasSize(3);
    }

    @Test
    void afterItsTimeItGetsItsProbesAndThenItsShareBySlowStart() {
        join(100, 100, 100);
        clock.advance(WINDOW);
        timeOut(nodes.get(0), 10);
        clock.advance(Duration.ofSeconds(5));
        tick();

        assertThat(Shares.of(3, 10_000, this::pick).of(0)).isEqualTo(3 / 10_000.0);
        shares().assertFit(0, 100, 100);
        answer(nodes.get(0), 3);
        shares().assertFit(10, 100, 100);
        clock.advance(WINDOW);
        shares().assertFit(100, 100, 100);
    }

    @ParameterizedTest
    @MethodSource("io.github.moonlibs.discovery.core.StrategyPropertiesTest#strategies")
    void everyStrategyProbes(WeightStrategy strategy) {
        use(strategy, OutlierPolicy.defaults());
        join(100, 100, 100);
        nodes.forEach(node -> answer(node, 1));
        timeOut(nodes.get(0), 10);
        clock.advance(Duration.ofSeconds(5));
        tick();

        assertThat(Shares.of(3, 10_000, this::pick).of(0)).isEqualTo(3 / 10_000.0);
    }

    @Test
    void noMoreThanHalfOfTheNodesAreLeftOutAndThoseWhoWentFirst() {
        join(100, 100, 100, 100, 100);
        for (int i : new int[] {3, 1, 2}) {
            timeOut(nodes.get(i), 10);
            clock.advance(Duration.ofMillis(1));
        }
        shares().assertFit(100, 0, 100, 0, 100);
    }

    @Test
    void aNodeThatIsProbedCountsAsLeftOut() {
        join(100, 100, 100);
        timeOut(nodes.get(0), 10);
        clock.advance(Duration.ofSeconds(5));
        tick();
        timeOut(nodes.get(1), 10);
        assertThat(nodes).extracting(MethodRoutesTest::state).containsExactly(State.PROBING, State.OUT, State.IN);
        Shares.of(3, 1_000, this::pick);

        shares().assertFit(0, 100, 100);
    }

    @Test
    void whenSomeAreProbedAndAllOthersAreOutAllAreCalled() {
        join(100, 100, 100, 100);
        timeOut(nodes.get(0), 10);
        timeOut(nodes.get(1), 10);
        clock.advance(Duration.ofSeconds(5));
        tick();
        timeOut(nodes.get(2), 10);
        timeOut(nodes.get(3), 10);

        shares().assertFit(100, 100, 100, 100);
    }

    @Test
    void aNodeAtItsBoundKeepsItsProbes() {
        join(100, 100, 100);
        timeOut(nodes.get(0), 10);
        clock.advance(Duration.ofSeconds(5));
        tick();
        Session full = routes().all().getFirst().session();
        while (full.gate().enter()) {
            assertThat(full.inFlight()).isLessThanOrEqualTo(full.gate().max());
        }
        shares().assertFit(0, 100, 100);
        full.gate().leave();

        assertThat(Shares.of(3, 10_000, this::pick).of(0)).isEqualTo(3 / 10_000.0);
    }

    @Test
    void aNodeThatServesAloneIsNotLeftOut() {
        join(100);
        timeOut(nodes.get(0), 10);

        shares().assertFit(100);
    }

    @Test
    void whenAllAreBadAllAreCalled() {
        use(new WeightedRandom(), OutlierPolicy.builder().maxEjectedShare(1).build());
        join(100, 100, 100);
        timeOut(nodes.get(0), 10);
        timeOut(nodes.get(1), 10);
        shares().assertFit(0, 0, 100);
        timeOut(nodes.get(2), 10);
        shares().assertFit(100, 100, 100);
    }

    @Test
    void whenAllAreProbedAllAreCalled() {
        join(100, 100);
        timeOut(nodes.get(0), 10);
        timeOut(nodes.get(1), 10);
        clock.advance(Duration.ofSeconds(5));
        tick();
        assertThat(nodes).allSatisfy(node -> assertThat(state(node)).isEqualTo(State.PROBING));

        shares().assertFit(100, 100);
    }

    @Test
    void aCallThatHasTriedAllOthersMayTryAnOutlier() {
        join(100, 100, 100);
        timeOut(nodes.get(0), 10);

        Route last = routes().pickWithout(route -> route.node() != nodes.get(0), random);
        assertThat(last.node()).isEqualTo(nodes.get(0));
        assertThat(routes().pickWithout(route -> true, random)).isNull();
    }

    @Test
    void aNodeThatIsKeptThoughItIsOutNeverOutweighsOneThatIsIn() {
        join(100, 1000, 10);
        clock.advance(WINDOW);
        timeOut(nodes.get(0), 10);
        clock.advance(Duration.ofMillis(1));
        timeOut(nodes.get(1), 10);
        assertThat(nodes).extracting(MethodRoutesTest::state).containsExactly(State.OUT, State.OUT, State.IN);

        shares().assertFit(0, 10, 10);
    }

    @Test
    void theFirstOneThatRecoversIsNotMeasuredAgainstThoseThatAreOut() {
        join(100, 100, 100);
        clock.advance(WINDOW);
        nodes.forEach(node -> timeOut(node, 10));
        clock.advance(Duration.ofSeconds(5));
        nodes.get(0).health().outlier().tick();
        answer(nodes.get(0), 3);
        assertThat(nodes).extracting(MethodRoutesTest::state).containsExactly(State.IN, State.OUT, State.OUT);

        assertThat(shares().of(0)).as("of the one that is in").isGreaterThan(0.49);
    }

    @ParameterizedTest
    @MethodSource("io.github.moonlibs.discovery.core.StrategyPropertiesTest#strategies")
    @Promise("Hedging: never to an ejected node")
    void aHedgeGoesToANodeThatIsInOrElseToOneThatIsKept(WeightStrategy strategy) {
        use(strategy, OutlierPolicy.defaults());
        join(100, 100, 100, 100);
        timeOut(nodes.get(0), 10);
        clock.advance(Duration.ofSeconds(5));
        nodes.get(0).health().outlier().tick();
        timeOut(nodes.get(1), 10);
        clock.advance(Duration.ofMillis(1));
        timeOut(nodes.get(2), 10);
        assertThat(nodes)
                .extracting(MethodRoutesTest::state)
                .containsExactly(State.PROBING, State.OUT, State.OUT, State.IN);

        assertThat(routes().canHedge(route -> false)).isTrue();
        Set<Node> asked = new HashSet<>();
        assertHedged(nodes.get(3), asked);
        asked.add(nodes.get(3));
        // half of the four may be left out, which the first two are
        assertHedged(nodes.get(2), asked);
        asked.add(nodes.get(2));
        assertThat(routes().canHedge(route -> asked.contains(route.node()))).isFalse();
        assertThat(routes().pickHedge(route -> asked.contains(route.node()), random))
                .isNull();
    }

    private void assertHedged(Node expected, Set<Node> asked) {
        assertThat(routes().canHedge(route -> asked.contains(route.node()))).isTrue();
        for (int i = 0; i < 1_000; i++) {
            assertThat(routes().pickHedge(route -> asked.contains(route.node()), random)
                            .node())
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("io.github.moonlibs.discovery.core.StrategyPropertiesTest#strategies")
    void whenNoNodeIsInAHedgeMayGoToAnyOther(WeightStrategy strategy) {
        use(strategy, OutlierPolicy.defaults());
        join(100, 100, 100);
        nodes.forEach(node -> timeOut(node, 10));
        clock.advance(Duration.ofSeconds(5));
        nodes.get(0).health().outlier().tick();
        assertThat(nodes).extracting(MethodRoutesTest::state).containsExactly(State.PROBING, State.OUT, State.OUT);

        Set<Node> asked = new HashSet<>();
        while (asked.size() < nodes.size()) {
            assertThat(routes().canHedge(route -> asked.contains(route.node()))).isTrue();
            assertThat(asked.add(routes().pickHedge(route -> asked.contains(route.node()), random)
                            .node()))
                    .isTrue();
        }
        assertThat(routes().canHedge(route -> true)).isFalse();
        assertThat(routes().pickHedge(route -> true, random)).isNull();
    }

    @Test
    void aStrategyWhosePickThrowsIsLoggedOnceAndReplaced() {
        use(
                new WeightStrategy() {
                    @Override
                    public String name() {
                        return "broken by a test";
                    }

                    @Override
                    public Picker newPicker(List<? extends Candidate> candidates) {
                        return any -> candidates.size();
                    }
                },
                OutlierPolicy.defaults());
        try (LogLines lines = new LogLines()) {
            join(100, 50);

            shares().assertFit(100, 50);
            announce(nodes.get(0), 25);
            shares().assertFit(25, 50);
            assertThat(lines.with("strategy broken by a test failed; weighted-random takes its place"))
                    .hasSize(1);
        }
    }

    // ---- everything together

    @ParameterizedTest
    @MethodSource("io.github.moonlibs.discovery.core.StrategyPropertiesTest#strategies")
    void inEveryChurnAPickServesTheMethodNowAndIsUntried(WeightStrategy strategy) {
        use(strategy, OutlierPolicy.defaults());
        join(1, 2, 3, 4, 5, 6);
        Set<Node> serving = new HashSet<>(nodes);
        for (int step = 0; step < 5_000; step++) {
            Node node = nodes.get(random.nextInt(nodes.size()));
            switch (random.nextInt(6)) {
                case 0 -> {
                    double weight = random.nextInt(3) == 0 ? 0 : random.nextDouble(100);
                    announce(node, weight, random.nextInt(3));
                    serving.remove(node);
                    if (weight > 0) {
                        serving.add(node);
                    }
                }
                case 1 -> {
                    router.withdraw(node);
                    serving.remove(node);
                }
                case 2 -> timeOut(node, random.nextInt(12));
                case 3 -> answer(node, random.nextInt(12));
                case 4 -> clock.advance(Duration.ofMillis(random.nextInt(3_000)));
                default -> tick();
            }
            MethodRoutes routes = router.routes("m");
            if (serving.isEmpty()) {
                assertThat(routes).isNull();
                continue;
            }
            assertThat(routes.all()).extracting(Route::node).containsExactlyInAnyOrderElementsOf(serving);
            assertThat(serving).contains(routes.pick(random).node());
            Set<Node> tried = new HashSet<>();
            for (int i = 0; i < serving.size(); i++) {
                Node next = routes.pickWithout(route -> tried.contains(route.node()), random)
                        .node();
                assertThat(serving).contains(next);
                assertThat(tried.add(next)).as("untried").isTrue();
            }
            assertThat(routes.pickWithout(route -> tried.contains(route.node()), random))
                    .isNull();
        }
    }
}
