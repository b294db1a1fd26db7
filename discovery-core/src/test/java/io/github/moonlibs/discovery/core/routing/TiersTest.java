package io.github.moonlibs.discovery.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.core.Promise;
import io.github.moonlibs.discovery.core.Shares;
import io.github.moonlibs.discovery.core.health.Outlier.State;
import io.github.moonlibs.discovery.core.support.Observers;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two replicas, and a master that serves for want of them. */
@NullUnmarked // a test that meets null where it should not fails, which is its job
class TiersTest extends OnRoutedNodes {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int MASTER = 2;

    private void joinAll() {
        joinTier(0);
        joinTier(0);
        joinTier(1);
    }

    // ---- who gets the calls

    @Test
    @Promise("Routing 5")
    void theLowestTierSharesTheCallsAndTheNextOneServesWhenItIsEmpty() {
        joinAll();
        shares().assertFit(100, 100, 0);

        router.withdraw(nodes.get(0));
        shares().assertFit(0, 100, 0);
        router.withdraw(nodes.get(1));
        shares().assertFit(0, 0, 100);
    }

    @ParameterizedTest
    @MethodSource("io.github.moonlibs.discovery.core.StrategyPropertiesTest#strategies")
    void tiersComposeWithEveryStrategy(WeightStrategy strategy) {
        use(strategy, OutlierPolicy.defaults());
        joinAll();

        assertThat(shares().of(MASTER)).isZero();
    }

    @Test
    void tiersNeedNotBeNumberedInARow() {
        joinTier(7);
        joinTier(3);
        joinTier(3);

        shares().assertFit(0, 100, 100);
    }

    @Test
    @Promise("Routing 5")
    void aRetryGoesToTheNextTierWhenTheLowestHasBeenTried() {
        joinAll();
        var tried = new HashSet<Integer>();
        for (int i = 0; i < 3; i++) {
            Route next = routes().pickWithout(route -> tried.contains(nodes.indexOf(route.node())), random);
            tried.add(nodes.indexOf(next.node()));
            assertThat(tried.contains(MASTER)).as("the master is tried").isEqualTo(i == 2);
        }
        assertThat(routes().pickWithout(route -> true, random)).isNull();
    }

    @Test
    @Promise("Routing 5")
    void aFullTierOverflowsIntoTheNextOne() {
        joinAll();
        fill(nodes.get(0));
        assertThat(nodes.indexOf(notFull().node())).isEqualTo(1);
        fill(nodes.get(1));

        assertThat(nodes.indexOf(notFull().node())).isEqualTo(MASTER);
    }

    private Route notFull() {
        return routes().pickFree(route -> false, random);
    }

    @Test
    void aHedgeGoesToTheNextTierOnlyWhenTheLowestHasBeenAsked() {
        joinAll();
        for (int i = 0; i < 100; i++) {
            Route hedge = routes().pickHedge(route -> route.node() == nodes.get(0), random);
            assertThat(nodes.indexOf(hedge.node())).isEqualTo(1);
        }
        Route last = routes().pickHedge(route -> route.tier() == 0, random);
        assertThat(nodes.indexOf(last.node())).isEqualTo(MASTER);
        assertThat(routes().canHedge(route -> route.tier() == 0)).isTrue();
        assertThat(routes().canHedge(route -> true)).isFalse();
    }

    @Test
    @Promise("Hedging: never to an ejected node")
    void aTierThatIsEjectedGetsNoHedge() {
        joinTier(0);
        joinTier(1);
        timeOut(nodes.get(0), 10);

        assertThat(routes().canHedge(route -> route.node() == nodes.get(1))).isFalse();
        assertThat(routes().pickHedge(route -> route.node() == nodes.get(1), random))
                .isNull();
    }

    @Test
    void aSnapshotShowsThatTheNextTierStandsBy() {
        joinAll();
        assertThat(router.table().snapshot(List.of()).routes("m"))
                .extracting(RoutingSnapshot.Route::tier, RoutingSnapshot.Route::share)
                .containsExactly(tuple(0, 0.5), tuple(0, 0.5), tuple(1, 0.0));
        assertThat(routes().all()).as("whom callAll calls").hasSize(3);

        timeOut(nodes.get(0), 10);
        timeOut(nodes.get(1), 10);
        assertThat(router.table().snapshot(List.of()).routes("m"))
                .extracting(RoutingSnapshot.Route::tier, RoutingSnapshot.Route::share)
                .containsExactly(tuple(1, 1.0));
    }

    // ---- ejection

