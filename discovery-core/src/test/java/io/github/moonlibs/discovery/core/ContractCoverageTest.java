package io.github.moonlibs.discovery.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the tests to the contract: each of its lines is named by at least one of them. */
class ContractCoverageTest {
    private static final Set<String> PROMISES = Set.of(
            "Announcement 1",
            "Announcement 2",
            "Announcement 3",
            "Announcement 4",
            "Announcement 5",
            "Announcement 6",
            "Routing 1",
            "Routing 2",
            "Routing 3",
            "Routing 4",
            "Calls 1",
            "Calls 2",
            "Calls 3",
            "Calls 4",
            "Calls 5",
            "Calls 6",
            "Calls 7",
            "Calls 8",
            "Calls 9",
            "Hedging: off by default, and only for retriable methods",
            "Hedging: the next attempt starts while the last one is unanswered, after a fixed delay",
            "Hedging: the next attempt starts while the last one is unanswered, after the observed p95",
            "Hedging: the first success wins and the others are abandoned",
            "Hedging: hedges and retries draw on one retry budget",
            "Failures: no route 0x100",
            "Failures: deadline exceeded 0x101",
            "Failures: call failed 0x102",
            "Failures: interrupted, closed, overloaded",
            "Failures: each carries method and attempts, and says all of it in one line",
            "Topology 1",
            "Topology 2",
            "Topology 3",
            "Topology 4",
            "Topology 5",
            "Topology 6",
            "Topology 7",
            "Original: a withdrawn method stays routed until disconnect",
            "Original: removing a node throws, leaks its connection, and its route survives: 125 of 200 calls failed",
            "Original: a drained node closes after the first in-flight reply",
            "Original: any topology change replaces every connection",
            "Original: one missing weight breaks every later rebuild",
            "Original: weights 1/1 give 66.6/33.4 %; weight 0.5 raises",
            "Original: one vanished candidate ends the retries; a node at weight 0 can be retried",
            "Original: without deadline and attempts a hung node consumes everything",
            "Original: options passed in are changed",
            "Original: deadlines move with the wall clock",
            "Original: a name never announced leaks memory",
            "Original: an empty etcd listing removes every node; `\"false\"` counts as disabled");

    @Test
    void everyLineOfTheContractHasATestThatNamesIt() {
        Set<String> named = new TreeSet<>();
        Stream.of(
                        AnnouncementContractTest.class,
                        RoutingContractTest.class,
                        CallContractTest.class,
                        HedgingContractTest.class,
                        TopologyContractTest.class)
                .flatMap(tests -> Arrays.stream(tests.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Test.class))
                .flatMap(method -> Arrays.stream(method.getAnnotationsByType(Promise.class)))
                .forEach(promise -> named.add(promise.value()));

        assertThat(named).isEqualTo(new TreeSet<>(PROMISES));
    }
}
