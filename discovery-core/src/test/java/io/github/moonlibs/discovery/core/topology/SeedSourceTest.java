package io.github.moonlibs.discovery.core.topology;

import static io.github.moonlibs.discovery.core.Cluster.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.ClientOptions;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.Instance;
import io.github.moonlibs.discovery.core.Cluster;
import io.github.moonlibs.discovery.core.MemoryNode;
import io.github.moonlibs.discovery.core.Promise;
import io.github.moonlibs.discovery.spi.TopologySource;
import io.github.moonlibs.discovery.spi.Transport;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A replicaset that is found from one of its members. */
@NullUnmarked // a test that meets null where it should not fails, which is its job
class SeedSourceTest {
    /** To connect there takes for ever. */
    private static final String SILENT = "silent:1";

    /** Addresses that begin with it: to connect there takes many questions, and fails. */
    private static final String SLOW = "slow-";

    /** More than there are between two tries of an address. */
    private static final int MANY = 12;

    private static final int LUA_ERROR = 32;
    private static final int NO_SUCH_PROCEDURE = 33;
    private static final int ACCESS_DENIED = 42;

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = member("a:1");
    private final MemoryNode b = member("b:1");
    private final MemoryNode c = member("c:1");
    private final Sink sink = new Sink();
    private volatile String failure = "";
    private Thread thread;

    private static final class Sink implements TopologySource.Sink {
        volatile Set<String> addresses = Set.of();
        volatile Collection<Instance> instances = List.of();

        @Override
        public void publish(Collection<Instance> published) {
            instances = published;
            addresses = published.stream()
                    .map(instance -> instance.endpoint().address())
                    .collect(Collectors.toSet());
        }

        @Override
        public void failed(String message) {
            throw new AssertionError(message);
        }
    }

    private MemoryNode member(String address) {
        return cluster.node(address).fail("box.info", NO_SUCH_PROCEDURE).fail("discovery.peers", NO_SUCH_PROCEDURE);
    }

    /** Another address that leads to the member. */
    private MemoryNode another(String address, MemoryNode member) {
        MemoryNode node = cluster.node(address);
        for (String procedure : List.of("box.info", "discovery.peers")) {
            node.behave(
                    procedure, (arguments, reply) -> member.behaviour(procedure).answer(arguments, reply));
        }
        return node;
    }

    private MemoryNode anotherThatIsDown(String address, MemoryNode member) {
        MemoryNode node = another(address, member);
        die(node);
        return node;
    }

    private static void die(MemoryNode node) {
        node.refuseConnections(AttemptException.notSent(node.endpoint().address() + ": connection refused", null));
        node.cut();
    }

    /** What a member sees: itself, and those from which it replicates. */
    private static void sees(MemoryNode node, String replicaset, MemoryNode... others) {
        sees(
                node,
                Map.of("cluster", Map.of("uuid", replicaset)),
                Arrays.stream(others)
                        .collect(Collectors.toMap(
                                SeedSourceTest::uuid,
                                other -> "replicator@" + other.endpoint().address())));
    }

    /** As Tarantool 3 reports it, which has clusters of several replicasets. */
    private static void seesInCluster(MemoryNode node, String replicaset, MemoryNode other) {
        sees(
                node,
                Map.of("cluster", Map.of("name", "all"), "replicaset", Map.of("uuid", replicaset, "name", "one")),
                Map.of(uuid(other), other.endpoint().address()));
    }

    private static void sees(MemoryNode node, Map<String, Object> belongsTo, Map<String, String> others) {
        Map<Object, Object> replication = new HashMap<>();
        replication.put(1, Map.of("uuid", uuid(node)));
        others.forEach((uuid, peer) ->
                replication.put(replication.size() + 1, Map.of("uuid", uuid, "upstream", Map.of("peer", peer))));
        Map<String, Object> info = new HashMap<>(belongsTo);
        info.put("uuid", uuid(node));
        info.put("replication", replication);
        node.behave("box.info", (arguments, reply) -> reply.complete(List.of(info)));
    }

    /** The server module's answer, in the form of the other one. */
    private static void names(MemoryNode node, Map<MemoryNode, String> members) {
        List<Map<String, Object>> replication = members.entrySet().stream()
                .map(member -> Map.<String, Object>of(
                        "uuid", uuid(member.getKey()), "upstream", Map.of("peer", member.getValue())))
                .toList();
        node.behave(
                "discovery.peers",
                (arguments, reply) -> reply.complete(List.of(Map.of("uuid", uuid(node), "replication", replication))));
    }

