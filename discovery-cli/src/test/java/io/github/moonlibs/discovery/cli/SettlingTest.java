package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.RetryBudget;
import io.github.moonlibs.discovery.RetryBudgetSnapshot;
import io.github.moonlibs.discovery.RoutingSnapshot;
import io.github.moonlibs.discovery.TopologySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SettlingTest {
    private static final Instance NODE = Instance.of(Endpoint.parse("10.0.0.1:3301"));
    private static final RoutingSnapshot EMPTY = new RoutingSnapshot(0, Map.of());
    private static final RoutingSnapshot ROUTED =
            new RoutingSnapshot(1, Map.of("m", List.of(new RoutingSnapshot.Route(NODE, 1, 1, true))));

    private static boolean isSettled(State state, @Nullable Announcement announcement, RoutingSnapshot routing) {
        NodeSnapshot node = new NodeSnapshot(
                NODE, state, "as the test wants", Duration.ZERO, announcement, null, null, 0, null, 0, 1, null);
        return Settling.isSettled(of(new TopologySnapshot("static", List.of(node), Duration.ZERO, null), routing));
    }

    private static ClientSnapshot unread(@Nullable String lastError) {
        return of(new TopologySnapshot("etcd", List.of(), null, lastError), EMPTY);
    }

    private static ClientSnapshot of(TopologySnapshot topology, RoutingSnapshot routing) {
        return new ClientSnapshot(
                topology, routing, new RetryBudgetSnapshot(RetryBudget.defaults(), 0, 0, 0, 0, 0), 0, 0);
    }

    private static Announcement announcement(double weight) {
        return new Announcement(null, Map.of("m", new Announcement.Method(weight, true, Map.of())), Map.of());
    }

    @Test
    void aServingNodeIsSettledWhetherOrNotItHasARoute() {
        assertThat(isSettled(State.CONNECTING, null, EMPTY)).isFalse();
        assertThat(isSettled(State.SERVING, announcement(0), EMPTY)).isTrue();
        // as that of a stale master, or of one that has a twin
        assertThat(isSettled(State.SERVING, announcement(1), EMPTY)).isTrue();
        assertThat(isSettled(State.SERVING, announcement(1), ROUTED)).isTrue();
    }

    @Test
    void aTopologyThatCannotBeReadIsSettled() {
        assertThat(Settling.isSettled(unread(null))).isFalse();
        assertThat(Settling.isSettled(unread("refused"))).isTrue();
    }

    @Test
    void aFailedNodeIsSettled() {
        assertThat(isSettled(State.DOWN, null, EMPTY)).isTrue();
        assertThat(isSettled(State.SILENT, null, EMPTY)).isTrue();
        assertThat(isSettled(State.DRAINING, announcement(1), EMPTY)).isTrue();
    }
}
