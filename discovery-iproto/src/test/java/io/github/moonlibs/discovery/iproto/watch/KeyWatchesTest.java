package io.github.moonlibs.discovery.iproto.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.ConversionException;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Result;
import io.github.moonlibs.discovery.iproto.Owner;
import io.github.moonlibs.discovery.spi.KeyWatch;
import io.github.moonlibs.discovery.spi.Transport.WatchingConnection;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys that are watched on a connection. */
@Timeout(120)
class KeyWatchesTest {
    private final Owner owner = new Owner();
    private FakeNode node;
    private WatchingConnection connection;

    /** A watch, and a permit for each time that it was notified. */
    private static final class Watcher implements AutoCloseable {
        final Semaphore changes = new Semaphore(0);
        final KeyWatch watch;

        Watcher(WatchingConnection connection, String key) {
            watch = connection.watch(key, changes::release);
        }

        /** The next value that is new. */
        Result next() throws InterruptedException {
            while (true) {
                Result value = watch.next();
                if (value != null) {
                    return value;
                }
                assertThat(changes.tryAcquire(20, TimeUnit.SECONDS))
                        .as("a change within 20 s")
                        .isTrue();
            }
        }

        @Override
        public void close() {
            watch.close();
        }
    }

    @BeforeEach
    void connect() throws InterruptedException {
        node = FakeNode.start("127.0.15.1");
        connection = (WatchingConnection) owner.connect(Endpoint.parse(node.endpoint()));
    }