    @Test
    @Promise("Topology 1")
    void theServerModuleIsAskedFirstForTheAddressesThatClientsAreToUse() {
        sees(a, "one", c);
        names(a, Map.of(a, "a:1", b, "b:1"));
        follow("a:1");
        await("a:1 and b:1 are known", () -> sink.addresses.equals(Set.of("a:1", "b:1")));
    }

    private static Stream<Object> ofAnotherProcedure() {
        return Stream.of(
                "the application's own",
                List.of("a:1", "b:1"),
                List.of(Map.of("uuid", "u")),
                Map.of("uuid", List.of(1), "replication", List.of(1)),
                Map.of("uuid", "u", "replication", "r"),
                Map.of());
    }

    @ParameterizedTest
    @MethodSource("ofAnotherProcedure")
    @Promise("Topology 1")
    void aProcedureOfTheModulesNameThatIsAnotherOneIsPassedBy(Object answer) {
        sees(a, "one", c);
        a.behave("discovery.peers", (arguments, reply) -> reply.complete(List.of(answer)));
        follow("a:1");
        await("a:1 and c:1 are known", () -> sink.addresses.equals(Set.of("a:1", "c:1")));
    }

    @Test
    void membersThatAreMalformedAreLeftOut() {
        Map<Object, Object> replication = new HashMap<>();
        List<Object> malformed = List.of(
                List.of("an array"),
                "a string",
                Map.of("uuid", 5, "upstream", Map.of("peer", "b:1")),
                Map.of("uuid", "u1", "upstream", List.of("b:1")),
                Map.of("uuid", "u2", "upstream", Map.of("peer", List.of("b:1"))),
                Map.of("uuid", "u3", "upstream", Map.of("peer", "")),
                Map.of("uuid", "u4", "upstream", Map.of("peer", "@")),
                Map.of("uuid", "u5", "upstream", Map.of("peer", "b:99999")),
                Map.of("uuid", "u6", "upstream", Map.of("peer", "unix/:")),
                Map.of("uuid", "u7", "upstream", Map.of("peer", ":::")),
                Map.of("uuid", "u8", "upstream", Map.of("peer", "b:1\n?x@:")));
        malformed.forEach(member -> replication.put(replication.size(), member));
        replication.put("a", Map.of("uuid", uuid(a)));
        replication.put("c", Map.of("uuid", uuid(c), "upstream", Map.of("peer", "replicator@c:1")));
        Map<String, Object> info = Map.of("uuid", uuid(a), "replication", replication);
        a.behave("box.info", (arguments, reply) -> reply.complete(List.of(info)));
        follow("a:1");
        await("a:1 and c:1 are known", () -> sink.addresses.equals(Set.of("a:1", "c:1")));
    }

    @Test
    @Promise("Topology 1")
    void theServerModuleMayComeLater() {
        sees(a, "one", c);
        follow("a:1");
        await("a:1 and c:1 are known", () -> sink.addresses.equals(Set.of("a:1", "c:1")));
        names(a, Map.of(a, "a:1", b, "b:1"));
        await("a:1 and b:1 are known", () -> sink.addresses.equals(Set.of("a:1", "b:1")));
    }

    /** A source that waited for it would ask no further question, and would not end when the client is closed. */
    @Test
    void anAddressAtWhichNothingAnswersHoldsUpNoQuestion() {
        sees(a, "one", member(SILENT));
        follow("a:1");
        await("a:1 is asked while the other address is tried", () -> a.calls("box.info") >= 5);
        assertThat(sink.addresses).containsExactlyInAnyOrder("a:1", SILENT);
    }

    /** Packets vanish at two new addresses: each try takes longer than what lies between two of them. */
    @ParameterizedTest
    @ValueSource(strings = {"b", "c", "d"})
    @Promise("Topology 4")
    void addressesAtWhichNothingAnswersKeepNoOtherFromItsTurn(String living) {
        MemoryNode d = member("d:1");
        Map<MemoryNode, String> old = new HashMap<>(Map.of(a, "a:1"));
        Map<MemoryNode, String> moved = new HashMap<>(old);
        for (MemoryNode member : List.of(b, c, d)) {
            String name = member.endpoint().address().substring(0, 1);
            old.put(member, name + ":1");
            moved.put(member, (name.equals(living) ? "moved-" : SLOW) + name + ":1");
            another("moved-" + name + ":1", member);
            names(member, old);
        }
        names(a, old);
        follow("a:1");
        await("four", () -> sink.addresses.equals(Set.copyOf(old.values())));

        names(a, moved);
        await("the one that answers", () -> sink.addresses.contains("moved-" + living + ":1"));
        assertThat(sink.addresses).hasSize(4);
    }

