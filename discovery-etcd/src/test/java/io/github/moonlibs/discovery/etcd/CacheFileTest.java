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
import java.util.List;
import java.util.Map;
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
                .hasMessageNotContaining("null");
    }

    @Test
    void aMissingFileCannotBeLoaded() {
        assertThatThrownBy(() -> new CacheFile(file(), "/app/").load()).isInstanceOf(NoSuchFileException.class);
    }
}
