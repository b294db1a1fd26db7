package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first call of a process, which has to load all of its classes. */
@Timeout(300)
class ColdStartTest {
    @TempDir
    private Path directory;

    private final FakeNode node = FakeNode.start().answer("node.name", any -> List.of("the node"));

    @AfterEach
    void close() {
        node.close();
    }

    private String run() throws Exception {
        return Jvm.run(
                directory,
                Jvm.java(),
                "-cp",
                System.getProperty("java.class.path"),
                ColdApplication.class.getName(),
                node.endpoint());
    }

    @RepeatedTest(3)
    void theFirstCallSucceedsWithDefaultTimeouts() throws Exception {
        node.announce("node.name", 1, true);

        assertThat(run()).contains("answered by the node");
    }

    /** As if the process had been too busy with itself to read the announcement, alone or also when others have come. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAnnouncementThatComesTooLateForAColdProcessIsWaitedForAgain(boolean isHeardOf) throws Exception {
        Map<String, Object> announcement = Map.of("methods", Map.of("node.name", Map.of("retriable", true)));
        AtomicBoolean asked = new AtomicBoolean();
        node.on("api.discovery", call -> {
            if (asked.getAndSet(true)) {
                call.reply(announcement);
            } else {
                if (isHeardOf) {
                    node.broadcast("box.status", Map.of());
                }
                new CountDownLatch(1).await();
            }
        });

        assertThat(run()).contains("routes: 1", "answered by the node");
    }
}
