package io.github.moonlibs.discovery.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.spi.ClientObserver.AttemptEnded;
import io.github.moonlibs.discovery.spi.ClientObserver.CallEnded;
import io.github.moonlibs.discovery.spi.ClientObserver.CallStarted;
import io.github.moonlibs.discovery.spi.ClientObserver.Connected;
import io.github.moonlibs.discovery.spi.ClientObserver.DiscoveryEnded;
import io.github.moonlibs.discovery.spi.ClientObserver.RepliedLate;
import io.github.moonlibs.discovery.spi.ClientObserver.StateChanged;
import io.github.moonlibs.discovery.spi.ClientObserver.TopologyChanged;
import io.github.moonlibs.discovery.spi.ClientObserver.TopologyFailed;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Applications log events, and what is in them comes from servers and topologies. */
class ClientObserverTest {
    private static final String EVIL = "a\r\nWARNING forged\u001b[2J\u0007\u009b\u202e";
    private static final Endpoint ENDPOINT = Endpoint.parse("app:secret@10.0.0.1:3301");

    static Stream<Record> events() {
        return Stream.of(EVIL, EVIL + "x".repeat(1_000_000)).flatMap(text -> {
            Instance node = Instance.of(text, ENDPOINT);
            return Stream.of(
                    new CallStarted(text),
                    new CallEnded(text, 1, node, 2, 3, new IllegalStateException(text)),
                    new AttemptEnded(text, node, 1, AttemptException.Kind.TIMEOUT),
                    new RepliedLate(node),
                    new StateChanged(node, State.CONNECTING, State.DOWN, text),
                    new Connected(node, 1),
                    new DiscoveryEnded(node, 1, text),
                    new TopologyChanged(List.of(node), Collections.nCopies(100_000, node)),
                    new TopologyFailed(text));
        });
    }

    @ParameterizedTest
    @MethodSource("events")
    void theTextOfAnEventIsOneShortLine(Record event) {
        assertThat(event.toString())
                .startsWith(event.getClass().getSimpleName() + "[")
                .contains("a\\r\\nWARNING forged\\u001b[2J\\u0007\\u009b\\u202e")
                .doesNotContain("secret")
                .hasSizeLessThan(1_500)
                .matches(text -> text.chars().noneMatch(Character::isISOControl), "has no control character")
                .doesNotContain("\u202e");
    }

    @Test
    void theTextOfAnEventHasWhatItHas() {
        Instance node = Instance.of("a", ENDPOINT);

        assertThat(Stream.of(
                                new CallStarted("m"),
                                new CallEnded("m", 1, null, 2, 3, null),
                                new AttemptEnded("m", node, 1, null),
                                new StateChanged(node, State.CONNECTING, State.DOWN, "refused"),
                                new DiscoveryEnded(node, 1, "refused"),
                                new TopologyChanged(List.of(node), List.of()),
                                new TopologyChanged(Collections.nCopies(11, node), List.of()),
                                new TopologyFailed("refused"))
                        .map(Record::toString))
                .containsExactly(
                        "CallStarted[method=m]",
                        "CallEnded[method=m, durationNanos=1, answeredBy=null, retries=2, hedges=3, failure=null]",
                        "AttemptEnded[method=m, node=a (10.0.0.1:3301), durationNanos=1, failureKind=null]",
                        "StateChanged[node=a (10.0.0.1:3301), from=connecting, to=down, reason=refused]",
                        "DiscoveryEnded[node=a (10.0.0.1:3301), durationNanos=1, failure=refused]",
                        "TopologyChanged[added=[a (10.0.0.1:3301)], removed=[]]",
                        "TopologyChanged[added=11, the first of them ["
                                + String.join(", ", Collections.nCopies(10, "a (10.0.0.1:3301)")) + "], removed=[]]",
                        "TopologyFailed[message=refused]");
    }
}
