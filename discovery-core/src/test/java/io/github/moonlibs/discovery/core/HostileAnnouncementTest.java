package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static io.github.moonlibs.discovery.core.Cluster.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.NoRouteException;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.TarantoolError;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node announces to do harm costs that node, and neither the log nor the client. */
@NullUnmarked
@Timeout(120)
class HostileAnnouncementTest {
    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1");
    private final MemoryNode b = cluster.node("b:1");

    @AfterEach
    void close() {
        cluster.close();
    }

    /** Announces other methods each time. */
    private void announceAnew(int count, String prefix, Map<String, Object> entry, String good) {
        AtomicInteger round = new AtomicInteger();
        a.behave(MemoryNode.DISCOVERY, (arguments, reply) -> {
            Map<String, Object> methods = new LinkedHashMap<>();
            int number = round.incrementAndGet();
            for (int i = 0; i < count; i++) {
                methods.put(prefix + number + "_" + i, entry);
            }
            methods.put(good, Map.of("weight", 1L));
            reply.complete(List.of(Map.of("methods", methods)));
        });
    }

    @Test
    void problemsOfAnAnnouncementAreAFewAndACountHoweverOftenTheyChange() {
        announceAnew(20_000, "bad", Map.of("weight", -1L), "good");
        try (LogLines lines = new LogLines()) {
            var client = cluster.client(a);
            awaitServed(client, "good", 1);
            await("announcements", () -> a.calls(MemoryNode.DISCOVERY) >= 20);

            assertThat(lines.with("announcement: "))
                    .hasSizeBetween(2, 10)
                    .contains(
                            "a:1: announcement: method bad1_0 left out: expected a finite number of at least 0 as its"
                                    + " weight, got -1",
                            "a:1: announcement: and 19995 more problems, 20000 in all");
        }
    }

    @Test
    void aCrowdOfMethodsEndsOneRoundWithASentence() {
        AtomicInteger asked = new AtomicInteger();
        Map<String, Object> crowd = new LinkedHashMap<>();
        for (int i = 0; i < 600_000; i++) {
            crowd.put("m" + i, Map.of());
        }
        a.behave(MemoryNode.DISCOVERY, (arguments, reply) -> {
            asked.incrementAndGet();
            reply.complete(List.of(Map.of("methods", crowd)));
        });
        b.announce("m", 1, true);
        var client = cluster.client(a, b);

        awaitServed(client, "m", 1);
        awaitState(client, a, State.SILENT);
        assertThat(snapshot(client, a).reason()).contains("api.discovery failed: expected a");
        await("it is asked again", () -> asked.get() > 3);
        a.announceRaw(Map.of("methods", Map.of("m", Map.of())));
        awaitServed(client, "m", 2);
    }

    @Test
    void anErrorThatIsLongAndAlwaysAnotherOneIsAFewShortLines() {
        AtomicInteger number = new AtomicInteger();
        a.behave(MemoryNode.DISCOVERY, (arguments, reply) -> {
            String message = "error " + number.incrementAndGet() + "\n\u001b[2Jforged " + "x".repeat(1_000_000);
            reply.completeExceptionally(new ServerException(
                    "a:1", new TarantoolError(32, "LuajitError", message, "", 0, 0, Map.of(), null)));
        });
        try (LogLines lines = new LogLines()) {
            var client = cluster.client(a);
            await("failures", () -> number.get() >= 50);

            assertThat(lines.with("a:1 is silent"))
                    .hasSizeBetween(1, 4)
                    .allMatch(line -> line.length() < 1_000)
                    .noneMatch(line -> line.contains("\n") || line.contains("\u001b"));
            assertThat(snapshot(client, a).reason()).hasSizeLessThan(1_000).contains("\\n\\u001b[2Jforged");
        }
    }

    @Test
    void aDiscoveryThatFlapsIsAFewLines() {
        AtomicInteger asked = new AtomicInteger();
        a.behave(MemoryNode.DISCOVERY, (arguments, reply) -> {
            if (asked.incrementAndGet() % 2 == 0) {
                reply.complete(Arrays.asList((Object) null));
            } else {
                reply.complete(List.of(Map.of("methods", Map.of("m", Map.of()))));
            }
        });
        try (LogLines lines = new LogLines()) {
            var client = cluster.client(a);
            await("a hundred changes", () -> asked.get() >= 100);
            assertThat(lines.with("a:1 is ")).hasSizeBetween(2, 10);
            client.close();

            assertThat(lines.with("more like it in the last minute")).isNotEmpty();
            assertThat(lines.with("a:1 is closed")).hasSize(1);
        }
    }

    @Test
    void whoeverAsksForAMethodThatIsAnnouncedWronglyIsToldSo() {
        a.announceRaw(Map.of("methods", Map.of("good", Map.of(), "bad", Map.of("weight", -1L))));
        var client = cluster.client(a);
        awaitServed(client, "good", 1);
        String why = "expected a finite number of at least 0 as its weight, got -1";

        assertThat(client.snapshot().why("bad", a.instance())).isEqualTo("a:1 announces bad, but not rightly: " + why);
        assertThatThrownBy(() ->
                        client.call("bad", List.of(), CallOptions.defaults().withFailFast(true)))
                .isInstanceOf(NoRouteException.class)
                .hasMessageContaining("a:1 announces it, but not rightly: " + why);
    }
}
