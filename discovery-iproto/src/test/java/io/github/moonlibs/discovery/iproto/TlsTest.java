package io.github.moonlibs.discovery.iproto;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.moonlibs.discovery.AttemptException;
import io.github.moonlibs.discovery.Endpoint;
import io.github.moonlibs.discovery.PemFiles;
import io.github.moonlibs.discovery.spi.Transport;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
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
    void anEndpointMayHaveTlsOrNotWhateverTheOptionsSay() throws Exception {
        try (RealTarantool tarantool = RealTarantool.start();
                TlsProxy proxy = new TlsProxy(tarantool.endpoint())) {
            Endpoint plain = Endpoint.parse(tarantool.endpoint().address() + "?transport=plain");
            new Owner().connect(plain, options -> options.ssl(context)).close();
            Endpoint secure = Endpoint.parse("localhost:" + proxy.port() + "?transport=ssl");
            // no authority that the JDK trusts has signed it
            assertThat(catchThrowableOfType(AttemptException.class, () -> new Owner().connect(secure)))
                    .hasMessageStartingWith(secure + ": expected a TLS server with a certificate for localhost, got: ");
        }
    }

    @Test
    void certificatesAreReadAnewWhenTheirFileHasChanged() throws Exception {
        Path ca = folder.resolve("ca.pem");
        PemFiles files = PemFiles.trusting(ca);
        try (RealTarantool tarantool = RealTarantool.start();
                TlsProxy proxy = new TlsProxy(tarantool.endpoint())) {
            Endpoint endpoint = Endpoint.parse("localhost:" + proxy.port());
            assertThat(catchThrowableOfType(
                            AttemptException.class, () -> new Owner().connect(endpoint, options -> options.ssl(files))))
                    .hasMessageStartingWith(endpoint + ": no TLS: TLS: " + ca + ": expected a file in PEM");
            Files.writeString(ca, "nothing");
            assertThat(catchThrowableOfType(
                            AttemptException.class, () -> new Owner().connect(endpoint, options -> options.ssl(files))))
                    .hasMessageStartingWith(endpoint + ": no TLS: TLS: " + ca + ": expected certificates in PEM");
            Files.write(ca, pem());
            new Owner().connect(endpoint, options -> options.ssl(files)).close();
            assertThat(files.get()).isSameAs(files.get());
        }
    }

    private static byte[] pem() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("keys.p12"))) {
            keys.load(in, PASSWORD);
        }
        byte[] encoded = keys.getCertificate("server").getEncoded();
        return ("-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(encoded)
                        + "\n-----END CERTIFICATE-----\n")
                .getBytes(ISO_8859_1);
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

    /** A server that speaks TLS up to some point, and then says whatever it likes on the same socket. */
    private static final class BrokenTls implements AutoCloseable {
        private final ServerSocket listening;
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();

        /** @param end what the server does once the client has sent a call */
        BrokenTls(LastWords end) throws IOException {
            listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(() -> {
                try {
                    serve(listening.accept(), end);
                } catch (Exception closed) {
                    // the test is over, or the client went
                }
            });
        }

        private interface LastWords {
            void say(Socket plain, SSLSocket tls, long sync) throws Exception;
        }

        private void serve(Socket plain, LastWords end) throws Exception {
            sockets.add(plain);
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", 0, false);
            tls.setUseClientMode(false);
            tls.startHandshake();
            OutputStream out = tls.getOutputStream();
            out.write(FakeServer.GREETING.getBytes(ISO_8859_1));
            long id = sync(tls);
            out.write(FakeServer.packet(0x8000 + 48, id, new byte[] {(byte) 0x80}));
            end.say(plain, tls, sync(tls));
        }

        private static long sync(SSLSocket tls) throws IOException {
            DataInputStream in = new DataInputStream(tls.getInputStream());
            in.readByte();
            byte[] packet = in.readNBytes(in.readInt());
            return ByteBuffer.wrap(packet).getLong(5);
        }

        Endpoint endpoint() {
            return Endpoint.parse("localhost:" + listening.getLocalPort());
        }

        @Override
        public void close() throws IOException {
            listening.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static void assertEndsAndOthersGoOn(BrokenTls.LastWords words) throws Exception {
        Owner owner = new Owner();
        try (RealTarantool tarantool = RealTarantool.start();
                BrokenTls server = new BrokenTls(words);
                Transport.Connection other = new Owner().connect(tarantool.endpoint());
                Transport.Connection connection = owner.connect(server.endpoint(), options -> options.ssl(context))) {
            assertThat(catchThrowableOfType(
                                    AttemptException.class, () -> connection.call("f", List.of(), Owner.SECONDS))
                            .kind())
                    .isEqualTo(AttemptException.Kind.LOST);
            assertThat(owner.news()).startsWith("closed: ");
            assertThat(other.call("echo", List.of(1), Owner.SECONDS).as(Integer.class))
                    .isEqualTo(1);
        }
        Threads.awaitNone("discovery-");
    }

    @Test
    void endsAtARecordThatIsNoTls() throws Exception {
        assertEndsAndOthersGoOn((plain, tls, sync) -> plain.getOutputStream().write(new byte[40_000]));
    }

    @Test
    void endsAtARecordThatWasTamperedWith() throws Exception {
        byte[] record = new byte[5 + 200];
        record[0] = 23;
        record[1] = 3;
        record[2] = 3;
        record[4] = (byte) 200;
        byte[] records = new byte[20 * record.length];
        for (int i = 0; i < 20; i++) {
            System.arraycopy(record, 0, records, i * record.length, record.length);
        }
        assertEndsAndOthersGoOn((plain, tls, sync) -> plain.getOutputStream().write(records));
    }

    @Test
    void endsAtBytesAfterTheServersGoodbye() throws Exception {
        assertEndsAndOthersGoOn((plain, tls, sync) -> {
            tls.shutdownOutput();
            plain.getOutputStream().write(new byte[40_000]);
        });
    }

    @Test
    void endsAtBrokenFramingWithMoreBehindIt() throws Exception {
        byte[] broken = new byte[200_000];
        Arrays.fill(broken, (byte) 0xc1);
        assertEndsAndOthersGoOn((plain, tls, sync) -> tls.getOutputStream().write(broken));
    }
}