    @Test
    @Promise("Topology 1")
    void aMemberIsAskedWhereItIsListedWhenNothingElseIsLeft() {
        MemoryNode moved = anotherThatIsDown("moved:1", b);
        names(b, Map.of(a, "a:1", b, "moved:1"));
        names(a, Map.of(a, "a:1", b, "b:1"));
        follow("a:1");
        await("two", () -> sink.addresses.equals(Set.of("a:1", "b:1")));
        die(b);
        names(a, Map.of(a, "a:1", b, "moved:1"));
        await("it was tried", () -> moved.refusals() > 0);

        die(a);
        moved.acceptConnections();
        await("its new address", () -> sink.addresses.equals(Set.of("a:1", "moved:1")));
    }

    private static String uuid(MemoryNode node) {
        return "uuid of " + node.endpoint().address();
    }

    private SeedSource source(String seeds) {
        ClientOptions options =
                ClientOptions.builder().topology("seed://" + seeds).build();
        // the nodes in memory have no users
        Transport transport = (endpoint, own, listener) -> {
            if (endpoint.address().equals(SILENT)) {
                new CountDownLatch(1).await();
            }
            if (endpoint.address().startsWith(SLOW)) {
                int asked = a.calls("discovery.peers");
                await(
                        "many questions, or the end",
                        () -> Thread.currentThread().isInterrupted() || a.calls("discovery.peers") > asked + MANY);
                throw AttemptException.notSent(endpoint.address() + ": not connected", null);
            }
            return cluster.transport().connect(Endpoint.parse(endpoint.address()), own, listener);
        };
        return new SeedSource(StaticTopology.instances("seeds", seeds), options, transport, 50);
    }

