package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Credentials;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Credentials that change while a client is open. */
class CredentialsTest {
    @Test
    void aSupplierIsAskedAtEveryLogin() throws Exception {
        AtomicReference<Credentials> current = new AtomicReference<>(new Credentials("app", "old"));
        try (FakeNode node = FakeNode.start().requireLogin("app", "new").echo("echo")) {
            Endpoint endpoint = Endpoint.parse(node.endpoint());
            ServerException refused =
                    catchThrowableOfType(ServerException.class, () -> connect(endpoint, current::get));
            assertThat(refused.error().code()).isEqualTo(47);
            assertThat(refused).hasMessageStartingWith("app@" + endpoint);

            current.set(new Credentials("app", "new"));
            try (Transport.Connection connection = connect(endpoint, current::get)) {
                assertThat(connection.call("echo", List.of(1), Owner.SECONDS).get(0))
                        .isEqualTo(1L);
            }
        }
    }

    @Test
    void aSupplierThatFailsIsNamed() {
        try (FakeNode node = FakeNode.start()) {
            Endpoint endpoint = Endpoint.parse(node.endpoint());
            assertThat(catchThrowableOfType(
                            AttemptException.class,
                            () -> connect(endpoint, () -> {
                                throw new IllegalStateException("no vault");
                            })))
                    .hasMessage(
                            endpoint + ": the supplier of credentials threw java.lang.IllegalStateException: no vault");
            assertThat(node.accepted()).isZero();
        }
    }

    private static Transport.Connection connect(Endpoint endpoint, Supplier<Credentials> supplier)
            throws InterruptedException {
        return new Owner().connect(endpoint, options -> options.credentials(supplier));
    }
}
