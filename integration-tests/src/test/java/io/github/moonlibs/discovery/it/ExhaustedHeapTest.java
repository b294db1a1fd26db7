package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topology 9: an Error ends a piece of work, never the client. */
class ExhaustedHeapTest {
    /** Rounds and their milliseconds; twenty of three seconds are what to try after a change. */
    private static final String ROUNDS = System.getProperty("exhausted.rounds", "3");

    private static final String ROUND_MILLIS = System.getProperty("exhausted.millis", "500");

    @TempDir
    private Path directory;

    private final List<FakeNode> nodes = new ArrayList<>();

    @BeforeEach
    void start() {
        for (int i = 0; i < 3; i++) {
            FakeNode node = FakeNode.start();
            String name = "node " + i;
            node.announce("node.name", 1, true).announce("node.news", 1, true);
            node.answer("node.name", arguments -> List.of(name));
            node.answer("node.news", arguments -> {
                node.announceAttribute("news", name);
                return List.of();
            });
            nodes.add(node);
        }
    }

    @AfterEach
    void stop() {
        nodes.forEach(FakeNode::close);
    }

    @Test
    void anApplicationThatRunsOutOfMemoryAgainAndAgainIsServedAfterwards() throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "-Xmx48m",
                // with this collector the JDK loses virtual threads that a lack of memory meets
                "-XX:+UseG1GC",
                "-cp",
                System.getProperty("java.class.path"),
                ExhaustedApplication.class.getName(),
                ROUNDS,
                ROUND_MILLIS));
        nodes.forEach(node -> arguments.add(node.endpoint()));

        assertThat(Jvm.run(directory, Jvm.java(), arguments.toArray(String[]::new)))
                .contains("every node is asked and serves");
    }
}
