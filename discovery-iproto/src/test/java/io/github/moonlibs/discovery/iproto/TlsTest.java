package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.spi.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path folder;

    private static SSLContext context;

    /** A certificate for localhost, not for 127.0.0.1, that trusts itself. */
    @BeforeAll
    static void makeCertificate() throws Exception {
        Path store = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit",
                        "-keypass",
                        "changeit")
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory mine = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        mine.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        context = SSLContext.getInstance("TLS");
        context.init(mine.getKeyManagers(), trusted.getTrustManagers(), null);
    }

    /** Speaks TLS with clients and passes on what they say in the clear. */
    private static final class TlsProxy implements AutoCloseable {
        private final SSLServerSocket listening;
        private final Endpoint target;
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private final List<String> askedFor = new CopyOnWriteArrayList<>();

        TlsProxy(Endpoint target) throws IOException {
            this.target = target;
            listening = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(this::accept);
        }

        private void accept() {
            try {
                while (true) {
                    SSLSocket client = (SSLSocket) listening.accept();
                    sockets.add(client);
                    Thread.ofVirtual().start(() -> serve(client));
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        private void serve(SSLSocket client) {
            try (client;
                    Socket server = new Socket(target.host(), target.port())) {
                sockets.add(server);
                client.startHandshake();
                ((ExtendedSSLSession) client.getSession())
                        .getRequestedServerNames()
                        .forEach(name -> askedFor.add(name.toString()));
                Thread back = Thread.ofVirtual().start(() -> pass(server, client));
                pass(client, server);
                back.join();
            } catch (IOException | InterruptedException e) {
                // the client went
            }
        }

        private static void pass(Socket from, Socket to) {
            try (from;
                    to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException e) {
                // either has gone
            }
        }

        int port() {
            return listening.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            listening.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void speaksTlsWithAServerWhoseCertificateIsForItsName() throws Exception {
        Owner owner = new Owner();
        try (RealTarantool tarantool = RealTarantool.start();
                TlsProxy proxy = new TlsProxy(tarantool.endpoint())) {
            Endpoint endpoint = Endpoint.parse("ann:secret@localhost:" + proxy.port());
            Transport.Connection connection = owner.connect(endpoint, options -> options.ssl(context));
            String large = "x".repeat(1 << 20);
            assertThat(connection.call("echo", List.of(large), Owner.SECONDS).as(String.class))
                    .isEqualTo(large);
            assertThat(proxy.askedFor).hasSize(1);
            assertThat(proxy.askedFor.getFirst()).contains("localhost");
            connection.close();
            assertThat(owner.news()).isEqualTo("closed: closed by this side");
            Threads.awaitNone("discovery-");
        }
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws Exception {
        try (RealTarantool tarantool = RealTarantool.start();
                TlsProxy proxy = new TlsProxy(tarantool.endpoint())) {
            Endpoint endpoint = Endpoint.parse("127.0.0.1:" + proxy.port());
            assertThat(catchThrowableOfType(
                            AttemptException.class,
                            () -> new Owner().connect(endpoint, options -> options.ssl(context))))
                    .hasMessageStartingWith(
                            endpoint + ": expected a TLS server with a certificate for 127.0.0.1, got: ");
        }
    }

    @Test
    void aServerInTheClearIsNamed() throws Exception {
        try (RealTarantool tarantool = RealTarantool.start()) {
            assertThat(catchThrowableOfType(
                            AttemptException.class,
                            () -> new Owner().connect(tarantool.endpoint(), options -> options.ssl(context))))
                    .hasMessageContaining(": expected a TLS server with a certificate for 127.0.0.1, got: ");
        }
    }
}
