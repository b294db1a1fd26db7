package io.github.moonlibs.discovery.chaos;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import io.github.moonlibs.discovery.ClientSnapshot;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Finds what is left of the library. */
final class Leftovers {
    /** For what ends by itself a moment after the client has been closed, on a busy machine. */
    private static final Duration MOMENT = Duration.ofSeconds(5);
    /** Above the drain timeout. */
    private static final Duration CLOSING = Duration.ofSeconds(60);

    private static final long PAUSE_MILLIS = 50;

    private final Path folder;
    private final List<Member> members;

    Leftovers(Path folder, List<Member> members) {
        this.folder = folder;
        this.members = members;
    }

    /** The slots that are taken although no call is under way. */
    List<String> slots(DiscoveryClient client) throws Exception {
        return untilEmpty(() -> {
            ClientSnapshot snapshot = client.snapshot();
            List<String> left = new ArrayList<>();
            if (snapshot.callsInFlight() != 0 || snapshot.waitingCalls() != 0) {
                left.add(snapshot.callsInFlight() + " calls are counted as in flight, " + snapshot.waitingCalls()
                        + " as waiting, after the last one has ended");
            }
            for (NodeSnapshot node : snapshot.topology().nodes()) {
                if (node.inFlight() != 0) {
                    left.add(node.inFlight() + " attempts are counted as in flight on " + node.instance()
                            + " after the last call has ended");
                }
            }
            return left;
        });
    }

    /** Closes the client, and returns what there is of it then. */
    List<String> afterClose(DiscoveryClient client) throws Exception {
        Thread closing = Thread.ofPlatform().daemon().name("chaos-close").start(client::close);
        if (!closing.join(CLOSING)) {
            return List.of("close() has not returned after " + CLOSING.toSeconds() + " s");
        }
        List<String> left = new ArrayList<>(untilEmpty(this::threads));
        left.addAll(untilEmpty(() -> Sockets.ofThisProcess(members)));
        return left;
    }

    private static List<String> untilEmpty(Callable<List<String>> finder) throws Exception {
        long by = System.nanoTime() + MOMENT.toNanos();
        List<String> left = finder.call();
        while (!left.isEmpty() && System.nanoTime() < by) {
            Thread.sleep(PAUSE_MILLIS);
            left = finder.call();
        }
        return left;
    }

    /** The threads, virtual and platform, that are named as the library's are or run code of it. */
    private List<String> threads() throws IOException {
        Path dump = folder.resolve("threads-" + System.nanoTime());
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
        // one paragraph a thread: its name, then its stack
        List<String> left = Stream.of(Files.readString(dump).split("\n\n"))
                .filter(thread -> thread.contains("\"discovery-")
                        || thread.contains("io.github.moonlibs.discovery.core.")
                        || thread.contains("io.github.moonlibs.discovery.iproto."))
                .map(thread -> "thread " + thread.strip().replaceAll("\\s+", " "))
                .toList();
        Files.delete(dump);
        return left;
    }
}
