package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.PATIENT;
import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.moonlibs.discovery.CallException;
import io.github.moonlibs.discovery.CallFailedException;
import io.github.moonlibs.discovery.CallOptions;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.ServerProtocol;
import io.github.moonlibs.discovery.Transaction;
import io.github.moonlibs.discovery.TransactionEndedException;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transactions of several calls on a real server, through its errors, its time-outs and its death. */
@Timeout(300)
class TransactionTest {
    // vinyl keeps a transaction open between calls whatever box.cfg says, memtx does with memtx_use_mvcc_engine
    private static final String SCHEMA = """
            box.schema.user.grant('guest', 'read,write', 'universe', nil, { if_not_exists = true })
            for _, engine in ipairs({ 'vinyl', 'memtx' }) do
              box.schema.space.create(engine, { engine = engine, if_not_exists = true })
              box.space[engine]:create_index('primary', { if_not_exists = true })
            end
            testkit.define('insert', function(id, space) box.space[space or 'vinyl']:insert { id } return id end)
            testkit.define('count', function() return box.space.vinyl:count() + box.space.memtx:count() end)
            released = false
            testkit.define('hang', function() while not released do require('fiber').sleep(0.01) end end)
            testkit.define('pushing', function() box.session.push('pushed') return 'returned' end)
            testkit.announce('insert', 100, false)
            testkit.announce('count', 100, true)
            """;

    private final TarantoolServer server =
            TarantoolServer.builder().script(SCHEMA).start();
    private final DiscoveryClient client = Clients.patient()
            .endpoints(server.endpoint())
            .reconnectDelay(Duration.ofMillis(10))
            .connect();

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private boolean hasTransactions() {
        awaitServed(client, "insert", 1);
        ServerProtocol protocol = client.topology().nodes().getFirst().protocol();
        return protocol != null && protocol.has(ServerProtocol.TRANSACTIONS);
    }

    private void assumeTransactions() {
        assumeThat(hasTransactions())
                .as("the server has no transactions that last from call to call")
                .isTrue();
    }

    private Transaction threeCalls() {
        Transaction transaction = client.begin("insert");
        for (int i = 1; i <= 3; i++) {
            assertThat(transaction.call("insert", int.class, i)).isEqualTo(i);
        }
        assertThat(count()).as("what others see").isZero();
        return transaction;
    }

    /** A transaction with a call. On a busy machine these may not be made in a brief time: then another one is begun. */
    private Transaction oneCall(CallOptions brief) {
        List<Transaction> begun = new ArrayList<>();
        List<CallException> failures = new ArrayList<>();
        Waiting.until(() -> "begun and called in time: " + failures, () -> {
            try {
                begun.add(client.begin("insert", brief));
                begun.getLast().call("insert", List.of(1));
                return true;
            } catch (CallException late) {
                begun.forEach(Transaction::close);
                failures.add(late);
                return false;
            }
        });
        return begun.getLast();
    }

    private long count() {
        awaitServed(client, "count", 1);
        Long count = client.call("count", List.of(), Long.class);
        return count == null ? -1 : count;
    }

    private <X extends CallException> X ended(Class<X> type, Transaction transaction, String how) {
        X failure = catchThrowableOfType(type, transaction::commit);
        assertThat(failure).hasMessageContaining("on " + server.endpoint()).hasMessageContaining(how);
        assertThat(transaction.isOpen()).isFalse();
        transaction.close();
        return failure;
    }

    @Test
    void aServerWithoutTransactionsIsRefusedInOneSentence() {
        assumeThat(hasTransactions())
                .as("the server has no lack of transactions")
                .isFalse();
        assertThatThrownBy(() -> client.begin("insert"))
                .isInstanceOf(CallFailedException.class)
                .hasMessageContaining("insert: call failed")
                .hasMessageContaining(" keeps no transaction open between calls: expected Tarantool 2.10 or newer");
        assertThat(client.snapshot().callsInFlight()).isZero();
    }

