package io.github.moonlibs.discovery.core;

import static io.github.moonlibs.discovery.core.Cluster.async;
import static io.github.moonlibs.discovery.core.Cluster.await;
import static io.github.moonlibs.discovery.core.Cluster.awaitServed;
import static io.github.moonlibs.discovery.core.Cluster.awaitState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.AttemptException.Kind;
import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallInterruptedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.CommitUnknownException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.NodeSnapshot.State;
import io.github.moonlibs.discovery.TarantoolError;
import io.github.moonlibs.discovery.Transaction;
import io.github.moonlibs.discovery.TransactionEndedException;
import io.github.moonlibs.discovery.spi.ClientObserver;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions of several calls, on nodes in memory. */
@Timeout(300)
class TransactionTest {
    private static final CallOptions PATIENT =
            CallOptions.defaults().withTimeout(Cluster.BOUND).withDeadline(Cluster.BOUND);

    private final Cluster cluster = new Cluster();
    private final MemoryNode a = cluster.node("a:1").announce("m", 1e12, false);
    private final MemoryNode b = cluster.node("b:1").announce("m", 1, false);

    @AfterEach
    void close() {
        cluster.close();
    }

    private DiscoveryClient client(MemoryNode... nodes) {
        DiscoveryClient client = cluster.client(options -> options.callOptions(PATIENT), nodes);
        awaitServed(client, "m", nodes.length);
        return client;
    }

    private static void assertNothingLeft(DiscoveryClient client, MemoryNode node) {
        assertThat(client.snapshot().callsInFlight()).isZero();
        assertThat(Cluster.snapshot(client, node).inFlight()).isZero();
    }

    @Test
    @Promise("Transactions 1")
    void itIsBegunAsACallIsRoutedAndElsewhereIfThatFails() {
        a.loseConnectionOn(MemoryNode.BEGIN);
        DiscoveryClient client = client(a, b);
        try (Transaction transaction = client.begin("m")) {
            assertThat(transaction.node()).isEqualTo(b.instance());
            assertThat(transaction.call("m", List.of(), String.class)).isEqualTo("b:1");
            transaction.commit();
        }
        assertThat(a.calls(MemoryNode.BEGIN)).isEqualTo(1);
        assertThat(b.calls(MemoryNode.COMMIT)).isEqualTo(1);
        assertThat(b.calls(MemoryNode.ROLLBACK)).isZero();
        assertNothingLeft(client, b);
    }

    @Test
    @Promise("Transactions 1")
    void aNodeThatHangsLeavesTimeForAnother() {
        a.hang(MemoryNode.BEGIN);
        CallOptions options = PATIENT.withTimeout(Duration.ofSeconds(4)).withDeadline(Duration.ofSeconds(4));
        try (Transaction transaction = client(a, b).begin("m", options)) {
            assertThat(transaction.node()).isEqualTo(b.instance());
        }
        assertThat(a.calls(MemoryNode.BEGIN)).isEqualTo(1);
    }

    @Test
    @Promise("Transactions 2")
    void aServerWithoutTransactionsIsPassedOverAndIfThereIsNoOtherRefusedAtOnce() {
        a.withoutTransactions();
        DiscoveryClient old = client(a, b);
        try (Transaction transaction = old.begin("m")) {
            assertThat(transaction.node()).isEqualTo(b.instance());
        }
        cluster.list(a);
        awaitServed(old, "m", 1);
        assertThatThrownBy(() -> old.begin("m"))
                .isInstanceOf(CallFailedException.class)
                .hasMessageContaining("a:1: Tarantool in memory keeps no transaction open between calls");
        assertNothingLeft(old, a);
    }

    @Test
    @Promise("Transactions 2")
    void aServerWithoutTransactionsIsNotWorthWaitingForAPlace() {
        a.withoutTransactions();
        a.hang("m");
        DiscoveryClient client = cluster.client(
                options -> options.callOptions(PATIENT).maxInFlightPerNode(1).drainTimeout(Duration.ofMillis(1)), a);
        awaitServed(client, "m", 1);
        var unused = async(() -> client.call("m", List.of()));
        await("it is full", () -> Cluster.snapshot(client, a).inFlight() == 1);
        assertThatThrownBy(() -> client.begin("m"))
                .isInstanceOf(CallFailedException.class)
                .hasMessageContaining("keeps no transaction open between calls");
    }

