package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheFileTest {
    private static final List<Instance> INSTANCES = List.of(
            new Instance(Endpoint.parse("a:b#c'\"@10.0.0.1:3301"), "true", Map.of("dc", "m9\n", "master", "true")),
            new Instance(Endpoint.parse("user:@[::1]:3301"), "2", Map.of()),
            new Instance(Endpoint.parse("unix/:/run/a b.sock"), "ä – 漢", Map.of("", "")));

    @TempDir
    private Path directory = Path.of("none");

    private Path file() {
        return directory.resolve("topology.yaml");
    }

    @Test
    void aSavedTopologyIsLoaded() throws Exception {
        new CacheFile(file(), "/app/").save(List.of(INSTANCES.getFirst()));
        new CacheFile(file(), "/app/").save(INSTANCES);

        assertThat(new CacheFile(file(), "/app/").load()).isEqualTo(INSTANCES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "001",
                "0x1F",
                "0o17",
                "True",
                "no",
                "~",
                "null",
                "NULL",
                "",
                " ",
                "1e3",
                ".inf",
                "-",
                "- a",
                "a: b",
                "#",
                "'",
                "\"",
                "\\",
                "\t",
                "\n",
                "\r\n",
                "\u0085",
                "\u2028",
                "\uFEFF",
                "\u0000",
                "\u001B[31m",
                "\u009B",
                "\uFFFF",
                "😀",
                "&a",
                "*a",
                "!!int 5",
                "<<",
                "---",
                "...",
                "%YAML",
                "@",
                "`",
                "{}",
                "[]",
                "?",
                "|",
                ">-",
                "2026-11-26",
                "1_000",
                "1:30"
            })
    void everyTextSurvivesAsNameLabelAndPassword(String text) throws Exception {
        List<Instance> instances = List.of(
                new Instance(new Endpoint("h", 1, null, "u" + text, text), text, Map.of(text, text, "label", text)));
        new CacheFile(file(), "/app/" + text).save(instances);

        assertThat(new CacheFile(file(), "/app/" + text).load()).isEqualTo(instances);
    }

    /** Any texts of any characters, but for halves of surrogate pairs, which UTF-8 doesn't have. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyTopologySurvives(long seed) throws Exception {
        Random random = new Random(seed);
        List<Instance> instances = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Map<String, String> labels = new HashMap<>();
            for (int label = random.nextInt(5); label > 0; label--) {
                labels.put(text(random), text(random));
            }
            String user = random.nextBoolean() ? null : text(random);
            String password = user == null || random.nextBoolean() ? null : text(random);
            Endpoint endpoint = random.nextInt(3) == 0
                    ? new Endpoint(null, 0, "/run/\u00e4 \'" + i, user, password)
                    : new Endpoint("host" + i, 1 + random.nextInt(65_535), null, user, password);
            instances.add(new Instance(endpoint, text(random), labels));
        }
        new CacheFile(file(), "/app/").save(instances);

        assertThat(new CacheFile(file(), "/app/").load()).isEqualTo(instances);
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(random.nextInt(20) == 0 ? 2_000 : 12); left > 0; left--) {
            int range = random.nextInt(10);
            int point =
                    range < 6 ? random.nextInt(0x80) : range < 9 ? random.nextInt(0x3000) : random.nextInt(0x110000);
            if (point < 0xD800 || point > 0xDFFF) {
                text.appendCodePoint(point);
            }
        }
        return text.toString();
    }

    @Test
    void asManyInstancesAsAreReadSurvive() throws Exception {
        List<Instance> instances = IntStream.range(0, 60_000)
                .mapToObj(i -> new Instance(
                        new Endpoint("host-" + i + ".example", 3301, null, null, null),
                        "instance-" + i,
                        Map.of("group", "g", "replicaset", "r-" + i / 3, "dc", "m9")))
                .toList();
        new CacheFile(file(), "/app/").save(instances);

        assertThat(new CacheFile(file(), "/app/").load()).isEqualTo(instances);
    }

    @Test
    void onlyTheOwnerCanReadTheFileAndNoTemporaryFileRemains() throws Exception {
        new CacheFile(file(), "/app/").save(INSTANCES);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(directory).isDirectoryContaining(path -> path.equals(file()));
        assertThat(directory.toFile().list()).hasSize(1);
    }

    @Test
    void theFileOfAnotherTopologyIsRefused() throws Exception {
        new CacheFile(file(), "/app/?cluster=a").save(INSTANCES);

        assertThatThrownBy(() -> new CacheFile(file(), "/app/?cluster=b").load())
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("expected the topology /app/?cluster=b, got /app/?cluster=a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text",
                "topology: /app/",
                "topology: /app/\ninstances: []",
                "topology: {password: secret, instances: [{name: a}]}",
                "topology: [secret]",
                "topology: /app/\ninstances: [5]",
                "topology: /app/\ninstances: [{name: a, address: nonsense, labels: {}}]",
                "topology: /app/\ninstances: [{name: a, address: 'h:1', user: [5], labels: {}}]",
                "topology: /app/\ninstances: [{name: a, address: 'h:1'}]"
            })
    void aDamagedFileIsRefused(String text) throws IOException {
        Files.writeString(file(), text);

        assertThatThrownBy(() -> new CacheFile(file(), "/app/").load())
                .isInstanceOf(MalformedException.class)
                .hasMessageStartingWith("cache file " + file() + ": ")
                .hasMessageContaining("expected")
                .hasMessageNotContaining("null")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aMissingFileCannotBeLoaded() {
        assertThatThrownBy(() -> new CacheFile(file(), "/app/").load()).isInstanceOf(NoSuchFileException.class);
    }
}
