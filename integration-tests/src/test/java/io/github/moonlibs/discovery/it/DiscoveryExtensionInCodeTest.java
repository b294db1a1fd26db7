package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Naming;
import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.junit.DiscoveryExtension;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The extension of JUnit as it is set up in code. */
class DiscoveryExtensionInCodeTest {
    record Place(String streetName) {}

    @RegisterExtension
    static final DiscoveryExtension NODES = new DiscoveryExtension(3)
            .eachNode(node -> node.announce("places.get", 1, true)
                    .answer("places.get", arguments -> List.of(Map.of("street_name", "High St"))))
            .client(options -> options.naming(Naming.SNAKE_CASE).callOptions(Clients.PATIENT));

    @Test
    void nodesAndClientAreAsSetUp(DiscoveryClient client, List<FakeNode> nodes) {
        assertThat(nodes).hasSize(3);
        assertThat(client.call("places.get", Place.class)).isEqualTo(new Place("High St"));
    }
}
