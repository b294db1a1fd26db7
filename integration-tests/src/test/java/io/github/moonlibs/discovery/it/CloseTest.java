package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static io.github.moonlibs.discovery.testkit.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class CloseTest {
    @TempDir
    private Path directory;

    @Test
    void afterCloseNoThreadSocketOrTimerOfTheLibraryIsLeft() {
        try (FakeNode serving = FakeNode.start().announce("m", 1, true);
                FakeNode hanging = FakeNode.start().announce("hangs", 1, false).hang("hangs");
                FakeNode refusing = FakeNode.start()) {
            refusing.stopListening();
            DiscoveryClient client = Clients.patient()
                    .endpoints(serving.endpoint(), hanging.endpoint(), refusing.endpoint())
                    .drainTimeout(Duration.ofMillis(100))
                    .connect();
            awaitServed(client, "m", 1);
            awaitServed(client, "hangs", 1);
            client.call("m", List.of());
            Thread caller = Thread.startVirtualThread(() -> {
                try {
                    client.call("hangs", List.of());
                } catch (RuntimeException expectedAtClose) {
                    assertThat(expectedAtClose).isNotNull();
                }
            });
            until("a call is in flight", () -> hanging.callsInFlight("hangs") == 1);
            assertThat(libraryThreads())
                    .as("the dump has the threads before the close")
                    .isNotEmpty();

            client.close();
            client.close();
            until("the servers see no connection", () -> serving.connections() + hanging.connections() == 0);
            until("the caller ends", () -> !caller.isAlive());
            // one of them reads for all clients of the JVM, and ends by itself after the last connection
            until(
                    () -> "no thread but " + libraryThreads(),
                    () -> libraryThreads().isEmpty());
        }
    }

    /** The virtual and platform threads that have a name of the library, or run its code. */
    private List<String> libraryThreads() {
        Path dump = directory.resolve("threads-" + System.nanoTime());
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
            // one paragraph per thread: its name, then its stack
            return Stream.of(Files.readString(dump).split("\n\n"))
                    .filter(thread -> thread.contains("\"discovery-")
                            || thread.contains("io.github.moonlibs.discovery.core.")
                            || thread.contains("io.github.moonlibs.discovery.iproto."))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
