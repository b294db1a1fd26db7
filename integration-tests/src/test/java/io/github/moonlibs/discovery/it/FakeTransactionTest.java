package io.github.moonlibs.discovery.it;

import static io.github.moonlibs.discovery.it.Clients.awaitServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.CommitUnknownException;
import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Transaction;
import io.github.moonlibs.discovery.TransactionEndedException;
import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transactions on a node of the test kit, as those test them who use it. */
@Timeout(300)
class FakeTransactionTest {
    private final FakeNode node = FakeNode.start().announce("m", 100, false);
    private final DiscoveryClient client =
            Clients.patient().endpoints(node.endpoint()).connect();

    @AfterEach
    void close() {
        client.close();
        node.close();
    }

    private Transaction begin() {
        awaitServed(client, "m", 1);
        return client.begin("m");
    }

    @Test
    void aTransactionIsCommittedOrRolledBack() {
        try (Transaction transaction = begin()) {
            assertThat(node.openTransactions()).isEqualTo(1);
            assertThat(transaction.call("m", List.of("argument"), String.class)).isEqualTo("argument");
            transaction.commit();
            assertThat(node.openTransactions()).isZero();
        }
        begin().close();
        assertThat(node.openTransactions()).isZero();
        assertThat(node.calls("box.commit")).isEqualTo(1);
        assertThat(node.calls("box.rollback")).isEqualTo(1);
    }

    @Test
    void aCommitFailsOrIsUnknownAsTheTestSays() {
        node.fail("box.commit", 97, "Transaction has been aborted by conflict");
        try (Transaction transaction = begin()) {
            assertThatThrownBy(transaction::commit)
                    .isInstanceOf(TransactionEndedException.class)
                    .hasMessageContaining("conflict");
        }
        node.closeOn("box.commit");
        try (Transaction transaction = begin()) {
            assertThatThrownBy(transaction::commit).isInstanceOf(CommitUnknownException.class);
        }
        Waiting.until(() -> "nothing is left", () -> node.openTransactions() == 0);
    }
}
