package io.github.moonlibs.discovery.core.node;

import static io.github.moonlibs.discovery.core.Cluster.async;
import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static io.github.moonlibs.discovery.core.Cluster.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.moonlibs.discovery.Announcement;
import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot.Delivery;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.core.Cluster;
import io.github.moonlibs.discovery.core.MemoryNode;
import io.github.moonlibs.discovery.core.Promise;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How announcements come, asked for and pushed. */
@Timeout(120)
class FeedTest {
    private static final String KEY = MemoryNode.DISCOVERY;
    private static final String STATUS = "box.status";
    private static final Duration NEVER = Duration.ofDays(1);
    private static final CallOptions PATIENT = CallOptions.defaults().withTimeout(Cluster.BOUND);

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1").announce("m", 1, true);

    /** Is asked all the time: what it counts is what the time is measured by. */
    private final MemoryNode clock = cluster.node("clock:1").announce("tick", 1, true);

    @AfterEach
    void close() {
        cluster.close();
    }

    private static Map<String, Object> announcement(long seq, String... methods) {
        Map<String, Object> entries = new LinkedHashMap<>();
        Arrays.stream(methods).forEach(method -> entries.put(method, Map.of("weight", 1L, "retriable", true)));
        return Map.of("methods", entries, "order", order(seq));
    }

    private static Map<String, Object> order(long seq) {
        return Map.of("instance", "c1b0", "seq", seq);
    }

    private DiscoveryClient clientThatNeverAsksTwice() {
        DiscoveryClient client = cluster.client(options -> options.discoveryInterval(NEVER), a);
        awaitServed(client, "m", 1);
        return client;
    }

    /** Waits for as long as a node takes to be asked so often that is asked every interval. */
    private void letTimePass() {
        int before = clock.calls(KEY);
        await("some intervals", () -> clock.calls(KEY) > before + 20);
    }

    @Test
    @Promise("Announcement 7: the hint")
    void aChangeOfTheStatusMakesTheClientAskAtOnce() {
        a.broadcast(STATUS, Map.of("is_ro", false));
        DiscoveryClient client = clientThatNeverAsksTwice();
        assertThat(a.calls(KEY))
                .as("the status that it has at first is no change")
                .isEqualTo(1);

        for (String method : List.of("n", "o", "p")) {
            a.announce(method, 1, true);
            a.broadcast(STATUS, Map.of("is_ro", true));
            awaitServed(client, method, 1);
        }
    }

    @Test
    @Promise("Announcement 7: the hint")
    void hintsThatComeDuringAQuestionAreOneMore() {
        DiscoveryClient client = clientThatNeverAsksTwice();
        Queue<CompletableFuture<List<@Nullable Object>>> held = new ConcurrentLinkedQueue<>();
        a.behave(KEY, (arguments, reply) -> held.add(reply));
        a.broadcast(STATUS, 1);
        await("a question", () -> held.size() == 1);
        for (int i = 0; i < 100; i++) {
            a.broadcast(STATUS, i);
        }
        assertThat(held).as("questions under way").hasSize(1);

        held.remove().complete(List.of(announcement(1, "m", "n")));
        awaitServed(client, "n", 1);
        await("another question", () -> held.size() == 1);
        held.remove().complete(List.of(announcement(2, "m", "o")));
        awaitServed(client, "o", 1);
        assertThat(a.calls(KEY)).isEqualTo(3);
    }

    @Test
    @Promise("Announcement 7: pushed announcements")
    void aWholeAnnouncementThatIsPushedIsRoutedWithoutAQuestion() {
        a.announceRaw(announcement(1, "m"));
        DiscoveryClient client = clientThatNeverAsksTwice();
        for (int seq = 2; seq < 20; seq++) {
            a.broadcast(KEY, announcement(seq, "m", "n" + seq));
            awaitServed(client, "n" + seq, 1);
        }
        a.broadcast(KEY, announcement(18, "m", "older"));
        a.broadcast(KEY, announcement(20, "m", "newest"));
        awaitServed(client, "newest", 1);
        assertThat(client.routing().routes("older")).isEmpty();
        assertThat(client.routing().routes("n19")).isEmpty();
        assertThat(a.calls(KEY)).isEqualTo(1);
        assertThat(snapshot(client, a).announcement())
                .extracting(Announcement::attributes)
                .isEqualTo(Map.of("order", order(20)));
    }

