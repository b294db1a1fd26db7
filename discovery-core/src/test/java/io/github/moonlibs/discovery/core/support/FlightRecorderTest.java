package io.github.moonlibs.discovery.core.support;

import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.core.Cluster;
import io.github.moonlibs.discovery.core.MemoryNode;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a recording of the JDK's flight recorder has of a client. */
@Timeout(300)
class FlightRecorderTest {
    private static final String PREFIX = "io.github.moonlibs.discovery.";

    @TempDir
    private Path directory;

    @Test
    void aRecordingHasCallsAttemptsStatesTopologiesAndDiscovery() throws Exception {
        Path file = directory.resolve("test.jfr");
        try (Recording recording = new Recording();
                Cluster cluster = new Cluster()) {
            for (String event : List.of("Call", "Attempt", "Discovery")) {
                recording.enable(PREFIX + event).withThreshold(Duration.ZERO);
            }
            recording.enable(PREFIX + "NodeState");
            recording.enable(PREFIX + "Topology");
            recording.enable(PREFIX + "Connection");
            recording.start();
            MemoryNode node = cluster.node("a:1");
            node.announce("m", 1, true);
            CountDownLatch asked = new CountDownLatch(1);
            ClientObserver observer = new ClientObserver() {
                @Override
                public void discoveryEnded(DiscoveryEnded event) {
                    asked.countDown();
                }
            };
            var client = cluster.client(options -> options.observer(observer), node);
            awaitServed(client, "m", 1);
            // the question ends after the node has begun to serve, and an observer is notified after the recorder
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            client.call("m", List.of());
            recording.stop();
            recording.dump(file);
        }

        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(of("Call", events)).singleElement().satisfies(call -> {
            assertThat(call.getString("method")).isEqualTo("m");
            assertThat(call.getString("node")).isEqualTo("a:1");
            assertThat(call.getInt("retries")).isZero();
            assertThat(call.getString("failure")).isNull();
            assertThat(call.getDuration()).isPositive();
        });
        assertThat(of("Attempt", events))
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.getString("node")).isEqualTo("a:1"));
        assertThat(of("NodeState", events))
                .extracting(state -> state.getString("from") + " to " + state.getString("to"))
                .contains("connecting to serving");
        assertThat(of("Connection", events)).singleElement().satisfies(connection -> {
            assertThat(connection.getString("server")).isEqualTo("Tarantool in memory");
            assertThat(connection.getString("protocol")).isEqualTo("protocol 10 (features 0 1 3), chap-sha1");
        });
        assertThat(of("Topology", events)).singleElement().satisfies(topology -> {
            assertThat(topology.getString("added")).isEqualTo("a:1");
            assertThat(topology.getInt("instances")).isEqualTo(1);
        });
        assertThat(of("Discovery", events)).isNotEmpty();
    }

    private static List<RecordedEvent> of(String name, List<RecordedEvent> events) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(PREFIX + name))
                .toList();
    }

    @Test
    void whereNobodyRecordsNoEventIsMade() {
        assertThat(FlightRecorder.call()).isNull();
        assertThat(FlightRecorder.attempt()).isNull();
        assertThat(FlightRecorder.discovery()).isNull();
    }
}
