package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.moonlibs.discovery.spi.TopologyProvider;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A configuration file is followed however it is replaced, and no state that it passes through loses a node. */
@Execution(ExecutionMode.CONCURRENT)
class TarantoolFileTest {
    private static final String A = "a (host1:3301)";
    private static final String B = "b (host2:3301)";

    @TempDir
    private Path directory = Path.of("none");

    private Path file() {
        return directory.resolve("config.yaml");
    }

    private static String config(String... instances) {
        return "groups: {g: {replicasets: {r: {instances: {\n" + String.join("", instances) + "}}}}}\n";
    }

    private static String instance(String name, String host) {
        return name + ": {iproto: {advertise: {client: '" + host + ":3301'}}},\n";
    }

    private static final String ONE = config(instance("a", "host1"));
    private static final String TWO = config(instance("a", "host1"), instance("b", "host2"));

    private Following follow() {
        return new Following(TarantoolFile.of("file:" + file() + "?group=g"));
    }

    @Test
    void aFileThatIsWrittenAnewOrReplacedIsFollowed() throws Exception {
        Files.writeString(file(), ONE);
        try (Following following = follow().awaits(A)) {
            Files.writeString(file(), TWO);
            following.awaits(A, B);
            Path other = Files.writeString(directory.resolve("other"), TWO.replace("host2", "host3"));
            Files.move(other, file(), StandardCopyOption.ATOMIC_MOVE);
            following.awaits(A, "b (host3:3301)");
            Files.writeString(file(), ONE);
            following.awaits(A);
            assertThat(following.failures()).isEmpty();
        }
    }

    @Test
    void anAbsentFileIsReportedAndLosesNothing() throws Exception {
        try (Following following = follow()) {
            following.awaitsFailure("file " + file() + ": expected a file, and there is none");
            Files.writeString(file(), TWO);
            following.awaits(A, B);
            Files.delete(file());
            Waiting.until("it is reported", () -> following.failures().size() == 2);
            Files.writeString(file(), TWO.replace("host2", "host3"));
            following.awaits(A, "b (host3:3301)");
            assertThat(following.published()).allSatisfy(set -> assertThat(set).hasSize(2));
        }
    }

    @Test
    void aFileThatIsWrittenPieceByPieceLosesNothing() throws Exception {
        Files.writeString(file(), TWO);
        TarantoolFile source = TarantoolFile.of(file());
        try (Following following =
                new Following(sink -> source.follower(sink, Duration.ofDays(1)).follow())) {
            following.awaits(A, B);
            String next = TWO.replace("host2", "host3");
            Files.writeString(file(), next.substring(0, ONE.length() - 10));
            following.awaitsFailure("file " + file() + ": expected a YAML document: ");
            // halves that parse, for longer than it takes another one to read them
            try (Following other = follow()) {
                for (String host : List.of("host4", "host5", "host6")) {
                    Files.writeString(file(), ONE.replace("host1", host));
                    other.awaits("a (" + host + ":3301)");
                }
            }
            Files.writeString(file(), next);
            following.awaits(A, "b (host3:3301)");
            assertThat(following.published()).allSatisfy(set -> assertThat(set).hasSize(2));
        }
    }

    @Test
    void aMalformedFileIsReportedWithItsLineAndLosesNothing() throws Exception {
        Files.writeString(file(), TWO);
        try (Following following = follow().awaits(A, B)) {
            Files.writeString(file(), "groups: [\n");
            following.awaitsFailure("file " + file() + ": expected a YAML document: line 2: ");
            Files.writeString(
                    file(),
                    TWO.replace("'host1:3301'", "'{{ context.ip }}:3301'").replace("host2", "host3"));
            following.awaits(A, "b (host3:3301)");
            following.awaitsFailure("instance a is kept at host1:3301: file " + file() + ": groups.g.");
        }
    }

    @Test
    void ofAnEscapeThatIsNoneNothingIsQuoted() throws Exception {
        Files.writeString(file(), "password: \"corp\\Uhunter22\"\n");
        try (Following following = follow()) {
            assertThat(following.awaitsFailure("expected a YAML document: line 1: "))
                    .contains("hexadecimal")
                    .doesNotContain("hunter");
        }
    }

    @Test
    void aFileWithoutInstancesPublishesNothing() throws IOException {
        Files.writeString(file(), TWO);
        try (Following following = follow().awaits(A, B)) {
            Files.writeString(file(), "");
            following.awaitsFailure("file " + file() + ": groups: expected to find instances there");
            assertThat(following.published()).doesNotContain(List.of());
        }
    }