    @Test
    @Promise("Routing 5: all of a tier can be ejected")
    void aTierWhoseNodesAreAllEjectedGetsItsProbesAlone() {
        joinAll();
        clock.advance(LONG);
        timeOut(nodes.get(0), 10);
        shares().assertFit(0, 100, 0);
        timeOut(nodes.get(1), 10);
        shares().assertFit(0, 0, 100);

        clock.advance(Duration.ofSeconds(5));
        tick();
        assertThat(nodes).extracting(OnRoutedNodes::state).containsExactly(State.PROBING, State.PROBING, State.IN);
        var probed = Shares.of(3, 10_000, this::pick);
        assertThat(probed.of(0) + probed.of(1)).isEqualTo(6 / 10_000.0);
        shares().assertFit(0, 0, 100);

        answer(nodes.get(0), 3);
        clock.advance(Duration.ofSeconds(1));
        shares().assertFit(100, 0, 0);
    }

    @Test
    void theOnlyNodeOfATierCanBeEjectedAlthoughNoTwoServeWithoutTiers() {
        joinTier(0);
        joinTier(1);
        timeOut(nodes.get(0), 10);

        shares().assertFit(0, 100);
    }

    @Test
    void whenNoNodeOfAnyTierIsInServiceTheLowestIsCalled() {
        joinAll();
        nodes.forEach(node -> timeOut(node, 10));

        shares().assertFit(100, 100, 0);
    }

    @Test
    void noPickFallsOnATierThatWasEjectedBeforeTheTableWithoutItIsThere() {
        var late = new ArrayList<Runnable>();
        router = new Router(balancing, new RouteWaiters(0), Observers.NONE, late::add);
        joinAll();
        timeOut(nodes.get(0), 10);
        timeOut(nodes.get(1), 10);

        assertThat(late).as("tables to come").isNotEmpty();
        shares().assertFit(0, 0, 100);
    }

    // ---- coming back

    @Test
    @Promise("Routing 5: a tier that comes back")
    void aTierThatComesBackTakesOverWithinASecond() {
        joinAll();
        clock.advance(LONG);
        loseReplicas();
        clock.advance(LONG);
        announce(nodes.get(0), 100, 0);

        shares().assertFit(10, 0, 90);
        clock.advance(Duration.ofMillis(500));
        shares().assertFit(50, 0, 50);
        clock.advance(Duration.ofMillis(500));
        shares().assertFit(100, 0, 0);
    }

    @Test
    void aTierThatJoinsAClientThatHasJustStartedServesAtOnce() {
        joinTier(1);
        joinTier(0);

        shares().assertFit(0, 100);
    }

    @Test
    @Promise("Routing 5: a tier that comes back")
    void aTierThatFlapsTakesTwiceAsLongEachTime() {
        joinAll();
        clock.advance(LONG);
        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            loseReplicas();
            clock.advance(Duration.ofSeconds(1));
            announce(nodes.get(0), 100, 0);
            clock.advance(Duration.ofSeconds(seconds).dividedBy(2));
            shares().assertFit(50, 0, 50);
        }
    }

    @Test
    @Promise("Routing 5: a tier that comes back")
    void whatLastedAMinuteIsNoFlapping() {
        joinAll();
        clock.advance(LONG);
        for (int i = 0; i < 4; i++) {
            loseReplicas();
            clock.advance(Duration.ofSeconds(1));
            announce(nodes.get(0), 100, 0);
        }
        clock.advance(Duration.ofSeconds(60));
        loseReplicas();
        clock.advance(Duration.ofSeconds(1));
        announce(nodes.get(0), 100, 0);

        clock.advance(Duration.ofSeconds(1));
        shares().assertFit(100, 0, 0);
    }

    @Test
    void whileATierTakesOverAFullNodeOfTheNextOneIsSpared() {
        joinTier(0);
        joinTier(1);
        clock.advance(LONG);
        router.withdraw(nodes.get(0));
        announce(nodes.get(0), 100, 0);
        fill(nodes.get(1), 1);

        shares().assertFit(100, 0);
    }

    @Test
    void aTierThatLeavesIsNotReplacedSlowly() {
        joinAll();
        clock.advance(LONG);
        loseReplicas();

        shares().assertFit(0, 0, 100);
    }

    private void loseReplicas() {
        router.withdraw(nodes.get(0));
        router.withdraw(nodes.get(1));
    }

    @Test
    @Promise("Routing 5")
    void anEjectedNodeOfALowerTierDoesNotTakeWhatAFullOneOfAHigherTierIsToGet() {
        joinTier(0);
        joinTier(1);
        timeOut(nodes.get(0), OutlierPolicy.defaults().minimumCalls());
        fill(nodes.get(1), 1);

        assertThat(routes().pickFree(route -> false, random)).isNull();
        assertThat(routes().inService(route -> false))
                .extracting(route -> nodes.indexOf(route.node()))
                .containsExactly(1);
        assertThat(nodes.indexOf(routes().pickFree(route -> route.node() == nodes.get(1), random)
                        .node()))
                .as("if the other one was tried")
                .isZero();
    }
}
