package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Instance;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreeLayoutTest {
    private static final String INSTANCES = "/app/instances/";
    private static final String CLUSTERS = "/app/clusters/";

    private final SortedMap<String, String> keys = new TreeMap<>();

    private Reading read() throws Exception {
        return TreeLayout.read(keys, INSTANCES, CLUSTERS, Selection.ALL);
    }

    private void put(String key, String value) {
        keys.put(INSTANCES + key, value);
    }

    @Test
    void anInstanceIsDialledAtItsRemoteAddressOrElseWhereItListens() throws Exception {
        put("a/box/listen", "10.0.0.1:3301");
        put("b/box/listen", "0.0.0.0:3301");
        put("b/box/remote_addr", "10.0.0.2:3302");
        put("c/box/listen", " unix/:/run/c.sock ");

        assertThat(read().instances())
                .extracting(Instance::toString)
                .containsExactly("a (10.0.0.1:3301)", "b (10.0.0.2:3302)", "c (unix/:/run/c.sock)");
        assertThat(read().unusable()).isEmpty();
    }

    @Test
    void credentialsInAnAddressBelongToTheEndpoint() throws Exception {
        put("a/box/listen", "app:secret@10.0.0.1:3301");

        assertThat(read().instances().getFirst().endpoint().password()).isEqualTo("secret");
    }

    @Test
    void clusterAndMasterAreLabels() throws Exception {
        put("a/cluster", "main");
        put("a/box/listen", "10.0.0.1:3301");
        put("b/cluster", "main");
        put("b/box/listen", "10.0.0.2:3301");
        put("c/cluster", "other");
        put("c/box/listen", "10.0.0.3:3301");
        keys.put(CLUSTERS + "main/master", "b");
        keys.put(CLUSTERS + "other/master", "a");
        keys.put(CLUSTERS + "other/replicaset_uuid", "c");

        assertThat(read().instances())
                .extracting(Instance::labels)
                .containsExactly(
                        Map.of("cluster", "main"),
                        Map.of("cluster", "main", "master", "true"),
                        Map.of("cluster", "other"));
    }

    @Test
    void aClusterIsSelectedByName() throws Exception {
        put("a/cluster", "main");
        put("a/box/listen", "10.0.0.1:3301");
        put("b/cluster", "other");
        put("b/box/listen", "0.0.0.0:3301");
        put("c/box/listen", "10.0.0.3:3301");

        Reading reading = TreeLayout.read(keys, INSTANCES, null, new Selection(Map.of("cluster", "main")));

        assertThat(reading.instances()).extracting(Instance::name).containsExactly("a");
        assertThat(reading.unusable())
                .as("problems of instances that are not selected are not reported")
                .isEmpty();
        assertThat(reading.present()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE", "Yes", "1", "2", "0.5", "-1", " true "})
    void aDisabledInstanceIsNotAMember(String disabled) throws Exception {
        put("a/box/listen", "10.0.0.1:3301");
        put("a/disabled", disabled);

        assertThat(read())
                .isEqualTo(new Reading(
                        List.of(),
                        Map.of(),
                        Map.of(),
                        0,
                        "etcd: /app/instances/: each of the 1 instances there is disabled by its key disabled"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "FALSE", "no", "0", "0.0", "", "off", "null", "nan"})
    void otherValuesDoNotDisableAnInstance(String disabled) throws Exception {
        put("a/box/listen", "10.0.0.1:3301");
        put("a/disabled", disabled);

        assertThat(read().instances()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:3301", "[::]:3301", "*:3301", ":3301", "3301", "0:3301", "[0:0:0:0:0:0:0:0]:3301"})
    void aWildcardIsNeverDialledAndItsKeyIsNamed(String address) throws Exception {
        put("a/box/listen", address);
        put("b/box/listen", "10.0.0.2:3301");

        assertThat(read().instances()).extracting(Instance::name).containsExactly("b");
        assertThat(read().unusable().get("a"))
                .isEqualTo("key /app/instances/a/box/listen: \"" + address
                        + "\" is where to listen, on every interface; expected an address to dial");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "host", "host:", "host:0", "host:65536", "host:x", "a b:1", "[::g]:1", "unix/:run", "@h:1"})
    void aMalformedAddressIsSkippedAndItsKeyIsNamed(String address) throws Exception {
        put("a/box/remote_addr", address);
        put("a/box/listen", "10.0.0.1:3301");
        put("b/box/listen", "10.0.0.2:3301");

        assertThat(read().instances()).extracting(Instance::name).containsExactly("b");
        assertThat(read().unusable().get("a"))
                .startsWith("key /app/instances/a/box/remote_addr: ")
                .contains("expected");
    }

    @Test
    void aMissingAddressIsReportedWithWhereItIsExpected() throws Exception {
        put("a/cluster", "main");

        assertThat(read().unusable())
                .containsExactly(Map.entry(
                        "a", "key /app/instances/a/box/listen: expected an address there or in box/remote_addr"));
    }

    @Test
    void keysOfNoInstanceAreIgnored() throws Exception {
        put("stray", "x");
        put("/box/listen", "10.0.0.9:1");
        keys.put("/app/instances0/a/box/listen", "10.0.0.9:1");
        keys.put("/app/common/box/listen", "10.0.0.9:1");

        assertThat(read()).isEqualTo(new Reading(List.of(), Map.of(), Map.of(), 0, ""));
    }
}
