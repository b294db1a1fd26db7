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

    private final BlockingQueue<Object> reports = new LinkedBlockingQueue<>();
    private @Nullable Object last;
    private @Nullable Thread follower;

    @Override
    public void publish(Collection<Instance> instances) {
        record(List.copyOf(instances));
    }

    @Override
    public void failed(String message) {
        record(message);
    }

    /** Records what was reported, except repetitions of the last report. */
    private void record(Object news) {
        if (!news.equals(last)) {
            last = news;
            reports.add(news);
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (follower != null) {
            follower.interrupt();
            assertThat(follower.join(Duration.ofMinutes(1)))
                    .as("ends when interrupted")
                    .isTrue();
        }
    }

    @Test
    void publishesTheInstancesOfTheFileAndEveryChange() throws Exception {
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
    void reportsAMalformedLineAndPublishesTheOthers() throws Exception {
        follow("10.0.0.1:3301\nstorage-2 10.0.0.2\n10.0.0.3:3301 zone=m9 m10\n10.0.0.4:3301\n");
        assertThat(next())
                .isEqualTo(List.of(
                        Instance.of(Endpoint.parse("10.0.0.1:3301")), Instance.of(Endpoint.parse("10.0.0.4:3301"))));
        assertThat(next().toString())
                .startsWith(folder.resolve("nodes.txt") + ":2: ")
                .contains("expected [name] endpoint [label=value ...]")
                .contains("no port");
        assertThat(next().toString()).contains("nodes.txt:3: ").contains("m10");
    }

    @Test
    void publishesNothingWhileTheFileIsMissing() throws Exception {
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
    void publishesNothingFromAFileWithoutAGoodLine() throws Exception {
        follow("<html>\n");
        assertThat(next().toString()).contains("nodes.txt:1: ");
        write("10.0.0.1:3301\n");
        assertThat(next()).isEqualTo(List.of(Instance.of(Endpoint.parse("10.0.0.1:3301"))));
    }

    @Test
    void acceptsOnlyPaths() {
        TopologyProvider provider = new FileTopologyProvider();
        assertThat(provider.open("lines:/etc/nodes.txt")).hasToString("lines:/etc/nodes.txt");
        assertThat(provider.open("lines:///etc/nodes.txt")).hasToString("lines:/etc/nodes.txt");
        assertThat(provider.open("lines:nodes.txt")).hasToString("lines:nodes.txt");
        for (String wrong : List.of("lines:", "lines://host/nodes.txt")) {
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
                // the expected end
            } catch (Exception e) {
                reports.add(e);
            }
        });
    }

    /** Replaces the file in one step, as an operator's tools should do, so that it is never read half-written. */
    private void write(String text) throws IOException {
        Path half = Files.writeString(folder.resolve("nodes.tmp"), text);
        Files.move(half, folder.resolve("nodes.txt"), StandardCopyOption.ATOMIC_MOVE);
    }

    private Object next() throws InterruptedException {
        Object next = reports.poll(1, TimeUnit.MINUTES);
        assertThat(next).as("reported within 10 s").isNotNull();
        return next;
    }
}
