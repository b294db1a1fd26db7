package com.example.discovery.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.WeightStrategy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NearestZoneTest {
    private static final int PICKS = 100_000;

    private record Node(Instance instance, double weight, Map<String, @Nullable Object> attributes)
            implements WeightStrategy.Candidate {
        static Node labelled(String zone, double weight) {
            Instance instance = new Instance(Endpoint.parse("10.0.0.1:3301"), "node", Map.of("zone", zone));
            return new Node(instance, weight, Map.of());
        }

        @Override
        public int inFlight() {
            return 0;
        }

        @Override
        public long latencyNanos() {
            return 0;
        }
    }

    @Test
    void picksInItsOwnZoneByTheShareOfTheWeights() {
        List<Node> nodes = List.of(
                Node.labelled("far", 1000),
                Node.labelled("home", 1),
                Node.labelled("home", 3),
                Node.labelled("far", 9));
        assertThat(shares(nodes)).satisfies(shares -> {
            assertThat(shares[0]).isZero();
            // four standard errors of 100,000 picks
            assertThat(shares[1]).isCloseTo(0.25, within(0.006));
            assertThat(shares[2]).isCloseTo(0.75, within(0.006));
            assertThat(shares[3]).isZero();
        });
    }

    @Test
    void picksInOtherZonesIfItsZoneHasNoNode() {
        double[] shares = shares(List.of(Node.labelled("far", 0.5), Node.labelled("farther", 0.5)));
        assertThat(shares[0]).isCloseTo(0.5, within(0.007));
        assertThat(shares[1]).isCloseTo(0.5, within(0.007));
    }

    @Test
    void prefersTheZoneOfTheAnnouncementToThatOfTheTopology() {
        Node moved = new Node(Node.labelled("far", 1).instance(), 1, Map.of("zone", "home"));
        assertThat(shares(List.of(Node.labelled("far", 1), moved))).containsExactly(0, 1);
    }

    private static double[] shares(List<Node> nodes) {
        WeightStrategy.Picker picker = new NearestZone("home").newPicker(nodes);
        Random random = new Random(42);
        double[] shares = new double[nodes.size()];
        for (int i = 0; i < PICKS; i++) {
            shares[picker.pick(random)]++;
        }
        return Arrays.stream(shares).map(count -> count / PICKS).toArray();
    }
}
