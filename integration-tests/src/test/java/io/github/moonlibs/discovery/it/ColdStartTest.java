package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The first call of a process, which has to load all of its classes. */
@Timeout(120)
class ColdStartTest {
    @TempDir
    private Path directory;

    @RepeatedTest(3)
    void theFirstCallSucceedsWithDefaultTimeouts() throws Exception {
        try (FakeNode node =
                FakeNode.start().announce("node.name", 1, true).answer("node.name", any -> List.of("the node"))) {
            String printed = Jvm.run(
                    directory,
                    Jvm.java(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    ColdApplication.class.getName(),
                    node.endpoint());

            assertThat(printed).contains("answered by the node");
        }
    }
}