    @AfterEach
    void close() {
        connection.close();
        node.close();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Owner.SECONDS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** The number that is there, and has to be. */
    private static int number(@Nullable Result value) {
        Integer number = value == null ? null : value.get(0, Integer.class);
        if (number == null) {
            throw new AssertionError("expected a number, got " + value);
        }
        return number;
    }

    @Test
    void theFirstValueIsTheOneThatTheKeyHasAndEachLaterOneFollows() throws Exception {
        node.broadcast("a", List.of("one", Map.of("url", "http://h1")));
        try (Watcher a = new Watcher(connection, "a");
                Watcher b = new Watcher(connection, "b")) {
            Result first = a.next();
            assertThat(first.values()).isEqualTo(List.of(List.of("one", Map.of("url", "http://h1"))));
            assertThat(first.raw().get(0)).isEqualTo((byte) 0x91);
            assertThat(b.next().size()).isZero();
            for (int i = 0; i < 20; i++) {
                node.broadcast("a", i);
                assertThat(a.next().get(0, Integer.class)).isEqualTo(i);
                node.broadcast("b", null);
                assertThat(b.next().values()).containsExactly((Object) null);
            }
        }
    }

    @Test
    void aSlowReaderGetsTheLatestValueAndNoOther() throws Exception {
        try (Watcher slow = new Watcher(connection, "a");
                Watcher quick = new Watcher(connection, "a")) {
            assertThat(slow.next().size()).isZero();
            for (int i = 0; i <= 1_000; i++) {
                node.broadcast("a", i);
            }
            int last = -1;
            while (last < 1_000) {
                Result value = quick.next();
                last = value.size() == 0 ? -1 : number(value);
            }
            assertThat(number(slow.watch.next())).isEqualTo(1_000);
            assertThat(slow.watch.next()).isNull();
        }
    }

    @Test
    void eventsAndRepliesDoNotDisturbEachOther() throws Exception {
        node.echo("echo");
        try (Watcher a = new Watcher(connection, "a")) {
            for (int i = 0; i < 200; i++) {
                node.broadcast("a", i);
                assertThat(connection.call("echo", List.of(i), Owner.SECONDS).as(Integer.class))
                        .isEqualTo(i);
            }
            Integer last = null;
            while (last == null || last < 199) {
                last = a.next().as(Integer.class);
            }
        }
        assertThat(connection.lateReplies()).isZero();
    }

    @Test
    void aKeyThatSeveralWatchIsUnwatchedAfterTheLastOfThem() throws Exception {
        node.broadcast("a", 1);
        Watcher one = new Watcher(connection, "a");
        assertThat(one.next().as(Integer.class)).isEqualTo(1);
        Watcher other = new Watcher(connection, "a");
        // the server isn't asked again
        assertThat(other.next().as(Integer.class)).isEqualTo(1);
        one.close();
        one.close();
        node.broadcast("a", 2);
        assertThat(other.next().as(Integer.class)).isEqualTo(2);
        assertThat(node.watchers("a")).isEqualTo(1);
        other.close();
        await(() -> node.watchers("a") == 0);

        node.broadcast("a", 3);
        try (Watcher again = new Watcher(connection, "a")) {
            Result value = again.next();
            // an event that was under way when the key was unwatched may come first
            assertThat((number(value) == 3 ? value : again.next()).as(Integer.class))
                    .isEqualTo(3);
        }
    }

    @Test
    void aWatchThatFailsHarmsNoOther() throws Exception {
        try (KeyWatch broken = connection.watch("a", () -> {
                    throw new IllegalStateException("thrown by a test");
                });
                Watcher a = new Watcher(connection, "a")) {
            a.next();
            node.broadcast("a", 1);
            assertThat(a.next().as(Integer.class)).isEqualTo(1);
            assertThat(number(broken.next())).isEqualTo(1);
        }
    }

    @Test
    void aValueThatComesInPiecesIsJoined() throws Exception {
        String large = "x".repeat(3 << 20);
        try (Watcher a = new Watcher(connection, "a")) {
            a.next();
            node.broadcast("a", large);
            assertThat(a.next().as(String.class)).isEqualTo(large);
            node.broadcast("a", 1);
            assertThat(a.next().as(Integer.class)).isEqualTo(1);
        }
    }

    @Test
    void aValueThatIsTooLargeIsReportedAndTheNextOneIsRead() throws Exception {
        try (WatchingConnection small = (WatchingConnection)
                        owner.connect(Endpoint.parse(node.endpoint()), options -> options.maxReplySize(10_000));
                Watcher a = new Watcher(small, "a")) {
            a.next();
            node.broadcast("a", "x".repeat(100_000));
            assertThatThrownBy(a::next)
                    .isInstanceOf(ConversionException.class)
                    .hasMessageStartingWith("key a: expected a reply of at most 10000 bytes");
            node.broadcast("a", 1);
            assertThat(a.next().as(Integer.class)).isEqualTo(1);
        }
    }

    @Test
    void aKeyCanBeReadOnce() throws Exception {
        assertThat(connection.watchOnce("a", Owner.SECONDS).size()).isZero();
        node.broadcast("a", 7);
        assertThat(connection.watchOnce("a", Owner.SECONDS).as(Integer.class)).isEqualTo(7);
        assertThat(node.watchers("a")).isZero();
    }

    @Test
    void whatCameBeforeTheEndCanBeReadAfterIt() throws Exception {
        node.broadcast("a", 7);
        Watcher a = new Watcher(connection, "a");
        assertThat(a.changes.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        node.closeConnections();
        owner.news();
        assertThat(number(a.watch.next())).isEqualTo(7);
        a.close();
    }

    @Test
    void anApplicationMayWatchTheShutdownToo() throws Exception {
        try (Watcher shutdown = new Watcher(connection, "box.shutdown")) {
            assertThat(shutdown.next().size()).isZero();
            Thread ends = Thread.startVirtualThread(node::shutDown);
            assertThat(shutdown.next().get(0)).isEqualTo(true);
            assertThat(owner.news()).isEqualTo("shutdown announced");
            connection.close();
            assertThat(ends.join(Duration.ofSeconds(20))).isTrue();
        }
    }

    @Test
    void aServerWithoutWatchersIsNotAsked() throws Exception {
        node.version("2.6.0");
        try (WatchingConnection old = (WatchingConnection) owner.connect(Endpoint.parse(node.endpoint()));
                KeyWatch watch = old.watch("a", () -> {
                    throw new AssertionError("nothing can have changed");
                })) {
            old.ping(Owner.SECONDS);
            assertThat(watch.next()).isNull();
            assertThat(old.protocol()).isNull();
        }
        assertThat(node.watchers("a")).isZero();
    }
}
