package io.github.moonlibs.discovery.core.watch;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.ClientClosedException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.WatchedValue;
import io.github.moonlibs.discovery.Watching;
import io.github.moonlibs.discovery.core.Cluster;
import io.github.moonlibs.discovery.core.LogLines;
import io.github.moonlibs.discovery.core.MemoryNode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys that an application watches on all nodes. */
@Timeout(120)
class WatchesTest {
    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1").announce("m", 1, true);
    private final MemoryNode b = cluster.node("b:1").announce("n", 1, true);

    /** The latest value of each node; what is nothing is "-". */
    private final Map<String, String> seen = new ConcurrentHashMap<>();

    private final AtomicInteger calls = new AtomicInteger();

    @AfterEach
    void close() {
        cluster.close();
    }

    private void see(WatchedValue news) {
        assertThat(news.key()).isEqualTo("key");
        // first: what is seen has been counted
        calls.incrementAndGet();
        seen.put(
                news.node().name(),
                news.value().size() == 0 ? "-" : String.valueOf(news.value().get(0)));
    }

    private void awaitSeen(Map<String, String> expected) {
        await("seen " + expected + ", not " + seen, () -> seen.equals(expected));
    }

    @Test
    void eachNodesValueIsReportedNowAndWhenItChanges() {
        a.broadcast("key", "a1");
        DiscoveryClient client = cluster.client(a, b);
        awaitServed(client, "m", 1);
        Watching watching = client.watch("key", this::see);
        assertThat(watching.key()).isEqualTo("key");
        awaitSeen(Map.of("a:1", "a1", "b:1", "-"));

        a.broadcast("key", "a2");
        b.broadcast("key", "b1");
        awaitSeen(Map.of("a:1", "a2", "b:1", "b1"));
    }

    @Test
    void aWatchLastsThroughReconnects() {
        DiscoveryClient client = cluster.client(a);
        client.watch("key", this::see);
        for (int i = 0; i < 20; i++) {
            a.broadcast("key", i);
            awaitSeen(Map.of("a:1", "" + i));
            int connects = a.connects();
            a.cut();
            await("another connection", () -> a.connects() > connects);
        }
    }

    @Test
    void aBusyListenerGetsTheLatestValueOfEachNode() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        DiscoveryClient client = cluster.client(a, b);
        awaitServed(client, "m", 1);
        awaitServed(client, "n", 1);
        client.watch("key", news -> {
            entered.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            see(news);
        });
        entered.await();
        for (int i = 0; i < 1_000; i++) {
            a.broadcast("key", i);
            b.broadcast("key", i);
        }
        release.countDown();
        awaitSeen(Map.of("a:1", "999", "b:1", "999"));
        assertThat(calls.get()).as("values that were replaced are skipped").isLessThanOrEqualTo(4);
    }

    @Test
    void whatAListenerThrowsIsLoggedOnceAndHasNoOtherEffect() {
        try (LogLines log = new LogLines()) {
            DiscoveryClient client = cluster.client(a);
            client.watch("key", news -> {
                see(news);
                throw new AssertionError("thrown by a test");
            });
            for (int i = 0; i < 3; i++) {
                a.broadcast("key", i);
                awaitSeen(Map.of("a:1", "" + i));
            }
            assertThat(client.call("m", List.of(), String.class)).isEqualTo("a:1");
            assertThat(log.with("the watch of key"))
                    .containsExactly("a:1: the watch of key failed on a value; that is not logged again");
        }
    }

    @Test
    void withAMethodTheNodesThatServeItAreReported() {
        a.broadcast("key", "a1");
        b.broadcast("key", "b1");
        DiscoveryClient client = cluster.client(a, b);
        awaitServed(client, "n", 1);
        client.watch("key", "m", this::see);
        awaitSeen(Map.of("a:1", "a1"));
        b.broadcast("key", "b2");
        a.broadcast("key", "a2");
        awaitSeen(Map.of("a:1", "a2"));

        b.announce("m", 1, true);
        awaitSeen(Map.of("a:1", "a2", "b:1", "b2"));

        a.withdraw("m");
        awaitServed(client, "m", 1);
        a.broadcast("key", "a3");
        b.broadcast("key", "b3");
        awaitSeen(Map.of("a:1", "a2", "b:1", "b3"));
    }

    @Test
    void aWatchThatIsClosedIsOverOnEveryNode() {
        DiscoveryClient client = cluster.client(a, b);
        Watching watching = client.watch("key", this::see);
        awaitSeen(Map.of("a:1", "-", "b:1", "-"));
        assertThat(a.watches("key")).isEqualTo(1);
        watching.close();
        watching.close();
        assertThat(a.watches("key")).isZero();
        assertThat(b.watches("key")).isZero();

        int before = calls.get();
        a.broadcast("key", 1);
        a.cut();
        await("another connection", () -> a.connects() == 2);
        awaitServed(client, "m", 1);
        assertThat(calls).hasValue(before);
        assertThat(a.watches("key")).isZero();
    }

    @Test
    void aListenerMayCloseItsWatchAndItsClient() {
        DiscoveryClient client = cluster.client(a);
        CountDownLatch isThere = new CountDownLatch(1);
        var watching = new Watching[1];
        watching[0] = client.watch("key", news -> {
            try {
                isThere.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            watching[0].close();
            client.close();
        });
        isThere.countDown();
        await("it is closed", () -> a.openConnections() == 0);
    }

    @Test
    void aListenerThatWaitsIsInterruptedWhenTheClientCloses() {
        DiscoveryClient client = cluster.client(a);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        client.watch("key", news -> {
            entered.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        await("it is called", () -> entered.getCount() == 0);
        client.close();
        assertThat(interrupted.getCount()).isZero();
        assertThatThrownBy(() -> client.watch("key", this::see)).isInstanceOf(ClientClosedException.class);
    }
}
