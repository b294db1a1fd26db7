package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Credentials;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.ServerException;
import io.github.moonlibs.discovery.spi.Transport;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
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

    /** As one that asks a vault over HTTP; the interrupt of a platform thread would not end it. */
    @Test
    void aSupplierThatWaitsForASocketCostsNoMoreThanTheConnectTimeout() throws Exception {
        try (FakeNode node = FakeNode.start();
                ServerSocket vault = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Endpoint endpoint = Endpoint.parse(node.endpoint());
            Supplier<Credentials> supplier = () -> {
                try (Socket socket = new Socket(vault.getInetAddress(), vault.getLocalPort())) {
                    return new Credentials(
                            "app", String.valueOf(socket.getInputStream().read()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            };
            assertThat(catchThrowableOfType(
                            AttemptException.class,
                            () -> new Owner()
                                    .connect(
                                            endpoint,
                                            options -> options.credentials(supplier)
                                                    .connectTimeout(Duration.ofSeconds(3)))))
                    .hasMessageEndingWith("not connected within 3000 ms, while asking for the credentials");
            Threads.awaitNone("discovery-connect");
        }
    }

    private static Transport.Connection connect(Endpoint endpoint, Supplier<Credentials> supplier)
            throws InterruptedException {
        return new Owner().connect(endpoint, options -> options.credentials(supplier));
    }
}