    @Test
    void includedFilesAreMergedInOrderAndFollowed() throws Exception {
        Path parts = Files.createDirectory(directory.resolve("parts"));
        Files.writeString(file(), "include: ['parts/*.yaml', 'config.yaml', 'missing.yaml']\n" + ONE);
        Files.writeString(parts.resolve("10.yaml"), config(instance("b", "first")));
        Files.writeString(parts.resolve("20.yaml"), config(instance("b", "host2")));
        Files.writeString(parts.resolve(".hidden.yaml"), config(instance("h", "h")));
        Files.writeString(parts.resolve("x.yml"), config(instance("x", "x")));
        try (Following following = follow().awaits(A, B)) {
            Files.writeString(parts.resolve("20.yaml"), config(instance("b", "host4")));
            following.awaits(A, "b (host4:3301)");
            Files.writeString(parts.resolve("30.yaml"), config(instance("c", "host3")));
            following.awaits(A, "b (host4:3301)", "c (host3:3301)");
            assertThat(following.failures()).isEmpty();
        }
    }

    /** Reading one would wait until something writes there. */
    @Test
    void aPipeIsNotRead() throws Exception {
        Path pipe = directory.resolve("pipe.yaml");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "a system with pipes");
        Files.writeString(file(), "include: ['pipe.yaml']\n" + ONE);
        try (Following following = follow()) {
            following.awaitsFailure("file " + file() + ": cannot be read: ", pipe + ": expected a file");
            Files.delete(pipe);
            following.awaits(A);
        }
    }

    static Stream<TopologyCase> configurations() {
        return TopologyCase.read("tarantool3.txt").stream()
                .filter(each -> each.keys().size() == 1 && !each.name().contains("as the prefix"));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void whatIsReadFromEtcdIsReadFromAFile(TopologyCase configuration) throws Exception {
        Files.writeString(file(), configuration.keys().firstEntry().getValue());
        EtcdOptions options = configuration.options("h", "api=v3");
        LastGood.Completed completed;
        try {
            ConfigFiles.Loaded loaded = new ConfigFiles(file(), options.tarantoolVersion()).load();
            completed = new LastGood()
                    .complete(YamlLayout.read(
                            loaded.place(), loaded.configuration(), loaded.characters(), options.selection()));
        } catch (MalformedException e) {
            assertThat(configuration.expected()).isEmpty();
            return;
        }
        assertThat(completed.instances().values())
                .extracting(each -> each.name() + " " + each.endpoint().address())
                .containsExactlyInAnyOrderElementsOf(configuration.expected().stream()
                        .map(each -> each.replaceFirst("^(\\S+ \\S+).*", "$1"))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({
        "file:/etc/c.yaml,                                  file:/etc/c.yaml",
        "file:///etc/c.yaml,                                file:/etc/c.yaml",
        "file:conf/a%20b.yaml,                              file:conf/a b.yaml",
        "file:/c?group=g&label.dc=m%269&tarantool=3.1.0,    file:/c?dc=m&9&group=g"
    })
    void aUriNamesTheFileAndWhatToTake(String uri, String source) {
        assertThat(new TarantoolFileProvider().open(uri)).hasToString(source);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "file:                  | expected a URI such as file:/etc/tarantool/config.yaml",
                "file://host/c.yaml     | expected no host before the path",
                "file:app:pass@h:3301   | expected the path of a file, without a user and a password",
                "file:/app:pa/ss@h      | expected the path of a file, without a user and a password",
                "file:/c?cluster=x      | expected name=value of group, replicaset, tarantool, label.<name>",
                "file:/c?group          | expected name=value of group",
                "file:/c?tarantool=3    | parameter \"tarantool\": expected three numbers such as 3.1.0",
                "file:/c%zz             | path: expected two hexadecimal digits after every %",
                "file:/c%00             | expected the path of a file"
            })
    void aWrongUriIsRefusedWithWhatWasExpected(String uri, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TarantoolFile.of(uri))
                .withMessageStartingWith("file topology: ")
                .withMessageContaining(message);
    }

    @Test
    void theProviderHasTheSchemeFile() {
        TopologyProvider provider = new TarantoolFileProvider();

        assertThat(provider.scheme()).isEqualTo("file");
    }
}
