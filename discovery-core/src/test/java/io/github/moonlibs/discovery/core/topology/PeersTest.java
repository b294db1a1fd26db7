package io.github.moonlibs.discovery.core.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.core.Promise;
import io.github.moonlibs.discovery.core.topology.PeerList.NoPeersException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which member is where, by what the members a, b and c list, and by where they answer. */
class PeersTest {
    private static final Endpoint ONE = Endpoint.parse("one:1");
    private static final Endpoint TWO = Endpoint.parse("two:1");
    private static final Endpoint THREE = Endpoint.parse("three:1");
    private static final Endpoint FOUR = Endpoint.parse("four:1");
    private static final Endpoint BALANCER = Endpoint.parse("service:1");

    private final Peers peers = new Peers();

    private static PeerList list(String own, Map<String, Endpoint> addresses) {
        return new PeerList(own, "set", Set.of("a", "b", "c"), addresses);
    }

    private Map<String, Endpoint> known() {
        return peers.instances().stream()
                .collect(Collectors.toMap(
                        instance -> String.valueOf(instance.labels().get("uuid")), Instance::endpoint));
    }

    @Test
    @Promise("Topology 4")
    void twoThatHaveAnsweredMaySwapTheirAddresses() throws NoPeersException {
        peers.accept(list("a", Map.of("b", TWO)), ONE);
        peers.accept(list("b", Map.of("a", ONE)), TWO);
        peers.accept(list("a", Map.of("b", TWO)), ONE);

        peers.accept(list("b", Map.of("a", TWO)), ONE);
        assertThat(known()).isEqualTo(Map.of("a", TWO, "b", ONE));
    }

    @Test
    void twoThatAThirdOneListsMaySwapTheirAddresses() throws NoPeersException {
        peers.accept(list("a", Map.of("b", TWO, "c", THREE)), ONE);
        peers.accept(list("c", Map.of("a", ONE, "b", TWO)), THREE);

        peers.accept(list("c", Map.of("a", TWO, "b", ONE)), THREE);
        assertThat(known()).isEqualTo(Map.of("a", ONE, "b", TWO, "c", THREE));
        assertThat(peers.worthAsking()).containsExactlyInAnyOrder(ONE, TWO);
        assertThat(peers.confirm(list("a", Map.of()), TWO)).isTrue();
        assertThat(known()).isEqualTo(Map.of("a", TWO, "b", ONE, "c", THREE));
        assertThat(peers.worthAsking()).isEmpty();
    }

    @Test
    void threeMayEachTakeTheAddressOfTheNext() throws NoPeersException {
        peers.accept(list("a", Map.of("b", TWO, "c", THREE)), ONE);
        peers.accept(list("b", Map.of("a", ONE, "c", THREE)), TWO);
        peers.accept(list("c", Map.of("a", ONE, "b", TWO)), THREE);

        peers.accept(list("c", Map.of("a", TWO, "b", THREE)), ONE);
        assertThat(known()).isEqualTo(Map.of("a", TWO, "b", THREE, "c", ONE));
    }

    @Test
    void aMemberThatTakesTheAddressOfOneThatMovedLosesItsOwn() throws NoPeersException {
        peers.accept(list("c", Map.of("a", ONE, "b", TWO, "c", THREE)), THREE);

        peers.accept(list("c", Map.of("a", FOUR, "b", ONE, "c", THREE)), THREE);
        assertThat(peers.worthAsking()).containsExactlyInAnyOrder(FOUR, ONE);
        assertThat(peers.confirm(list("b", Map.of()), ONE)).isTrue();
        assertThat(known()).isEqualTo(Map.of("a", FOUR, "b", ONE, "c", THREE));
    }