    @Test
    @Promise("Announcement 7: pushed announcements")
    void aVersionThatIsPushedIsAskedForOnce() {
        a.announceRaw(announcement(1, "m"));
        DiscoveryClient client = clientThatNeverAsksTwice();
        a.broadcast(KEY, Map.of("order", order(1)));
        a.announceRaw(announcement(2, "m", "n"));
        a.broadcast(KEY, Map.of("order", order(2), "spread", 0.01));
        awaitServed(client, "n", 1);
        assertThat(a.calls(KEY)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no order", "a malformed order", "no map", "methods that are none"})
    @Promise("Announcement 7: pushed announcements")
    void whatIsPushedWithoutAnOrderIsAHint(String what) {
        DiscoveryClient client = clientThatNeverAsksTwice();
        a.announce("n", 1, true);
        a.broadcast(
                KEY,
                switch (what) {
                    case "no order" -> Map.of("methods", Map.of("x", Map.of()));
                    case "a malformed order" -> Map.of("methods", Map.of(), "order", Map.of("seq", -1L));
                    case "methods that are none" -> Map.of("methods", "x", "order", order(1));
                    default -> 7L;
                });
        awaitServed(client, "n", 1);
        assertThat(client.routing().routes("x")).isEmpty();
    }

    @Test
    @Promise("Announcement 7")
    void anAnswerThatAPushHasOvertakenChangesNothing() {
        a.announceRaw(announcement(1, "m"));
        Set<String> routed = ConcurrentHashMap.newKeySet();
        AtomicReference<@Nullable DiscoveryClient> opened = new AtomicReference<>();
        ClientObserver observer = new ClientObserver() {
            @Override
            public void routingChanged(RoutingChanged event) {
                DiscoveryClient client = opened.get();
                if (client != null) {
                    routed.addAll(client.routing().routes().keySet());
                }
            }
        };
        DiscoveryClient client = cluster.client(options -> options.observer(observer), a);
        opened.set(client);
        awaitServed(client, "m", 1);
        Queue<CompletableFuture<List<@Nullable Object>>> held = new ConcurrentLinkedQueue<>();
        a.behave(KEY, (arguments, reply) -> held.add(reply));
        await("a question", () -> held.size() == 1);

        a.broadcast(KEY, announcement(3, "pushed"));
        a.announceRaw(announcement(3, "pushed"));
        held.remove().complete(List.of(announcement(2, "m", "late")));
        awaitServed(client, "pushed", 1);
        int before = a.calls(KEY);
        a.broadcast(STATUS, 1);
        a.hang("pushed");
        try (var hanging = new Hanging(client, "pushed")) {
            hanging.start();
            await("other questions", () -> a.calls(KEY) > before + 2);
        }
        assertThat(routed).contains("pushed").doesNotContain("late");
    }

    /** A call that is unanswered until this is closed. */
    private static final class Hanging implements AutoCloseable {
        private final Thread caller;

        Hanging(DiscoveryClient client, String method) {
            caller = Thread.ofVirtual().unstarted(() -> {
                try {
                    client.call(method, List.of(), PATIENT);
                } catch (RuntimeException interrupted) {
                    // the test is over
                }
            });
        }

        void start() {
            caller.start();
        }

        @Override
        public void close() {
            caller.interrupt();
            try {
                assertThat(caller.join(Cluster.BOUND)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private DiscoveryClient fedClient() {
        return fedClient(Cluster.BOUND);
    }

    private DiscoveryClient fedClient(Duration discoveryTimeout) {
        a.announceRaw(announcement(1, "m"));
        DiscoveryClient client = cluster.client(
                options -> options.heartbeatInterval(NEVER).discoveryTimeout(discoveryTimeout), a, clock);
        awaitServed(client, "m", 1);
        awaitServed(client, "tick", 1);
        a.broadcast(KEY, announcement(2, "m", "pushed"));
        awaitServed(client, "pushed", 1);
        return client;
    }

    @Test
    void aSnapshotSaysWhetherANodesAnnouncementsArePushed() {
        DiscoveryClient client = fedClient();
        await("pushes", () -> snapshot(client, a).delivery() == Delivery.PUSHED);
        assertThat(snapshot(client, clock).delivery()).isEqualTo(Delivery.ASKED);
        assertThat(client.snapshot().toJson()).contains("\"delivery\":\"pushed\"", "\"delivery\":\"asked\"");

        // its answers are newer than its pushes; a hint that comes sooner is one of what was pushed
        letTimePass();
        a.announceRaw(announcement(3, "m", "asked"));
        a.broadcast(STATUS, 1);
        await("questions", () -> snapshot(client, a).delivery() == Delivery.ASKED);

        a.refuseConnections(AttemptException.notSent("refused", null));
        a.cut();
        await("no connection", () -> snapshot(client, a).delivery() == null);
        assertThat(client.snapshot().toJson()).contains("\"delivery\":null", "\"delivery\":\"asked\"");
    }

    @Test
    @Promise("Announcement 7: the heartbeat")
    void aServerThatPushesIsNotAskedEveryInterval() {
        DiscoveryClient client = fedClient();
        a.announceRaw(announcement(2, "m", "pushed"));
        int before = a.calls(KEY);
        letTimePass();
        assertThat(a.calls(KEY)).isLessThanOrEqualTo(before + 1);

        a.broadcast(KEY, announcement(3, "m", "more"));
        awaitServed(client, "more", 1);
        assertThat(a.calls(KEY)).isLessThanOrEqualTo(before + 1);
    }

    @Test
    @Promise("Announcement 7: the heartbeat")
    void aServerThatPushesIsAskedWhileCallsAreUnansweredAndNothingArrives() {
        DiscoveryClient client = fedClient();
        a.announceRaw(announcement(2, "m", "pushed"));
        int before = a.calls(KEY);
        a.hang("m");
        try (var hanging = new Hanging(client, "m")) {
            hanging.start();
            await("questions", () -> a.calls(KEY) > before + 5);
        }
    }

    @Test
    @Promise("Announcement 7: the heartbeat")
    void aServerThatHasPushedIsAskedEveryIntervalAfterAFailure() {
        DiscoveryClient client = fedClient();
        a.fail(KEY, 32);
        a.hang("m");
        try (var hanging = new Hanging(client, "m")) {
            hanging.start();
            awaitState(client, a, State.SILENT);
        }
        // a push doesn't prove that calls are answered
        a.broadcast(KEY, announcement(3, "m", "more"));
        int before = a.calls(KEY);
        await("questions", () -> a.calls(KEY) > before + 5);
        assertThat(client.routing().routes("more")).isEmpty();

        a.announceRaw(announcement(3, "m", "more"));
        awaitServed(client, "more", 1);
        int healed = a.calls(KEY);
        letTimePass();
        assertThat(a.calls(KEY)).isLessThanOrEqualTo(healed + 1);
    }

    @Test
    @Promise("Announcement 7: the heartbeat")
    void aServerWhoseAnswersAreNewerThanItsPushesIsAskedEveryInterval() {
        DiscoveryClient client = fedClient();
        a.announceRaw(announcement(3, "m", "asked"));
        // a change of the status that comes with a push needs no question
        letTimePass();
        a.broadcast(STATUS, 1);
        awaitServed(client, "asked", 1);
        int before = a.calls(KEY);
        await("questions", () -> a.calls(KEY) > before + 5);

        a.broadcast(KEY, announcement(3, "m", "asked"));
        letTimePass();
        int settled = a.calls(KEY);
        letTimePass();
        assertThat(a.calls(KEY)).isLessThanOrEqualTo(settled + 1);
    }

    @Test
    void aNodeThatFailsInTheMiddleOfItsPushesIsFoundByItsCalls() {
        DiscoveryClient client = fedClient(Duration.ofSeconds(1));
        a.hang(KEY);
        a.hang("m");
        var call =
                async(() -> client.call("m", List.of(), CallOptions.defaults().withTimeout(Duration.ofSeconds(5))));
        await("another connection", () -> a.connects() >= 2);
        assertThat(call).failsWithin(Cluster.BOUND);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void anOrderIsAnyWholeNumberInWhicheverFormItComes(Object seq, boolean isOne) {
        AnnouncementOrder order = AnnouncementOrder.of(Map.of("order", Map.of("instance", "i", "seq", seq)));
        assertThat(order != null).isEqualTo(isOne);
    }

    static Stream<Arguments> orders() {
        return Stream.of(
                arguments(7L, true),
                arguments(0L, true),
                arguments(7.0, true),
                arguments(BigInteger.TWO.pow(63), true),
                arguments(-1L, false),
                arguments(7.5, false),
                arguments(Double.NaN, false),
                arguments(Double.POSITIVE_INFINITY, false),
                arguments("7", false));
    }
}
