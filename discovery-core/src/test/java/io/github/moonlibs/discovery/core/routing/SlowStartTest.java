package io.github.moonlibs.discovery.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Announcement.Errors;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.OutlierPolicy;
import io.github.moonlibs.discovery.core.Cluster;
import io.github.moonlibs.discovery.core.node.Node;
import io.github.moonlibs.discovery.core.node.Session;
import io.github.moonlibs.discovery.core.strategy.Balancing;
import io.github.moonlibs.discovery.core.strategy.Strategies;
import io.github.moonlibs.discovery.core.strategy.WeightedRandom;
import io.github.moonlibs.discovery.core.support.Observers;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlowStartTest {
    private static final long WINDOW = 1_000;

    /** Where the nanoseconds wrap around. */
    private static final long START = Long.MAX_VALUE - 10;

    private final Cluster cluster = new Cluster();
    private final Route route = route();

    private Route route() {
        Balancing balancing =
                new Balancing(Strategies.of(new WeightedRandom()), WINDOW, OutlierPolicy.defaults(), () -> START);
        Node node = new Node(cluster.node("a:1").instance(), balancing, Observers.NONE, any -> {});
        ClientOptions options = DiscoveryClient.builder().topology("static:a:1").build();
        try {
            Session session = Session.open(cluster.transport(), options, node, () -> {});
            return new Route(node, session, node.instance(), 1, true, 0, Errors.NONE, START);
        } catch (InterruptedException e) {
            throw new AssertionError("nodes in memory connect at once", e);
        }
    }

    private Route since(long nanos) {
        return route.withSince(START + nanos);
    }

    private static long at(long nanos) {
        return START + nanos;
    }

    @Test
    void aTenthAtFirstThenAsMuchOfTheShareAsOfTheWindowHasPassed() {
        Route fresh = since(5_000);
        SlowStart slowStart = new SlowStart(List.of(since(0), fresh), WINDOW);

        assertThat(slowStart.part(fresh, at(5_000))).isEqualTo(0.1);
        assertThat(slowStart.part(fresh, at(5_500))).isEqualTo(0.5);
        assertThat(slowStart.part(fresh, at(6_000))).isEqualTo(1);
        assertThat(slowStart.part(since(0), at(5_000))).isEqualTo(1);
        assertThat(slowStart.leastPart(at(5_500))).isEqualTo(0.5);
        assertThat(slowStart.isOver(at(5_999))).isFalse();
        assertThat(slowStart.isOver(at(6_000))).isTrue();
    }

    @Test
    void thoseThatCameTogetherHaveTheirSharesAtOnce() {
        SlowStart slowStart = new SlowStart(List.of(since(0), since(0)), WINDOW);

        assertThat(slowStart.isOver(at(0))).isTrue();
        assertThat(slowStart.part(since(0), at(0))).isEqualTo(1);
    }

    @Test
    void oneThatIsOlderThanAllThatItIsMeasuredAgainstGetsNoMoreThanItsShare() {
        SlowStart slowStart = new SlowStart(List.of(since(5_000)), WINDOW);

        assertThat(slowStart.part(since(0), at(5_000))).isEqualTo(1);
    }
}
