package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot.Delivery;
import io.github.moonlibs.discovery.spi.ClientObserver;
import io.github.moonlibs.discovery.testkit.FakeCall;
import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client makes of events with announcements, on the wire. */
@Timeout(300)
class PushedAnnouncementsTest {
    private static final String KEY = "api.discovery";
    private static final Duration NEVER = Duration.ofDays(1);

    private final FakeNode node = FakeNode.start();

    /** Is asked all the time: what it counts is what the time is measured by. */
    private final FakeNode clock = FakeNode.start().announce("tick", 1, true);

    private final List<DiscoveryClient> clients = new ArrayList<>();

    @AfterEach
    void close() {
        clients.forEach(DiscoveryClient::close);
        node.close();
        clock.close();
    }

    private DiscoveryClient client(ClientOptions.Builder options) {
        DiscoveryClient client =
                options.endpoints(node.endpoint(), clock.endpoint()).connect();
        clients.add(client);
        awaitServed(client, "m", 1);
        awaitServed(client, "tick", 1);
        return client;
    }

    private static Map<String, Object> announcement(long seq, String... methods) {
        return announcement(seq, Stream.of(methods));
    }

    private static Map<String, Object> announcement(long seq, Stream<String> methods) {
        Map<String, Object> entries = new LinkedHashMap<>();
        methods.forEach(method -> entries.put(method, Map.of("weight", 1, "retriable", true)));
        return Map.of("methods", entries, "order", order(seq));
    }

    private static Map<String, Object> order(long seq) {
        return Map.of("instance", "c1b0", "seq", seq);
    }

    /** A client that the node pushes to. */
    private DiscoveryClient fed(ClientOptions.Builder options) {
        node.announceRaw(announcement(1, "m"));
        DiscoveryClient client = client(options);
        node.announceRaw(announcement(2, "m", "pushed"));
        node.broadcast(KEY, announcement(2, "m", "pushed"));
        awaitServed(client, "pushed", 1);
        awaitDelivery(client, Delivery.PUSHED);
        return client;
    }

    private void awaitDelivery(DiscoveryClient client, Delivery delivery) {
        Waiting.until(
                () -> "announcements that are " + delivery + ": " + client.topology(),
                () -> client.topology().nodes().stream()
                        .anyMatch(each -> each.instance().endpoint().address().equals(node.endpoint())
                                && each.delivery() == delivery));
    }

    /** Waits for as long as a node takes to be asked twenty times by a client that asks every interval. */
    private void letTimePass() {
        long enough = clock.calls(KEY) + 20;
        Waiting.until("some intervals", () -> clock.calls(KEY) > enough);
    }

    private void awaitQuestions(int more) {
        long enough = node.calls(KEY) + more;
        Waiting.until("questions", () -> node.calls(KEY) >= enough);
    }

    @Test
    void aPushedAnnouncementIsRoutedWithoutAQuestion() {
        node.announceRaw(announcement(1, "m"));
        DiscoveryClient client =
                client(Clients.patient().discoveryInterval(NEVER).heartbeatInterval(NEVER));
        for (int seq = 2; seq < 50; seq++) {
            node.broadcast(KEY, announcement(seq, "m", "n" + seq));
            awaitServed(client, "n" + seq, 1);
            awaitServed(client, "n" + (seq - 1), 0);
        }
        assertThat(node.calls(KEY)).isEqualTo(1);
    }

    @Test
    void anAnswerThatIsOlderThanAPushAndArrivesAfterItChangesNothing() throws InterruptedException {
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
        DiscoveryClient client = fed(Clients.patient().observer(observer).heartbeatInterval(Duration.ofMillis(100)));
        opened.set(client);
        BlockingQueue<FakeCall> questions = new LinkedBlockingQueue<>();
        node.on(KEY, questions::put);
        FakeCall question = questions.take();

        node.broadcast(KEY, announcement(4, "m", "newest"));
        awaitServed(client, "newest", 1);
        question.reply(announcement(3, "m", "late"));
        // the next question proves that the answer has been looked at
        questions.take().reply(announcement(4, "m", "newest"));
        node.heal(KEY).announceRaw(announcement(5, "m", "last"));
        node.broadcast(KEY, announcement(5, "m", "last"));
        // a table is published before it is reported
        Waiting.until(() -> "the last table is reported: " + routed, () -> routed.contains("last"));
        assertThat(routed).contains("newest").doesNotContain("late");
    }

    @Test
    void aServerThatPushesIsAskedByTheHeartbeatAlone() {
        DiscoveryClient client = fed(Clients.patient().heartbeatInterval(NEVER));
        // a question may have been under way
        long before = node.calls(KEY) + 1;
        letTimePass();
        node.broadcast(KEY, announcement(3, "m", "more"));
        awaitServed(client, "more", 1);
        letTimePass();
        assertThat(node.calls(KEY)).isLessThanOrEqualTo(before);
    }

    @Test
    void aServerThatPushesNoMoreAfterARestartIsAskedEveryIntervalAgain() {
        DiscoveryClient client = fed(Clients.patient().heartbeatInterval(NEVER).reconnectDelay(Duration.ofMillis(1)));
        node.announceRaw(announcement(1, "m", "restarted"));
        node.restart();
        awaitServed(client, "restarted", 1);
        awaitQuestions(10);
        awaitDelivery(client, Delivery.ASKED);

        // counts anew, and pushes again
        node.announceRaw(announcement(2, "m", "again"));
        node.broadcast(KEY, announcement(2, "m", "again"));
        awaitServed(client, "again", 1);
        awaitDelivery(client, Delivery.PUSHED);
    }

    @Test
    void aBroadcastThatSaysNothingOfAnOrderEndsThePushing() {
        DiscoveryClient client = fed(Clients.patient().heartbeatInterval(NEVER));
        node.announceRaw(announcement(3, "m", "asked"));
        node.broadcast(KEY, Map.of());
        awaitServed(client, "asked", 1);
        awaitDelivery(client, Delivery.ASKED);
        awaitQuestions(10);
    }

    @Test
    void aLargeAnnouncementIsPushedAsAVersionThatEachClientFetchesOnce() {
        int many = 10;
        node.announceRaw(announcement(1, "m"));
        for (int i = 0; i < many; i++) {
            client(Clients.patient().discoveryInterval(NEVER).heartbeatInterval(NEVER));
        }
        assertThat(node.calls(KEY)).isEqualTo(many);

        String[] methods = IntStream.range(0, 200).mapToObj(i -> "large" + i).toArray(String[]::new);
        node.announceRaw(announcement(2, Stream.concat(Stream.of("m"), Arrays.stream(methods))));
        node.broadcast(KEY, Map.of("order", order(2), "spread", 0.05));
        clients.forEach(client -> awaitServed(client, "large199", 1));
        assertThat(node.calls(KEY)).isEqualTo(2L * many);
    }
}