    @Test
    @Promise("Transactions 3")
    void whatFollowsGoesToItsNodeAndIsNeverRepeated() {
        DiscoveryClient client = client(a, b);
        try (Transaction transaction = client.begin("m")) {
            a.behave("unannounced", (arguments, reply) -> reply.complete(List.of("from a")));
            assertThat(transaction.call("unannounced", List.of(), String.class)).isEqualTo("from a");
            a.announce("m", 1e12, true).loseConnectionOn("m");
            assertThatThrownBy(() -> transaction.call("m", List.of()))
                    .isInstanceOf(TransactionEndedException.class)
                    .hasMessageContaining("m: the transaction on a:1 has ended: "
                            + "a request in it got no answer (lost), and it is rolled back");
        }
        assertThat(a.calls("m")).isEqualTo(1);
        assertThat(b.calls("m")).isZero();
        assertNothingLeft(client, b);
    }

    @Test
    @Promise("Transactions 4")
    void theDeadlineIsTheWholeTransactionsAndTheServerIsToldIt() {
        // its node's own thread, which would end it too, does not look
        DiscoveryClient client = cluster.client(options -> options.discoveryInterval(Duration.ofDays(1)), a);
        awaitServed(client, "m", 1);
        Transaction transaction = client.begin("m", PATIENT.withDeadline(Cluster.LONG_ENOUGH));
        assertThat(a.longestNanos()).isBetween(1L, Cluster.LONG_ENOUGH.toNanos());
        await("the deadline has come", () -> !transaction.isOpen());
        assertThatThrownBy(transaction::commit)
                .isInstanceOf(TransactionEndedException.class)
                .hasMessageContaining("its deadline came, and it is rolled back");
        assertThat(a.calls(MemoryNode.COMMIT)).isZero();
        assertThat(a.calls(MemoryNode.ROLLBACK)).isEqualTo(1);
    }

    @Test
    @Promise("Transactions 5")
    void aServersErrorLeavesItOpen() {
        DiscoveryClient client = client(a);
        try (Transaction transaction = client.begin("m")) {
            a.fail("m", 32);
            assertThatThrownBy(() -> transaction.call("m", List.of()))
                    .isInstanceOf(CallFailedException.class)
                    .hasMessageContaining("m: call failed (the transaction is still open)");
            assertThat(transaction.isOpen()).isTrue();
            transaction.commit();
        }
        assertThat(a.calls(MemoryNode.COMMIT)).isEqualTo(1);
        assertNothingLeft(client, a);
    }

