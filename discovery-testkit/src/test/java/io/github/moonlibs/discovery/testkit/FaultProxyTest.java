package io.github.moonlibs.discovery.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
    private final FakeNode node = FakeNode.start().echo("m");
    private final FaultProxy proxy = FaultProxy.before(node.endpoint());

    @AfterEach
    void close() {
        proxy.close();
        node.close();
    }

    @Test
    void forwardsAndCounts() throws Exception {
        try (RawClient client = RawClient.to(proxy.endpoint())) {
            String large = "x".repeat(1_000_000);
            assertThat(client.call(1, "m", large).values()).isEqualTo(List.of(large));
            assertThat(proxy.connections()).isEqualTo(1);
        }
        eventually(() -> proxy.connections() == 0 && node.connections() == 0);
        assertThat(proxy.accepted()).isEqualTo(1);
        assertThat(proxy.bytesToServer()).isGreaterThan(1_000_000);
        assertThat(proxy.bytesToClient()).isGreaterThan(1_000_000);
    }

    @Test
    void holdsEverythingBackDuringAStallAndReleasesItWhenHealed() throws Exception {
        try (RawClient client = RawClient.to(proxy.endpoint())) {
            proxy.stall();
            client.call(1, "m", "held back");
            assertSilent(client);
            assertThat(node.calls("m")).isZero();
            proxy.heal();
            assertThat(client.values()).isEqualTo(List.of("held back"));
            proxy.stallReplies();
            client.call(2, "m", "executed");
            eventually(() -> node.calls("m") == 2);
            assertSilent(client);
            proxy.heal();
            assertThat(client.values()).isEqualTo(List.of("executed"));
        }
    }

    @Test
    void delaysWithoutReducingThroughput() throws Exception {
        try (RawClient client = RawClient.to(proxy.endpoint())) {
            proxy.delay(Duration.ofHours(1), Duration.ZERO);
            client.call(1, "m", 1).call(2, "m", 2);
            assertSilent(client);
            long start = System.nanoTime();
            proxy.delay(Duration.ofMillis(100));
            for (int sync = 3; sync <= 300; sync++) {
                client.call(sync, "m", sync);
            }
            for (int sync = 1; sync <= 300; sync++) {
                client.read();
            }
            // one delay each way for all of them, not one for each: 300 one after another would take a minute
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(200), Duration.ofMinutes(1));
        }
    }

    @Test
    void tricklesByteByByte() throws Exception {
        try (RawClient client = RawClient.to(proxy.endpoint())) {
            long before = proxy.bytesToServer();
            proxy.trickle(1, Duration.ofHours(1));
            client.call(1, "m", "slow");
            eventually(() -> proxy.bytesToServer() == before + 1);
            proxy.trickle(3, Duration.ofMillis(1));
            assertThat(client.values()).isEqualTo(List.of("slow"));
            assertThatThrownBy(() -> proxy.trickle(0, Duration.ZERO)).hasMessageContaining("at least 1");
        }
    }

    @Test
    void cutsWithFinAndResetsWithRst() throws Exception {
        try (RawClient client = RawClient.to(proxy.endpoint())) {
            proxy.cut();
            assertThat(client.readByte()).isEqualTo(-1);
        }
        try (RawClient client = RawClient.to(proxy.endpoint())) {
            proxy.reset();
            assertThatThrownBy(client::readByte).isInstanceOf(SocketException.class);
        }
        eventually(() -> proxy.connections() == 0 && node.connections() == 0);
    }

    @Test
    void refusesNewConnectionsUntilHealed() throws Exception {
        try (RawClient client = RawClient.to(proxy.endpoint())) {
            proxy.refuse();
            assertThatThrownBy(() -> RawClient.to(proxy.endpoint())).isInstanceOf(ConnectException.class);
            assertThat(client.call(1, "m", 1).values()).isEqualTo(List.of(1L));
            proxy.heal();
            RawClient.to(proxy.endpoint()).close();
        }
    }

    @Test
    void passesOnHowTheServerEndsAConnection() throws Exception {
        node.closeOn("fin").resetOn("rst");
        try (RawClient client = RawClient.to(proxy.endpoint())) {
            assertThat(client.call(1, "fin").readByte()).isEqualTo(-1);
        }
        try (RawClient client = RawClient.to(proxy.endpoint())) {
            client.call(1, "rst");
            assertThatThrownBy(client::readByte).isInstanceOf(SocketException.class);
        }
        node.stopListening();
        assertThatThrownBy(() -> RawClient.to(proxy.endpoint())).isInstanceOf(IOException.class);
    }

    @Test
    void leavesNothingBehindAfterCloseDuringAStall() throws Exception {
        try (RawClient client = RawClient.to(proxy.endpoint())) {
            proxy.stall();
            client.call(1, "m");
            proxy.close();
            proxy.close();
            assertThat(proxy.connections()).isZero();
            assertThat(client.readByte()).isEqualTo(-1);
        }
    }

    private static void assertSilent(RawClient client) throws Exception {
        client.socket.setSoTimeout(50);
        assertThatThrownBy(client::readByte).isInstanceOf(SocketTimeoutException.class);
        client.socket.setSoTimeout(60_000);
    }

    private static void eventually(java.util.function.BooleanSupplier condition) {
        Waiting.until(() -> "condition not met", condition);
    }
}
