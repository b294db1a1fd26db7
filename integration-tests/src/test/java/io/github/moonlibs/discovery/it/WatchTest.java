package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.WatchedValue;
import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys that an application watches, on the wire, while nodes restart and logging fails. */
@Timeout(300)
class WatchTest {
    private static final String KEY = "config.version";

    private final FakeNode node = FakeNode.start().announce("m", 1, true).answer("m", arguments -> List.of("answered"));
    private final AtomicLong last = new AtomicLong(-1);

    @AfterEach
    void close() {
        node.close();
    }

    private static ClientOptions.Builder options() {
        return Clients.patient().reconnectDelay(Duration.ofMillis(1));
    }

    private void see(WatchedValue news) {
        // a server that has restarted has no value at first
        if (news.value().size() > 0) {
            last.set(Objects.requireNonNull(news.value().get(0, Long.class)));
        }
    }

    private void awaitLast(long value) {
        Waiting.until(() -> "the value " + value + " instead of " + last, () -> last.get() == value);
    }

    @Test
    void noLastValueIsLostThroughAHundredRestarts() {
        try (DiscoveryClient client = options().endpoints(node.endpoint()).connect()) {
            client.watch(KEY, this::see);
            for (int i = 0; i < 100; i++) {
                node.restart();
                // some of them before the client is back, some after it
                node.broadcast(KEY, 3 * i);
                if (i % 2 == 0) {
                    awaitLast(3L * i);
                }
                node.broadcast(KEY, 3 * i + 1);
                node.broadcast(KEY, 3 * i + 2);
                awaitLast(3L * i + 2);
            }
            assertThat(node.watchers(KEY)).isEqualTo(1);
        }
    }

    @Test
    void whatARealServerBroadcastsIsReportedThroughItsRestarts() {
        try (TarantoolServer server = TarantoolServer.start();
                DiscoveryClient client = options().endpoints(server.endpoint()).connect()) {
            ServerProtocol protocol = client.topology().nodes().getFirst().protocol();
            assumeThat(protocol != null && protocol.has(ServerProtocol.WATCHERS))
                    .as("the server has no watchers")
                    .isTrue();
            client.watch(KEY, this::see);
            for (int i = 0; i < 5; i++) {
                server.eval("box.broadcast(...)", KEY, 2L * i);
                awaitLast(2L * i);
                server.eval("box.broadcast(...)", KEY, 2L * i + 1);
                awaitLast(2L * i + 1);
                if (i % 2 == 0) {
                    server.kill();
                } else {
                    server.terminate();
                }
                server.restart();
            }
        }
    }

    @Test
    void aLogHandlerThatThrowsCostsNoValue() {
        Logger logger = Logger.getLogger("io.github.moonlibs.discovery");
        AtomicLong thrown = new AtomicLong();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                thrown.incrementAndGet();
                throw new AssertionError("thrown by a test");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try (DiscoveryClient client = options().endpoints(node.endpoint()).connect()) {
            client.watch(KEY, news -> {
                see(news);
                throw new AssertionError("thrown by a test's listener, which is logged");
            });
            for (int i = 0; i < 10; i++) {
                node.broadcast(KEY, i);
                awaitLast(i);
            }
            node.restart();
            node.broadcast(KEY, 10);
            awaitLast(10);
            assertThat(client.call("m", List.of(), String.class)).isEqualTo("answered");
            assertThat(thrown).hasPositiveValue();
        } finally {
            logger.removeHandler(handler);
        }
    }
}