    @Test
    void threeCallsAreCommittedTogether() {
        assumeTransactions();
        try (Transaction transaction = threeCalls()) {
            transaction.commit();
            assertThat(count()).isEqualTo(3);
            assertThat(transaction.isOpen()).isFalse();
            assertThatThrownBy(() -> transaction.call("insert", List.of(4)))
                    .isInstanceOf(TransactionEndedException.class)
                    .hasMessageContaining("has ended: it was committed");
        }
        assertThat(count()).isEqualTo(3);
        assertThat(client.snapshot().callsInFlight()).isZero();
    }

    @Test
    void threeCallsAreRolledBackTogetherByAWordOrByNone() {
        assumeTransactions();
        try (Transaction transaction = threeCalls()) {
            transaction.rollback();
            assertThat(count()).isZero();
        }
        try (Transaction forgotten = threeCalls()) {
            assertThat(forgotten.isOpen()).isTrue();
        }
        assertThat(count()).isZero();
        assertThat(client.snapshot().callsInFlight()).isZero();
    }

    @Test
    void anErrorLeavesTheTransactionOpen() {
        assumeTransactions();
        try (Transaction transaction = threeCalls()) {
            assertThatThrownBy(() -> transaction.call("insert", List.of(1)))
                    .isInstanceOf(CallFailedException.class)
                    .hasMessageContaining("the transaction is still open")
                    .hasMessageContaining("Duplicate key");
            transaction.commit();
        }
        assertThat(count()).isEqualTo(3);
    }

    @Test
    void whenItsTimeIsOverItIsRolledBackByTheServerAndTheExceptionSaysSo() {
        assumeTransactions();
        Duration brief = Duration.ofSeconds(2);
        try (Transaction transaction = oneCall(PATIENT.withDeadline(brief))) {
            Waiting.until(() -> "the deadline has come", () -> !transaction.isOpen());
            ended(TransactionEndedException.class, transaction, "its deadline came, and it is rolled back");
        }
        try (Transaction hung = oneCall(PATIENT.withTimeout(brief))) {
            assertThatThrownBy(() -> hung.call("hang", List.of()))
                    .isInstanceOf(TransactionEndedException.class)
                    .hasMessageContaining("hang: the transaction on " + server.endpoint() + " has ended: ")
                    .hasMessageContaining("a request in it got no answer (timeout), and it is rolled back");
            ended(TransactionEndedException.class, hung, "got no answer (timeout), and it is rolled back");
            server.eval("released = true");
        }
        // what the server still has of it is gone when the number can be taken again
        assertThat(client.call("insert", List.of(1), PATIENT).get(0)).isEqualTo(1L);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void theNodesDeathEndsIt() {
        assumeTransactions();
        List<Transaction> transactions = new ArrayList<>();
        transactions.add(threeCalls());
        server.kill();
        try (Transaction transaction = transactions.getFirst()) {
            assertThatThrownBy(() -> transaction.call("insert", List.of(4)))
                    .isInstanceOf(TransactionEndedException.class)
                    .hasMessageContaining("the transaction on " + server.endpoint() + " has ended: ")
                    .hasMessageContaining("and it is rolled back");
            ended(TransactionEndedException.class, transaction, "and it is rolled back");
        }
        server.restart();
        assertThat(count()).isZero();
        try (Transaction next = threeCalls()) {
            next.commit();
        }
        assertThat(count()).isEqualTo(3);
    }

    @Test
    void anEngineThatKeepsNoneOpenSaysSo() {
        assumeTransactions();
        try (Transaction transaction = client.begin("insert")) {
            transaction.call("insert", List.of(1, "memtx"));
            ended(
                    TransactionEndedException.class,
                    transaction,
                    "memtx does with memtx_use_mvcc_engine = true in box.cfg");
        }
        assertThat(count()).isZero();
    }

    @Test
    void whatIsPushedInsideGoesToTheListener() {
        assumeTransactions();
        List<Object> got = new ArrayList<>();
        CallOptions options =
                PATIENT.withPushListener(pushed -> got.add(pushed.value().get(0)));
        try (Transaction transaction = client.begin("insert", options)) {
            got.add(transaction.call("pushing", String.class));
        }
        assertThat(got).containsExactly("pushed", "returned");
    }
}
