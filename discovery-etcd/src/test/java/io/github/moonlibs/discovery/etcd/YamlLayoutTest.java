package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlLayoutTest {
    private static final String TWO = """
            replication: {failover: manual}
            groups:
              storages:
                replicasets:
                  r001:
                    leader: i1
                    instances:
                      i1: {iproto: {advertise: {client: host1:3301}, listen: [{uri: 0.0.0.0:3301}]}}
                      i2: {iproto: {listen: [{uri: host2:3301, params: {transport: ssl}}]}, labels: {dc: m9}}
            """;

    private static SortedMap<String, String> all(String document) {
        return new TreeMap<>(Map.of("/myapp/config/all", document));
    }

    private static Reading read(String document) throws Exception {
        return YamlLayout.read(all(document), Selection.ALL, Conditions.NEWEST);
    }

    /** A replicaset of two instances; i1 has these options. */
    private static String instance(String options) {
        return "groups: {g: {replicasets: {r: {instances: {i1: " + options
                + ", i2: {iproto: {advertise: {client: h2:1}}}}}}}}";
    }

    @Test
    void instancesHaveTheirNamesLabelsAndMaster() throws Exception {
        Reading reading = read(TWO);

        assertThat(reading.instances())
                .extracting(Instance::toString)
                .containsExactly("i1 (host1:3301)", "i2 (host2:3301)");
        assertThat(reading.instances())
                .extracting(Instance::labels)
                .containsExactly(
                        Map.of("group", "storages", "replicaset", "r001", "master", "true"),
                        Map.of("group", "storages", "replicaset", "r001", "dc", "m9"));
        assertThat(reading.unusable()).isEmpty();
    }

    @Test
    void theInnermostInheritedOptionCounts() throws Exception {
        Reading reading = read("""
                iproto: {listen: [{uri: 'unix/:/run/{{ instance_name }}.sock'}]}
                labels: {dc: global, env: prod}
                groups:
                  g1:
                    labels: {dc: group}
                    iproto: {advertise: {client: '{{replicaset_name}}.{{ group_name }}:1'}}
                    replicasets:
                      r1: {instances: {a: {}, b: {labels: {dc: own}, iproto: {advertise: {client: 'b$1:2'}}}}}
                      r2: {labels: {dc: replicaset}, instances: {c: }}
                  g2: {replicasets: {r3: {instances: {d: null}}}}
                """);

        assertThat(reading.instances())
                .extracting(each -> each + " " + each.labels().get("dc") + " "
                        + each.labels().get("env"))
                .containsExactly(
                        "a (r1.g1:1) group prod",
                        "b (b$1:2) own prod",
                        "c (r2.g1:1) replicaset prod",
                        "d (unix/:/run/d.sock) global prod");
    }

    @Test
    void documentsAreMergedAndTheFirstOneWins() throws Exception {
        SortedMap<String, String> documents = all(TWO);
        documents.put("/myapp/config/zones", """
                groups: {storages: {replicasets: {r001: {leader: i2, instances: {
                  i1: {labels: {dc: m1}}, i3: {iproto: {advertise: {client: host3:3301}}}}}}}}
                """);

        assertThat(YamlLayout.read(documents, Selection.ALL, Conditions.NEWEST).instances())
                .extracting(each -> each + " " + each.labels().get("dc") + " "
                        + each.labels().get("master"))
                .containsExactlyInAnyOrder(
                        "i1 (host1:3301) m1 true", "i2 (host2:3301) m9 null", "i3 (host3:3301) null null");
    }

    @Test
    void instancesAreSelectedByGroupReplicasetAndLabels() throws Exception {
        assertThat(YamlLayout.read(all(TWO), new Selection(Map.of("group", "storages", "dc", "m9")), Conditions.NEWEST)
                        .instances())
                .extracting(Instance::name)
                .containsExactly("i2");
        assertThat(YamlLayout.read(all(TWO), new Selection(Map.of("replicaset", "r002")), Conditions.NEWEST))
                .satisfies(reading -> assertThat(reading.instances()).isEmpty())
                .satisfies(reading -> assertThat(reading.present()).isEqualTo(2));
    }

    @Test
    void withoutFailoverTheWritableInstanceIsTheMaster() throws Exception {
        assertThat(read(instance("{iproto: {advertise: {client: h1:1}}, database: {mode: rw}}"))
                        .instances())
                .extracting(each -> each.name() + " " + each.labels().get("master"))
                .containsExactly("i1 true", "i2 null");
        assertThat(read("groups: {g: {replicasets: {r: {instances: {one: {iproto: {advertise: {client: h:1}}}}}}}}")
                        .instances())
                .extracting(each -> each.labels().get("master"))
                .containsExactly("true");
        assertThat(read("replication: {failover: election}\n"
                                + instance("{iproto: {advertise: {client: h1:1}}, database: {mode: rw}}"))
                        .instances())
                .extracting(each -> each.labels().get("master"))
                .containsExactly(null, null);
    }

    @Test
    void theFirstAddressThatCanBeDialledIsTaken() throws Exception {
        Reading reading =
                read(instance("{iproto: {listen: [{uri: '3301'}, {uri: '*:3302'}, {params: {}}, {uri: 'h1:3303'}]}}"));

        assertThat(reading.instances().getFirst()).hasToString("i1 (h1:3303)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{listen: [{uri: 'h1:3301', params: {transport: ssl}}]}     | SSL",
                "{listen: [{uri: 'h1:3301', params: {transport: plain}}]}   | PLAIN",
                "{listen: [{uri: 'h1:3301', params: {ssl_ca_file: x}}]}     | AS_CONFIGURED",
                "{advertise: {peer: {uri: 'h1:1', params: {transport: ssl}}}} | SSL",
                "{advertise: {client: 'h1:3301?backlog=9&transport=ssl'}}   | SSL",
                "{advertise: {client: 'ann:a?transport=ssl@h1:3301'}}       | AS_CONFIGURED"
            })
    void theTransportOfAnAddressSaysWhetherToSpeakTls(String iproto, Endpoint.Security security) throws Exception {
        Reading reading = read(instance("{iproto: " + iproto + "}"));

        assertThat(reading.instances().getFirst().endpoint().security()).isEqualTo(security);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{iproto: {listen: []}}",
                "{iproto: {listen: h1}}",
                "{iproto: {listen: [{uri: '[::]:1'}]}}",
                "{iproto: {listen: [null]}}",
                "{iproto: {advertise: {client: nonsense}}}",
                "{iproto: {advertise: {client: [1]}}}",
                "{iproto: {advertise: {client: 0.0.0.0:1}, listen: [{uri: h1:1}]}}",
                "{iproto: 5}"
            })
    void anUnusableAddressIsReportedAndTheOtherInstancesAreTaken(String options) throws Exception {
        Reading reading = read(instance(options));

        assertThat(reading.instances()).extracting(Instance::name).containsExactly("i2");
        assertThat(reading.unusable().get("i1"))
                .startsWith("key /myapp/config/all: groups.g.replicasets.r.instances.i1.iproto")
                .contains("expected");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "just text",
                "- a\n- list",
                "a: [unclosed",
                "a: b: c",
                "? [a]\n: b",
                "--- {}\n--- {",
                "groups: 5",
                "groups: {g: text}",
                "groups: {g: {replicasets: []}}",
                "groups: {g: {replicasets: {r: {instances: {i: [1]}}}}}",
                "a: !!java.net.URL ['http://localhost']",
                "&a a: *nowhere",
                "\u0001"
            })
    void aDocumentThatIsNotAConfigurationIsRefusedWhole(String document) {
        assertThatThrownBy(() -> read(document))
                .isInstanceOf(MalformedException.class)
                .hasMessageStartingWith("key /myapp/config/all: ")
                .hasMessageContaining("expected");
    }

    @Test
    void aSyntaxErrorIsReportedWithItsLine() {
        assertThatThrownBy(() -> read("a: 1\nb: [\n")).hasMessageContaining("line 3: ");
    }

    @Test
    void anEmptyDocumentHoldsNoInstances() throws Exception {
        assertThat(read("").present()).isZero();
        assertThat(read("groups: {}").present()).isZero();
    }
}