    private void follow(String seeds) {
        SeedSource source = source(seeds);
        thread = Thread.startVirtualThread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    source.follow(sink);
                } catch (IOException none) {
                    failure = none.getMessage();
                    LockSupport.parkNanos(1_000_000);
                } catch (InterruptedException over) {
                    return;
                }
            }
        });
    }

    @AfterEach
    void close() throws InterruptedException {
        if (thread != null) {
            thread.interrupt();
            thread.join();
        }
        cluster.close();
    }

    @Test
    @Promise("Topology 1")
    void oneMemberNamesTheOthersAndTheSeedsCredentialsHoldForAll() {
        sees(a, "set", b, c);
        follow("app:secret@a:1");

        await("three", () -> sink.addresses.equals(Set.of("a:1", "b:1", "c:1")));
        assertThat(sink.instances).allSatisfy(instance -> {
            assertThat(instance.endpoint().user()).isEqualTo("app");
            assertThat(instance.endpoint().password()).isEqualTo("secret");
            assertThat(instance.labels()).containsEntry("uuid", "uuid of " + instance.name());
        });
    }

    @Test
    void whatIsAddedAndRemovedIsFollowed() {
        sees(a, "set", b);
        follow("a:1");
        await("two", () -> sink.addresses.equals(Set.of("a:1", "b:1")));
        sees(a, "set", b, c);
        await("three", () -> sink.addresses.equals(Set.of("a:1", "b:1", "c:1")));
        sees(a, "set", c);
        await("two others", () -> sink.addresses.equals(Set.of("a:1", "c:1")));
    }

    @Test
    void anotherMemberIsAskedWhenTheSeedHasDied() {
        names(a, Map.of(a, "a:1", b, "b:1"));
        names(b, Map.of(a, "a:1", b, "b:1", c, "c:1"));
        follow("a:1");
        await("two", () -> sink.addresses.equals(Set.of("a:1", "b:1")));
        die(a);

        await("what the other one says", () -> sink.addresses.equals(Set.of("a:1", "b:1", "c:1")));
    }

    @Test
    void theSeedIsAskedAsLongAsItAnswers() {
        sees(a, "set", b);
        sees(b, "set", a);
        follow("a:1");
        await("b was asked where a is", () -> b.calls("box.info") > 0);
        sees(a, "set", b, c);

        await("what the seed says", () -> sink.addresses.equals(Set.of("a:1", "b:1", "c:1")));
        assertThat(b.calls("box.info")).isEqualTo(1);
    }

    @Test
    @Promise("Topology 1")
    void aSeedThatIsABalancerGivesWayToTheMembersOwnAddresses() {
        another("service:1", a);
        sees(a, "set", b);
        sees(b, "set", a);
        follow("service:1");

        await("each by its own address", () -> sink.addresses.equals(Set.of("a:1", "b:1")));
    }

    @Test
    @Promise("Topology 1")
    void theAddressForClientsReplacesTheSeedsAsSoonAsTheMemberAnswersThere() {
        another("service:1", a);
        MemoryNode publicA = anotherThatIsDown("public-a:1", a);
        names(a, Map.of(a, "public-a:1", b, "b:1"));
        follow("service:1");
        await("it was tried twice", () -> publicA.refusals() > 1);
        assertThat(sink.addresses).containsExactlyInAnyOrder("service:1", "b:1");

        publicA.acceptConnections();
        await("its own address", () -> sink.addresses.equals(Set.of("public-a:1", "b:1")));
    }

    @Test
    @Promise("Topology 4")
    void aMemberThatAnswersAtTheSeedAloneStaysThereWhicheverIsAskedNext() {
        MemoryNode localA = another("local-a:1", a);
        another("local-b:1", b);
        List.of(a, b, c).forEach(SeedSourceTest::die);
        sees(a, "set", b, c);
        sees(b, "set", a, c);
        follow("local-a:1,local-b:1");
        await("b was tried twice", () -> b.refusals() > 1);
        assertThat(sink.addresses).containsExactlyInAnyOrder("local-a:1", "b:1", "c:1");

        die(localA);
        await("the other seed", () -> sink.addresses.equals(Set.of("local-a:1", "local-b:1", "c:1")));
        await("a was tried twice where it is listed", () -> a.refusals() > 2);
        assertThat(sink.addresses).containsExactlyInAnyOrder("local-a:1", "local-b:1", "c:1");
    }

    @Test
    @Promise("Topology 4")
    void aMemberThatHasMovedIsFollowedOnceItAnswersAtTheNewAddress() {
        MemoryNode moved = anotherThatIsDown("moved:1", b);
        names(a, Map.of(a, "a:1", b, "b:1"));
        follow("a:1");
        await("two", () -> sink.addresses.equals(Set.of("a:1", "b:1")));

        names(a, Map.of(a, "a:1", b, "moved:1"));
        await("it was tried twice", () -> moved.refusals() > 1);
        assertThat(sink.addresses).containsExactlyInAnyOrder("a:1", "b:1");
        sees(b, "set", a);
        moved.acceptConnections();
        await("its new address", () -> sink.addresses.equals(Set.of("a:1", "moved:1")));
    }

    @Test
    void aSeedThatHasMovedIsFollowedWhereAnotherMemberListsIt() {
        another("moved:1", a);
        sees(a, "set", c);
        sees(c, "set", a);
        follow("a:1");
        await("two", () -> sink.addresses.equals(Set.of("a:1", "c:1")));

        die(a);
        sees(c, Map.of("cluster", Map.of("uuid", "set")), Map.of(uuid(a), "moved:1"));
        await("its new address", () -> sink.addresses.equals(Set.of("moved:1", "c:1")));
    }

    private static Stream<MemoryNode.Behaviour> failures() {
        return Stream.of(
                (arguments, reply) -> reply.completeExceptionally(new MemoryNode("a:1").serverError(LUA_ERROR)),
                (arguments, reply) -> reply.complete(List.of("garbage")));
    }

    @ParameterizedTest
    @MethodSource("failures")
    @Promise("Topology 4")
    void aFailureOfTheModuleIsOneOfTheSource(MemoryNode.Behaviour failing) {
        names(a, Map.of(a, "a:1", b, "b:1"));
        sees(a, "set", c);
        follow("a:1");
        await("two", () -> sink.addresses.equals(Set.of("a:1", "b:1")));
        int before = a.calls("discovery.peers");
        a.behave("discovery.peers", failing);

        await("it failed again and again", () -> a.calls("discovery.peers") > before + 4);
        assertThat(failure).contains("a:1: discovery.peers failed: ");
        assertThat(a.calls("box.info")).isZero();
        names(a, Map.of(a, "a:1", b, "b:1", c, "c:1"));
        await("it answers again", () -> sink.addresses.equals(Set.of("a:1", "b:1", "c:1")));
    }

    @ParameterizedTest
    @ValueSource(ints = {LUA_ERROR, NO_SUCH_PROCEDURE, ACCESS_DENIED})
    @Promise("Topology 1")
    void withoutTheModuleBoxInfoIsAsked(int error) {
        a.fail("discovery.peers", error);
        sees(a, "set", c);
        follow("a:1");

        await("what box.info says", () -> sink.addresses.equals(Set.of("a:1", "c:1")));
    }

    @ParameterizedTest
    @ValueSource(ints = {NO_SUCH_PROCEDURE, ACCESS_DENIED})
    void whenTheModuleIsGoneBoxInfoIsAsked(int error) {
        names(a, Map.of(a, "a:1", b, "b:1"));
        sees(a, "set", c);
        follow("a:1");
        await("two", () -> sink.addresses.equals(Set.of("a:1", "b:1")));
        a.fail("discovery.peers", error);

        await("what box.info says", () -> sink.addresses.equals(Set.of("a:1", "c:1")));
    }

    @Test
    @Promise("Topology 4")
    void boxInfoMovesNoMemberToAnAddressWhereItDoesNotAnswer() {
        MemoryNode privateB = anotherThatIsDown("private-b:1", b);
        names(a, Map.of(a, "a:1", b, "b:1"));
        sees(a, Map.of("cluster", Map.of("uuid", "set")), Map.of(uuid(b), "private-b:1"));
        follow("a:1");
        await("two", () -> sink.addresses.equals(Set.of("a:1", "b:1")));
        a.fail("discovery.peers", NO_SUCH_PROCEDURE);

        await("it was tried twice", () -> privateB.refusals() > 1);
        assertThat(sink.addresses).containsExactlyInAnyOrder("a:1", "b:1");
    }

    @ParameterizedTest
    @CsvSource({
        "rep@::1:3302, [::1]:3302",
        "rep@[::1]:3302, [::1]:3302",
        "rep@h:1?transport=ssl&ssl_ca_file=/x, h:1",
        "rep@h:1?, h:1",
        "rep@unix/:/a/b, unix/:/a/b"
    })
    void addressesAreReadAsServersWriteThem(String peer, String address) {
        member(address);
        sees(a, Map.of("cluster", Map.of("uuid", "set")), Map.of("another", peer));
        follow("a:1");

        await("it", () -> sink.addresses.equals(Set.of("a:1", address)));
    }

    @Test
    void aServerThatShutsDownIsLeft() {
        names(a, Map.of(a, "a:1", b, "b:1"));
        names(b, Map.of(a, "a:1", b, "b:1", c, "c:1"));
        follow("a:1");
        await("two", () -> sink.addresses.equals(Set.of("a:1", "b:1")));
        a.refuseConnections(AttemptException.notSent("a:1: connection refused", null));
        a.announceShutdown();

        await("what the other one says", () -> sink.addresses.equals(Set.of("a:1", "b:1", "c:1")));
    }

    @Test
    void aSeedThatHasLeftTheReplicasetIsAskedNoMore() {
        names(a, Map.of(a, "a:1", b, "b:1"));
        names(b, Map.of(b, "b:1", c, "c:1"));
        follow("a:1");
        await("two", () -> sink.addresses.equals(Set.of("a:1", "b:1")));
        names(a, Map.of(b, "b:1"));

        await("what the member says", () -> sink.addresses.equals(Set.of("b:1", "c:1")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMemberOfAnotherReplicasetIsNotBelieved(boolean isTarantool3) {
        if (isTarantool3) {
            seesInCluster(a, "set", b);
        } else {
            sees(a, "set", b);
        }
        SeedSource source = source("a:1");
        TopologySource.Sink once = new TopologySource.Sink() {
            @Override
            public void publish(Collection<Instance> instances) {
                if (isTarantool3) {
                    seesInCluster(a, "another set", c);
                } else {
                    sees(a, "another set", c);
                }
                b.refuseConnections(AttemptException.notSent("b:1: connection refused", null));
            }

            @Override
            public void failed(String message) {
                throw new AssertionError(message);
            }
        };

        assertThatThrownBy(() -> source.follow(once))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("no instance says which ones there are: ")
                .hasMessageContaining("expected an instance of the replicaset set, got one of another set")
                .hasMessageContaining("b:1: connection refused");
    }

    @Test
    void anUpgradeToTarantool3LeavesTheReplicasetTheSame() {
        sees(a, "set", b);
        follow("a:1");
        await("two", () -> sink.addresses.equals(Set.of("a:1", "b:1")));

        seesInCluster(a, "set", c);
        await("another one", () -> sink.addresses.equals(Set.of("a:1", "c:1")));
    }

    @Test
    void whatIsNoReplicasetIsSaidToBeNone() {
        a.behave("box.info", (arguments, reply) -> reply.complete(List.of("none")));
        b.fail("box.info", 42);

        assertThatThrownBy(() -> source("a:1,b:1").follow(sink))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a:1: box.info failed: expected {uuid = ..., replication = {...}, ...}")
                .hasMessageContaining("b:1: box.info failed: ");
        assertThat(sink.instances).isEmpty();
    }

    @Test
    void aWrongSeedIsRefusedByItsPlace() {
        assertThatThrownBy(() -> StaticTopology.instances("seeds", "a:1,b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("seeds, 2 of 2: ");
    }
}
