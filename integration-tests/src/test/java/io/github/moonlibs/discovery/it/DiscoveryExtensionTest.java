package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Name;
import io.github.moonlibs.discovery.TypeRef;
import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.junit.Announce;
import io.github.moonlibs.discovery.testkit.junit.DiscoveryTest;
import io.github.moonlibs.discovery.testkit.junit.Node;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The extension of JUnit that users' tests have, used as they use it. */
@DiscoveryTest(nodes = 2)
@Announce("users.get")
@Announce(value = "users.insert", retriable = false, nodes = 1)
class DiscoveryExtensionTest {
    record User(@Name("uid") long id, String name, LocalDate born) {}

    private static final User ANN = new User(42, "Ann", LocalDate.parse("1990-02-03"));

    @BeforeEach
    void answer(List<FakeNode> nodes) {
        nodes.forEach(node -> node.answer("users.get", arguments -> List.of(ANN)));
    }

    @Test
    void aTestHasAClientOfNodesThatServe(DiscoveryClient client, List<FakeNode> nodes) {
        assertThat(nodes).hasSize(2);
        assertThat(client.routing().routes("users.get")).hasSize(2);
        assertThat(client.routing().routes("users.insert"))
                .singleElement()
                .satisfies(route -> assertThat(route.node().endpoint().address())
                        .isEqualTo(nodes.get(1).endpoint()));
        assertThat(client.call("users.get", List.of(42), Clients.PATIENT, User.class))
                .isEqualTo(ANN);
    }

    @Test
    void aRecordInAnAnswerIsSentAsTheLibrarySendsIt(DiscoveryClient client) {
        assertThat(client.call("users.get", List.of(42), Clients.PATIENT, new TypeRef<Map<String, Object>>() {}))
                .containsOnlyKeys("uid", "name", "born")
                .containsEntry("uid", 42L);
    }

    @Test
    @Announce("users.count")
    void aTestMayAnnounceMoreAndHasFreshNodes(@Node(1) FakeNode second, FakeNode first, DiscoveryClient client) {
        assertThat(second.calls("users.get") + first.calls("users.get")).isZero();
        assertThat(client.routing().routes("users.count")).hasSize(2);
    }

    @Nested
    class InANestedClass {
        @Test
        void theSameHolds(DiscoveryClient client) {
            assertThat(client.call("users.get", List.of(42), Clients.PATIENT, User.class))
                    .isEqualTo(ANN);
        }
    }
}
