package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client has the threads that docs/concepts.md says. */
@Timeout(300)
class ThreadsTest {
    private static final Pattern NAME = Pattern.compile("\"name\": \"(discovery[^\"]*)\"");

    private static final Pattern OWN = Pattern.compile("discovery-node .*|discovery-supervisor");

    @TempDir
    private Path folder;

    private int dumps;

    @Test
    void aClientHasAThreadForEachNodeAndTwoThreadsServeAllClients() {
        assertThat(Documentation.read("docs/concepts.md").replaceAll("\\s+", " "))
                .contains(
                        "A client has a thread for each node and one that supervises them",
                        "platform threads, but for those of a client's nodes beyond 64",
                        "Two platform threads serve all clients of the process");
        try (FakeNode one = FakeNode.start().announce("m", 1, true);
                FakeNode two = FakeNode.start().announce("m", 1, true);
                FakeNode three = FakeNode.start().announce("m", 1, true)) {
            String endpoints = "static:" + one.endpoint() + "," + two.endpoint() + "," + three.endpoint();
            try (DiscoveryClient client = DiscoveryClient.connect(endpoints);
                    DiscoveryClient other = DiscoveryClient.connect(endpoints)) {
                for (DiscoveryClient each : List.of(client, other)) {
                    Waiting.until(
                            "all nodes serve", () -> each.routing().routes("m").size() == 3);
                }
                Waiting.until(
                        () -> "a supervisor and a thread for each node of both clients, and two for all: " + platform()
                                + "; virtual ones too: " + names().toList(),
                        () -> names().filter(OWN.asMatchPredicate()).count() == 2 * (3 + 1) && onlyThoseThatStay());
            }
            Waiting.until("no thread is left", () -> names().findAny().isEmpty());
        }
    }

    private static boolean onlyThoseThatStay() {
        List<String> common = new ArrayList<>(platform());
        int all = common.size();
        common.removeIf(OWN.asMatchPredicate());
        return all == common.size() + 2 * (3 + 1)
                && common.size() == 2
                && common.containsAll(List.of("discovery-io", "discovery-io-guard"));
    }

    private static List<String> platform() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("discovery"))
                .toList();
    }

    /** The names of all of the library's threads, virtual ones too. */
    private Stream<String> names() {
        Path file = folder.resolve("threads" + dumps++ + ".json");
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(file.toAbsolutePath().toString(), ThreadDumpFormat.JSON);
            return NAME.matcher(Files.readString(file)).results().map(result -> result.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