    @Test
    @Promise("Topology 4")
    void whatAnotherOneListsElsewhereStaysUntilItAnswersThere() throws NoPeersException {
        peers.accept(list("a", Map.of("b", TWO, "c", THREE)), ONE);

        peers.accept(list("b", Map.of("a", ONE, "c", FOUR)), TWO);
        assertThat(known()).isEqualTo(Map.of("a", ONE, "b", TWO, "c", THREE));
        assertThat(peers.worthAsking()).containsExactly(FOUR);
        assertThat(peers.confirm(list("a", Map.of()), FOUR)).as("another one").isFalse();
        assertThat(known()).isEqualTo(Map.of("a", ONE, "b", TWO, "c", THREE));
        assertThat(peers.confirm(list("c", Map.of()), FOUR)).isTrue();
        assertThat(known()).isEqualTo(Map.of("a", ONE, "b", TWO, "c", FOUR));
    }

    @Test
    void theOthersAreAskedWhereTheOneThatAnswersIs() throws NoPeersException {
        peers.accept(list("a", Map.of("b", TWO, "c", THREE)), ONE);
        assertThat(peers.worthAsking()).containsExactlyInAnyOrder(TWO, THREE);

        assertThat(peers.confirm(list("b", Map.of("a", FOUR, "c", THREE)), TWO)).isTrue();
        assertThat(peers.worthAsking()).containsExactlyInAnyOrder(FOUR, TWO, THREE);
        assertThat(peers.isOfAnswerer(ONE)).isTrue();
        assertThat(peers.confirm(list("a", Map.of()), FOUR)).isTrue();
        assertThat(peers.isOfAnswerer(FOUR)).isTrue();
        assertThat(peers.worthAsking()).isEmpty();
    }

    /** Both were started anew elsewhere; the balancer leads to a, whose address b alone knows. */
    @Test
    @Promise("Topology 1")
    void theOneBehindABalancerIsFoundAgainWhereverItHasMoved() throws NoPeersException {
        peers.accept(list("a", Map.of("b", TWO)), BALANCER);
        assertThat(peers.confirm(list("b", Map.of("a", ONE)), TWO)).isTrue();
        assertThat(peers.confirm(list("a", Map.of("b", TWO)), ONE)).isTrue();

        peers.accept(list("a", Map.of("b", FOUR)), BALANCER);
        assertThat(peers.worthAsking()).contains(FOUR);
        assertThat(peers.confirm(list("b", Map.of("a", THREE)), FOUR)).isTrue();
        assertThat(peers.worthAsking()).contains(THREE);
        assertThat(peers.confirm(list("a", Map.of("b", FOUR)), THREE)).isTrue();
        assertThat(known()).isEqualTo(Map.of("a", THREE, "b", FOUR));
        assertThat(peers.worthAsking()).isEmpty();
    }

    @Test
    void oneAddressForAllIsOneInstance() throws NoPeersException {
        peers.accept(list("a", Map.of("a", ONE, "b", ONE, "c", ONE)), ONE);

        assertThat(known()).isEqualTo(Map.of("a", ONE));
        assertThat(peers.worthAsking()).isEmpty();
    }

    @Test
    void anInstanceThatWasBuiltAnewTakesItsAddressOver() throws NoPeersException {
        peers.accept(list("a", Map.of("b", TWO)), ONE);
        peers.accept(list("b", Map.of("a", ONE)), TWO);

        peers.accept(list("c", Map.of("b", TWO)), ONE);
        assertThat(known()).isEqualTo(Map.of("b", TWO, "c", ONE));
    }

    @Test
    void whereAMemberHasJustAnsweredNoOtherOneIsBelievedToBe() throws NoPeersException {
        peers.accept(list("a", Map.of("b", TWO, "c", THREE)), ONE);

        peers.accept(list("a", Map.of("a", FOUR, "b", TWO, "c", THREE)), THREE);
        assertThat(known()).isEqualTo(Map.of("a", THREE, "b", TWO));
        assertThat(peers.worthAsking()).containsExactlyInAnyOrder(FOUR, THREE);
    }
}