    @ParameterizedTest
    @CsvSource({"97, conflict", "154, memtx_use_mvcc_engine = true", "231, its time was over"})
    @Promise("Transactions 5")
    void anErrorThatSaysThatItIsRolledBackEndsIt(int code, String why) {
        a.fail("m", code);
        try (Transaction transaction = client(a).begin("m")) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> transaction.call("m", List.of()))
                        .isInstanceOf(TransactionEndedException.class)
                        .hasMessageContaining(why);
            }
        }
        assertThat(a.calls("m")).isEqualTo(1);
        assertThat(a.calls(MemoryNode.ROLLBACK)).isEqualTo(1);
    }

    @Test
    @Promise("Transactions 6")
    void theEndOfItsConnectionEndsItAndLaterCallsFailAtOnce() {
        DiscoveryClient client = client(a);
        Transaction transaction = client.begin("m");
        a.cut();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> transaction.call("m", List.of()))
                    .isInstanceOf(TransactionEndedException.class)
                    .hasMessageContaining("the transaction on a:1 has ended: ")
                    .hasMessageContaining("and it is rolled back");
        }
        transaction.close();
        assertThat(a.calls("m")).isZero();
        awaitServed(client, "m", 1);
        assertNothingLeft(client, a);
    }

    @Test
    @Promise("Transactions 6")
    void anInterruptEndsItAndAnInterruptedThreadMayCloseIt() {
        DiscoveryClient client = client(a);
        try (Transaction transaction = client.begin("m")) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> transaction.call("m", List.of())).isInstanceOf(CallInterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        }
        try {
            assertThat(a.calls("m")).isZero();
            assertThat(a.calls(MemoryNode.ROLLBACK)).isEqualTo(1);
        } finally {
            Thread.interrupted();
        }
        Transaction next = client.begin("m");
        Thread.currentThread().interrupt();
        next.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(a.calls(MemoryNode.ROLLBACK)).isEqualTo(2);
        assertNothingLeft(client, a);
    }

    @Test
    @Promise("Transactions 6")
    void anArgumentThatCannotBeSentEndsIt() {
        a.behave("m", (arguments, reply) -> {
            throw new IllegalArgumentException("cannot be sent");
        });
        try (Transaction transaction = client(a).begin("m")) {
            assertThatIllegalArgumentException().isThrownBy(() -> transaction.call("m", List.of()));
            assertThatThrownBy(transaction::commit).isInstanceOf(TransactionEndedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LOST", "TIMEOUT", "UNREADABLE"})
    @Promise("Transactions 7")
    void ofACommitWithoutAnAnswerNothingIsKnown(Kind kind) {
        a.behave(
                MemoryNode.COMMIT,
                (arguments, reply) ->
                        reply.completeExceptionally(new AttemptException(kind, true, "a:1: no answer", null)));
        DiscoveryClient client = client(a);
        try (Transaction transaction = client.begin("m")) {
            assertThatThrownBy(transaction::commit)
                    .isInstanceOf(CommitUnknownException.class)
                    .hasMessageContaining("m: it is unknown whether the transaction on a:1 was committed");
            assertThatThrownBy(transaction::commit)
                    .isInstanceOf(TransactionEndedException.class)
                    .hasMessageContaining("it is unknown whether it was committed");
        }
        assertThat(a.calls(MemoryNode.ROLLBACK))
                .as("so that the server keeps nothing open of one that it never got")
                .isEqualTo(1);
        assertNothingLeft(client, a);
    }

    @Test
    @Promise("Transactions 7")
    void anErrorOrNothingSentIsKnownNotToBeCommitted() {
        DiscoveryClient client = client(a);
        a.fail(MemoryNode.COMMIT, 40);
        try (Transaction transaction = client.begin("m")) {
            assertThatThrownBy(transaction::commit)
                    .isInstanceOf(TransactionEndedException.class)
                    .hasMessageContaining("the server refused to commit it, and has rolled it back");
        }
        a.sendNothingOf(MemoryNode.COMMIT);
        try (Transaction transaction = client.begin("m")) {
            assertThatThrownBy(transaction::commit)
                    .isInstanceOf(TransactionEndedException.class)
                    .hasMessageContaining("the request to commit it was not sent, and it is rolled back");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, FiberIsCancelled,", "0, TimedOut,", "295, ClientError,", "284, ClientError,", "0, Any, expired_at"})
    @Promise("Transactions 7")
    void anErrorThatOnlyEndsTheWaitLeavesACommitUnknown(int code, String type, @Nullable String field) {
        Map<String, @Nullable Object> fields = field == null ? Map.of() : Map.of(field, 1);
        a.fail(MemoryNode.COMMIT, new TarantoolError(code, type, "told to fail", "", 0, 0, fields, null));
        try (Transaction transaction = client(a).begin("m")) {
            assertThatThrownBy(transaction::commit).isInstanceOf(CommitUnknownException.class);
        }
    }

    @Test
    @Promise("Transactions 11")
    void whatRunsInsideARequestCanRollItBackAndMakeNoOther() {
        DiscoveryClient client = client(a);
        Transaction inside = client.begin("m");
        a.behave("m", (arguments, reply) -> {
            inside.close();
            assertThat(a.calls(MemoryNode.ROLLBACK))
                    .as("before the request's end")
                    .isZero();
            assertThatThrownBy(() -> inside.call("m", List.of()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a request in the transaction on a:1 is under way on this thread");
            assertThatThrownBy(inside::commit).isInstanceOf(IllegalStateException.class);
            reply.complete(List.of("answered"));
        });
        assertThat(inside.call("m", List.of(), String.class)).isEqualTo("answered");
        assertThat(a.calls(MemoryNode.ROLLBACK)).isEqualTo(1);
        assertThatThrownBy(inside::commit)
                .isInstanceOf(TransactionEndedException.class)
                .hasMessageContaining("it was rolled back");

        Transaction ahead = client.begin("m", PATIENT.withTimeoutArgument(true));
        List<Object> closing = new AbstractList<>() {
            @Override
            public Object get(int index) {
                ahead.close();
                return index;
            }

            @Override
            public int size() {
                return 1;
            }
        };
        assertThatThrownBy(() -> ahead.call("m", closing))
                .isInstanceOf(TransactionEndedException.class)
                .hasMessageContaining("it was rolled back");
        assertThat(a.calls("m")).isEqualTo(1);
        assertThat(a.calls(MemoryNode.ROLLBACK)).isEqualTo(2);
        assertNothingLeft(client, a);
    }

    @Test
    @Promise("Transactions 8")
    void whatIsNotCommittedIsRolledBackWhenItIsClosedAndThatNeverThrows() {
        DiscoveryClient client = client(a);
        client.begin("m").close();
        assertThat(a.calls(MemoryNode.ROLLBACK)).isEqualTo(1);
        a.loseConnectionOn(MemoryNode.ROLLBACK);
        Transaction transaction = client.begin("m");
        transaction.close();
        transaction.close();
        transaction.rollback();
        assertThat(a.calls(MemoryNode.ROLLBACK)).isEqualTo(2);
        assertNothingLeft(client, a);
    }

    @Test
    @Promise("Transactions 9")
    void aNodeThatIsRemovedAndAClientThatIsClosedLetItFinish() throws Exception {
        DiscoveryClient client = client(a, b);
        Transaction transaction = client.begin("m");
        cluster.list(b);
        awaitState(client, a, State.DRAINING);
        assertThat(transaction.call("m", List.of(), String.class)).isEqualTo("a:1");
        CompletableFuture<Boolean> closed = async(() -> {
            client.close();
            return true;
        });
        await("the client is closing", () -> ((CoreClient) client).isClosing());
        assertThat(transaction.call("m", List.of(), String.class)).isEqualTo("a:1");
        assertThat(closed).isNotDone();
        transaction.commit();
        assertThat(closed.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(a.openConnections()).isZero();
    }

    @Test
    @Promise("Transactions 10")
    void itHoldsNoPlaceBetweenItsRequestsAndWaitsForNone() {
        DiscoveryClient client =
                cluster.client(options -> options.callOptions(PATIENT).maxInFlightPerNode(1), a);
        awaitServed(client, "m", 1);
        try (Transaction transaction = client.begin("m")) {
            assertThat(client.call("m", List.of(), String.class)).isEqualTo("a:1");
            a.hang("slow").announce("slow", 1, false);
            a.hang("slow");
            awaitServed(client, "slow", 1);
            CompletableFuture<Object> slow = async(() -> {
                try {
                    return client.call("slow", List.of(), PATIENT.withTimeout(Duration.ofMillis(500)));
                } catch (RuntimeException e) {
                    return e;
                }
            });
            await("the only place is taken", () -> a.calls("slow") == 1 || slow.isDone());
            assertThat(transaction.call("m", List.of(), String.class)).isEqualTo("a:1");
            transaction.commit();
        }
    }

    @Test
    @Promise("Transactions 11")
    void threadsTakeTurns() throws Exception {
        CompletableFuture<CompletableFuture<List<Object>>> first = new CompletableFuture<>();
        DiscoveryClient client = client(a);
        try (Transaction transaction = client.begin("m")) {
            a.behave("slow", (arguments, reply) -> first.complete(reply));
            CompletableFuture<String> slow = async(() -> transaction.call("slow", List.of(), String.class));
            await("it is asked", () -> a.calls("slow") == 1);
            CompletableFuture<String> quick = async(() -> transaction.call("m", List.of(), String.class));
            assertThat(a.calls("m")).isZero();
            first.join().complete(List.of("slow"));
            assertThat(slow.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("slow");
            assertThat(quick.get(Cluster.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("a:1");
        }
    }

    @Test
    @Promise("Transactions 12")
    void itsRequestsAreReportedAsCallsOfOneAttempt() {
        ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
        ClientObserver observer = new ClientObserver() {
            @Override
            public void attemptEnded(AttemptEnded event) {
                events.add("attempt " + event.method());
            }

            @Override
            public void callEnded(CallEnded event) {
                events.add("call " + event.method());
            }
        };
        DiscoveryClient client =
                cluster.client(options -> options.callOptions(PATIENT).observer(observer), a);
        awaitServed(client, "m", 1);
        a.behave("inside", (arguments, reply) -> reply.complete(List.of()));
        try (Transaction transaction = client.begin("m")) {
            transaction.call("inside", List.of());
            transaction.commit();
        }
        assertThat(events)
                .containsExactly("attempt m", "call m", "attempt inside", "call inside", "attempt m", "call m");
    }

    @Test
    @Promise("Transactions 9")
    void oneThatWasForgottenEndsAtItsDeadline() {
        DiscoveryClient client = client(a);
        Transaction forgotten = client.begin("m", PATIENT.withDeadline(Cluster.LONG_ENOUGH));
        await("it is no call in flight any more", () -> client.snapshot().callsInFlight() == 0);
        assertThat(a.calls(MemoryNode.ROLLBACK)).isEqualTo(1);
        assertThat(forgotten).hasToString("transaction on a:1, its deadline came, and it is rolled back");
        forgotten.close();
        assertNothingLeft(client, a);
    }

    @Test
    @Promise("Transactions 9")
    void oneThatWasForgottenHoldsUpNothingBeyondItsDeadline() {
        ConcurrentLinkedQueue<State> states = new ConcurrentLinkedQueue<>();
        ClientObserver observer = new ClientObserver() {
            @Override
            public void stateChanged(StateChanged event) {
                states.add(event.to());
            }
        };
        DiscoveryClient client = cluster.client(
                options -> options.discoveryTimeout(Duration.ofMillis(50)).observer(observer), a);
        awaitServed(client, "m", 1);
        Transaction forgotten = client.begin("m", PATIENT.withDeadline(Cluster.LONG_ENOUGH));
        MemoryNode.Behaviour sound = a.behaviour(MemoryNode.DISCOVERY);
        a.hang(MemoryNode.DISCOVERY);
        await("another connection", () -> a.connects() >= 2);
        a.behave(MemoryNode.DISCOVERY, sound);
        awaitServed(client, "m", 1);
        await("its deadline has come", () -> !forgotten.isOpen());
        await("the first connection is closed", () -> a.openConnections() == 1);
        await("nothing is left of it", () -> client.snapshot().callsInFlight() == 0);

        Transaction another = client.begin("m", PATIENT.withDeadline(Cluster.LONG_ENOUGH));
        cluster.list(b);
        await("its node is drained", () -> states.contains(State.DRAINING));
        await("its deadline has come", () -> !another.isOpen());
        await("the node that has left is closed", () -> a.openConnections() == 0);
    }

    @Test
    @Promise("Transactions 6")
    void oneThatTheClientsCloseEndsSaysSo() {
        DiscoveryClient client =
                cluster.client(options -> options.callOptions(PATIENT).drainTimeout(Duration.ofMillis(1)), a);
        awaitServed(client, "m", 1);
        Transaction transaction = client.begin("m");
        client.close();
        assertThatThrownBy(() -> transaction.call("m", List.of()))
                .isInstanceOf(TransactionEndedException.class)
                .hasMessageContaining(
                        "m: the transaction on a:1 has ended: the client is closing, and it is rolled back");
    }

    @Test
    @Promise("Transactions 9")
    void oneThatNobodyUsesEndsWithItsConnection() {
        DiscoveryClient client = client(a);
        Transaction transaction = client.begin("m");
        a.cut();
        await("it has ended", () -> client.snapshot().callsInFlight() == 0);
        assertThat(transaction.isOpen()).isFalse();
        assertThatThrownBy(() -> transaction.call("m", List.of()))
                .isInstanceOf(TransactionEndedException.class)
                .hasMessageContaining("its connection was lost, and it is rolled back");
        client.close();
    }
}
