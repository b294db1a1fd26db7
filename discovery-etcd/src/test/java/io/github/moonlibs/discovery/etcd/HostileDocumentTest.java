package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.github.moonlibs.discovery.Instance;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a document expands to is bounded, whatever it repeats, and no exception of a parser gets out. */
class HostileDocumentTest {
    private static final String KEY = "/myapp/config/all";
    private static final long CONSTANT = 64 << 20;
    private static final long BYTES_PER_CHARACTER = 200;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static Reading read(String document) throws Exception {
        return YamlLayout.read(new TreeMap<>(Map.of(KEY, document)), Selection.ALL, Conditions.NEWEST);
    }

    private static String times(int count, IntFunction<String> each) {
        return IntStream.range(0, count).mapToObj(each).collect(Collectors.joining());
    }

    private static String instances(String global, int count, IntFunction<String> options) {
        return global + "groups: {g: {replicasets: {r: {instances: {"
                + times(count, i -> "i" + i + ": {" + options.apply(i) + "}, ") + "}}}}}";
    }

    /** Documents of some 40 to 300 KB whose cost is in no proportion to that, unless it is bounded. */
    enum Expanding {
        LONG_NAME_IN_A_TEMPLATE("iproto: {advertise: {client: '" + "{{instance_name}}".repeat(2_000)
                + ":1'}}\ngroups: {g: {replicasets: {r: {instances: {? " + "n".repeat(30_000) + " : {}}}}}}"),
        LONG_CONTEXT_IN_A_TEMPLATE("config: {context: {x: " + "n".repeat(60_000) + "}}\n"
                + "iproto: {advertise: {client: '" + "{{ context.x }}".repeat(60) + ":1'}}\n"
                + instances("", 2_000, i -> "")),
        LABEL_THAT_IS_A_LIST_OF_ALIASES("x: &x " + "l".repeat(20_000) + "\nlabels: {dc: [" + "*x, ".repeat(5_000)
                + "]}\n" + instances("", 100, i -> "iproto: {advertise: {client: 'h:1'}}")),
        LONG_LABEL_OF_MANY("labels: {dc: " + "l".repeat(100_000) + "}\n" + instances("", 5_000, i -> "")),
        BAD_ADDRESS_IN_MANY(
                "x: &x '" + ":".repeat(100_000) + "'\n" + instances("", 2_000, i -> "iproto: {listen: [{uri: *x}]}")),
        MANY_ADDRESSES_OF_MANY(
                "iproto: {listen: [" + times(5_000, i -> "{uri: '*:1'}, ") + "]}\n" + instances("", 10_000, i -> "")),
        MANY_OPTIONS_OF_MANY(times(10_000, i -> "o" + i + ": 1\n") + instances("", 10_000, i -> "")),
        MANY_LABELS_OF_MANY("labels: {" + times(6_000, i -> "l" + i + ": 1, ") + "}\n"
                + instances("", 6_000, i -> "iproto: {advertise: {client: 'h:1'}}")),
        MANY_SECTIONS(
                "conditional: [" + times(3_000, i -> "{if: tarantool_version > 1.0.0, groups: {g" + i + ": {}}}, ")
                        + "]\ngroups: {" + times(3_000, i -> "h" + i + ": {}, ") + "}"),
        LONG_GROUP("groups: {? " + "g".repeat(60_000) + " : {replicasets: {r: {instances: {"
                + times(5_000, i -> "i" + i + ": , ") + "}}}}}"),
        LONG_NAMES("iproto: {advertise: {client: 'h-{{ instance_name }}-{{ group_name }}:x'}}\ngroups: {? "
                + "g".repeat(255) + " : {replicasets: {r: {instances: {" + times(5_000, i -> "i" + i + ": , ")
                + "}}}}}"),
        DOUBLING(times(
                40, i -> i == 0 ? "a0: &a0 [x, x]\n" : "a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1))),
        LONG_TEXT_OFTEN("a: &a " + "x".repeat(100_000) + "\nb: [" + "*a, ".repeat(50_000) + "]"),
        DEEP_ALIASES(times(5_000, i -> i == 0 ? "a0: &a0 [x]\n" : "a%d: &a%d [*a%d]\n".formatted(i, i, i - 1))),
        DEEP("a: " + "[".repeat(100_000)),
        DEEP_CONDITION("conditional: [{if: '" + "(".repeat(100_000) + "'}]"),
        MANY_EMPTY("groups: {g: {replicasets: {r: {instances: {" + times(60_000, i -> "i" + i + ": , ") + "}}}}}");

        private final String document;

        Expanding(String document) {
            this.document = document;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatADocumentExpandsToIsInProportionToItsSize(Expanding hostile) throws Exception {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            Reading reading = read(hostile.document);
            assertThat(reading.instances())
                    .as("what is out of bounds is not used")
                    .isEmpty();
        } catch (MalformedException e) {
            assertThat(e.getMessage())
                    .startsWith("key " + KEY + ": ")
                    .contains("expected")
                    .hasSizeLessThan(1_000);
        }
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
                .isLessThan(CONSTANT + BYTES_PER_CHARACTER * hostile.document.length());
    }

    @ParameterizedTest
    @EnumSource
    void readingEndsWhenItsThreadIsInterrupted(Expanding hostile) {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> read(hostile.document)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aLargeConfigurationIsNotRefused() throws Exception {
        String labels = "labels: {" + times(20, i -> "label" + i + ": value" + i + ", ") + "}\n";
        Reading reading = read(instances(
                labels + "x: &common {cpu: 'm', disk: 'n'}\n",
                3_000,
                i -> "iproto: {advertise: {client: '{{ instance_name }}.example:3301'}}, labels: *common"));

        assertThat(reading.instances()).hasSize(3_000);
        assertThat(reading.instances().get(2_999))
                .hasToString("i2999 (i2999.example:3301)")
                .extracting(Instance::labels)
                .satisfies(each -> assertThat(each).hasSize(24));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "!!%20 x",
                "a: \"\\UFFFFFFFF\"",
                "a: \"\\U00110000\"",
                "%TAG ! tag:%\n--- !x a",
                "a: !<%ff> b",
                "%YAML 99999999999.1\n--- {}",
                "a: &a [*a]",
                "a: &a {b: *a}",
                "a: *b",
                "\u0000",
                "\uD800",
                "a: \t- b",
                "- - ? ! & * @",
                "a: !!java.net.URL ['http://localhost']"
            })
    void everyExceptionOfTheParserIsMalformedAndNamesItsKey(String document) {
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> read(document))
                .withMessageStartingWith("key " + KEY + ": expected");
    }

    /** The key is in the message about each instance, if it is not cut. */
    @Test
    void aLongKeyIsNotRepeatedForEachInstance() throws Exception {
        String key = "/myapp/config/" + "k".repeat(500_000);
        String flawed =
                "labels: {dc: [x]}\n" + instances("", 2_000, i -> "iproto: {advertise: {client: 'h" + i + ":1'}}");
        for (String document : List.of(flawed, flawed.replace(":1'", "'"), "groups: x", "a: [")) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                Reading reading =
                        YamlLayout.read(new TreeMap<>(Map.of(key, document)), Selection.ALL, Conditions.NEWEST);
                assertThat(new LastGood().complete(reading).problems()).hasSizeLessThan(4_000);
            } catch (MalformedException e) {
                assertThat(e.getMessage()).hasSizeLessThan(1_000);
            }
            assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(CONSTANT);
        }
    }

    @Test
    void aDocumentOfMoreThanEightMillionCharactersIsRefused() {
        assertThatThrownBy(() -> read("a: " + "x".repeat(YamlDocument.MAX_SIZE)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("expected at most 8388608 characters");
    }
}
