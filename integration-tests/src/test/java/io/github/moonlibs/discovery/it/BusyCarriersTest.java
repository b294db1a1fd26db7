package io.github.moonlibs.discovery.it;

import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BusyCarriersTest {
    @TempDir
    private Path directory;

    @Test
    void itConnectsCallsAndAsksItsNodesWhileTheApplicationComputesOnAllCarriers() throws IOException {
        try (FakeNode node = FakeNode.start()) {
            node.announce("node.name", 1, true).answer("node.name", arguments -> List.of("the node"));
            Path output = directory.resolve("output.txt");
            Process application = Jvm.start(
                    output,
                    List.of(
                            Jvm.java(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            ComputingApplication.class.getName(),
                            node.endpoint()));
            try {
                Waiting.until(
                        () -> "the application to be answered: " + read(output),
                        () -> read(output).contains("answered"));
                long before = node.calls("api.discovery");
                Waiting.until(
                        () -> "ten more questions than " + before + ": " + node.calls("api.discovery"),
                        () -> node.calls("api.discovery") >= before + 10);
            } finally {
                application.destroyForcibly();
            }
        }
    }

    private static String read(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
