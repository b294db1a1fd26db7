package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.etcd.EtcdTopology.Api;
import io.github.moonlibs.discovery.etcd.Session.Found;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.testkit.EtcdServer;
import io.github.moonlibs.discovery.testkit.EtcdWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Configurations as they are found in the wild, with the endpoints that a person expects, over each API that has them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopologyCasesTest {
    private final EtcdServer server = EtcdServer.start();
    private final EtcdWriter etcd = new EtcdWriter(server);

    @AfterAll
    void stopEtcd() {
        server.close();
    }

    static Stream<TopologyCase> trees() {
        return TopologyCase.read("trees.txt").stream();
    }

    static Stream<TopologyCase> configurations() {
        return TopologyCase.read("tarantool3.txt").stream();
    }

    @ParameterizedTest
    @MethodSource("trees")
    void aTreeInApiV3IsAsExpected(TopologyCase tree) throws Exception {
        for (Map.Entry<String, String> each : tree.keys().entrySet()) {
            etcd.put(each.getKey(), each.getValue());
        }
        check(tree, tree.options(server.endpoint(), "api=v3&layout=tree"));
        etcd.deleteBelow("/");
    }

    @ParameterizedTest
    @MethodSource("trees")
    void aTreeInApiV2IsAsExpected(TopologyCase tree) throws Exception {
        for (Map.Entry<String, String> each : tree.keys().entrySet()) {
            etcd.putV2(each.getKey(), each.getValue());
        }
        check(tree, tree.options(server.endpoint(), "api=v2"));
        etcd.deleteV2(tree.top());
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void aConfigurationOfTarantool3IsAsExpected(TopologyCase configuration) throws Exception {
        for (Map.Entry<String, String> each : configuration.keys().entrySet()) {
            etcd.put(each.getKey(), each.getValue());
        }
        check(configuration, configuration.options(server.endpoint(), "api=v3"));
        etcd.deleteBelow("/");
    }

    private void check(TopologyCase expected, EtcdOptions options) throws Exception {
        List<Instance> published = new ArrayList<>();
        List<String> reports = new ArrayList<>();
        try (Session session = new Session(server.endpoint(), options)) {
            Found found = Lateness.untilInTime(() -> session.find(Place.places(options), Follower.TIMEOUT));
            assertThat(found.place().api()).isEqualTo(options.api() == Api.V2 ? Api.V2 : Api.V3);
            new Publisher(options, sink(published, reports), new LastGood()).publish(found);
        }
        List<String> wanted = expected.expected();
        assertThat(published).as("%s", reports).hasSameSizeAs(wanted);
        for (String line : wanted) {
            String[] words = line.split(" ");
            assertThat(published)
                    .anySatisfy(each -> assertThat(each)
                            .hasToString(words[0] + " (" + words[1] + ")")
                            .matches(it -> TopologyCase.hasLabels(words, it.labels()), line));
        }
        if (expected.reports().isEmpty()) {
            assertThat(reports).isEmpty();
        } else {
            assertThat(String.join("\n", reports)).contains(expected.reports());
        }
        assertThat(String.join("\n", reports)).doesNotContain("S3CRET", "secret");
    }

    private static TopologySource.Sink sink(List<Instance> published, List<String> reports) {
        return new TopologySource.Sink() {
            @Override
            public void publish(Collection<Instance> instances) {
                published.addAll(instances);
            }

            @Override
            public void failed(String message) {
                reports.add(message);
            }
        };
    }
}
