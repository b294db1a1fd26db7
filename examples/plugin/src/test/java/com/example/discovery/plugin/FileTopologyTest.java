package com.example.discovery.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.spi.TopologyProvider;
import io.github.moonlibs.discovery.spi.TopologySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTopologyTest implements TopologySource.Sink {
    @TempDir
    private Path folder;

    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();
    private @Nullable Object last;
    private @Nullable Thread follower;

    @Override
    public void publish(Collection<Instance> instances) {
        tell(List.copyOf(instances));
    }

    @Override
    public void failed(String message) {
        tell(message);
    }

    /** Without the confirmations of what was told last. */
    private void tell(Object news) {
        if (!news.equals(last)) {
            last = news;
            told.add(news);
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (follower != null) {
            follower.interrupt();
            assertThat(follower.join(Duration.ofSeconds(10)))
                    .as("ends when interrupted")
                    .isTrue();
        }
    }

    @Test
    void publishesWhatTheFileListsAndEveryChangeOfIt() throws Exception {
        follow(
                "# storages\n\n10.0.0.1:3301\nstorage-2 app:s#cret@10.0.0.2:3301 zone=m9 master=true # the writable one\n");
        assertThat(next())
                .isEqualTo(List.of(
                        Instance.of(Endpoint.parse("10.0.0.1:3301")),
                        new Instance(
                                Endpoint.parse("app:s#cret@10.0.0.2:3301"),
                                "storage-2",
                                Map.of("zone", "m9", "master", "true"))));
        write("10.0.0.3:3301 zone=m10\n");
        assertThat(next())
                .isEqualTo(
                        List.of(new Instance(Endpoint.parse("10.0.0.3:3301"), "10.0.0.3:3301", Map.of("zone", "m10"))));
    }

    @Test
    void namesAMalformedLineAndCountsTheOthers() throws Exception {
        follow("10.0.0.1:3301\nstorage-2 10.0.0.2\n10.0.0.3:3301 zone=m9 m10\n10.0.0.4:3301\n");
        assertThat(next())
                .isEqualTo(List.of(
                        Instance.of(Endpoint.parse("10.0.0.1:3301")), Instance.of(Endpoint.parse("10.0.0.4:3301"))));
        assertThat(next().toString())
                .startsWith(folder.resolve("nodes.txt") + ":2: ")
                .contains("expected [name] endpoint [label=value ...]")
                .contains("10.0.0.2");
        assertThat(next().toString()).contains("nodes.txt:3: ").contains("m10");
    }

    @Test
    void publishesNothingWhileTheFileIsAway() throws Exception {
        follow("10.0.0.1:3301\n");
        next();
        Files.delete(folder.resolve("nodes.txt"));
        assertThat(next().toString())
                .contains("nodes.txt")
                .contains("cannot be read")
                .contains("one endpoint a line");
        write("10.0.0.1:3301\n");
        assertThat(next()).isEqualTo(List.of(Instance.of(Endpoint.parse("10.0.0.1:3301"))));
    }

    @Test
    void publishesNothingOfAFileThatIsAllWrong() throws Exception {
        follow("<html>\n");
        assertThat(next().toString()).contains("nodes.txt:1: ");
        write("10.0.0.1:3301\n");
        assertThat(next()).isEqualTo(List.of(Instance.of(Endpoint.parse("10.0.0.1:3301"))));
    }

    @Test
    void takesPathsOnly() {
        TopologyProvider provider = new FileTopologyProvider();
        assertThat(provider.open("file:/etc/nodes.txt")).hasToString("file:/etc/nodes.txt");
        assertThat(provider.open("file:///etc/nodes.txt")).hasToString("file:/etc/nodes.txt");
        assertThat(provider.open("file:nodes.txt")).hasToString("file:nodes.txt");
        for (String wrong : List.of("file:", "file://host/nodes.txt")) {
            assertThatThrownBy(() -> provider.open(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected the path of a file");
        }
    }

    private void follow(String text) throws IOException {
        write(text);
        TopologySource source = new FileTopology(folder.resolve("nodes.txt"), Duration.ofMillis(5));
        follower = Thread.ofVirtual().start(() -> {
            try {
                source.follow(this);
            } catch (InterruptedException closed) {
                // as it should be
            } catch (Exception e) {
                told.add(e);
            }
        });
    }

    /** At once, as an operator's tools should do it: a half-written file is never seen. */
    private void write(String text) throws IOException {
        Path half = Files.writeString(folder.resolve("nodes.tmp"), text);
        Files.move(half, folder.resolve("nodes.txt"), StandardCopyOption.ATOMIC_MOVE);
    }

    private Object next() throws InterruptedException {
        Object next = told.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("told within 10 s").isNotNull();
        return next;
    }
}
