package io.github.moonlibs.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.moonlibs.discovery.testkit.EtcdServer;
import io.github.moonlibs.discovery.testkit.EtcdWriter;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("counts threads")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoreTest {
    private static final List<String> DIRECTORY = List.of("/app/");
    private final EtcdServer server = EtcdServer.start();
    private final EtcdWriter etcd = new EtcdWriter(server);

    @AfterAll
    void stopEtcd() {
        server.close();
    }

    private EtcdOptions options() {
        return EtcdUri.parse("etcd://" + server.endpoint() + "/app").options();
    }

    private static SortedMap<String, String> read(Store store) throws Exception {
        return Lateness.untilInTime(() -> store.read(DIRECTORY, Waiting.BOUND));
    }

    private static boolean awaitChange(Store store, SortedMap<String, String> keys, Duration timeout)
            throws EtcdFailure, InterruptedException {
        return Lateness.untilInTime(() -> store.awaitChange(keys, timeout));
    }

    @Test
    void aCompactedRevisionCannotBeWatched() throws Exception {
        etcd.put("/app/a", "1");
        try (Store store = new StoreV3(server.endpoint(), options())) {
            SortedMap<String, String> keys = read(store);
            etcd.put("/app/a", "2");
            etcd.put("/app/a", "3");
            etcd.compact();

            assertThatExceptionOfType(EtcdFailure.Outdated.class)
                    .isThrownBy(() -> awaitChange(store, keys, Waiting.BOUND))
                    .withMessageContaining("the watched revision was compacted away");
        }
    }

    @Test
    void aClearedIndexCannotBeWatched() throws Exception {
        try (Store store = new StoreV2(server.endpoint(), options())) {
            SortedMap<String, String> keys = read(store);
            // etcd remembers a thousand events; what comes together is written to its disk together
            writeTogether(1_001);

            assertThatExceptionOfType(EtcdFailure.Outdated.class)
                    .isThrownBy(() -> awaitChange(store, keys, Waiting.BOUND))
                    .withMessageContaining("the watched index of /app/ was cleared away");
        }
    }

    private void writeTogether(int times) throws Exception {
        Callable<Boolean> write = () -> {
            etcd.putV2("/elsewhere", "x");
            return true;
        };
        try (ExecutorService writers = Executors.newFixedThreadPool(16)) {
            for (Future<Boolean> written : writers.invokeAll(Collections.nCopies(times, write))) {
                assertThat(written.get()).isTrue();
            }
        }
    }

    private static Set<Thread> threads(String names) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches(names))
                .collect(Collectors.toSet());
    }

    @Test
    void closingAStoreOfApiV3LeavesNoThread() throws Exception {
        Waiting.until(
                "earlier tests' threads have ended", () -> threads("grpc-.*").isEmpty());
        try (Store store = new StoreV3(server.endpoint(), options())) {
            watch(store);
            assertThat(threads("grpc-.*")).isNotEmpty();
        }
        Waiting.until("gRPC's threads have ended", () -> threads("grpc-.*").isEmpty());
    }

    @Test
    void closingAStoreOfApiV2LeavesNoThread() throws Exception {
        Set<Thread> others = threads("HttpClient-.*");
        Set<Thread> own;
        try (Store store = new StoreV2(server.endpoint(), options())) {
            watch(store);
            own = threads("HttpClient-.*");
            own.removeAll(others);
            assertThat(own).isNotEmpty();
        }
        Waiting.until("the client's threads have ended", () -> own.stream().noneMatch(Thread::isAlive));
    }

    private static void watch(Store store) throws Exception {
        SortedMap<String, String> keys = read(store);
        assertThat(awaitChange(store, keys, Duration.ofMillis(1))).isFalse();
    }
}
