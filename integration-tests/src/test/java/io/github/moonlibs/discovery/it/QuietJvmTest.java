package io.github.moonlibs.discovery.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No JDK warns of what the library and its test kit do, without any flag. */
class QuietJvmTest {
    /** A call by the library. */
    static final class Call {
        private Call() {}

        public static void main(String[] arguments) {
            Logger.getLogger("").setLevel(Level.OFF);
            try (FakeNode node = FakeNode.start()
                            .announce("users.get", 100, true)
                            .answer("users.get", args -> List.of("Ann"));
                    DiscoveryClient client = DiscoveryClient.connect("static:" + node.endpoint())) {
                System.out.println(client.call("users.get", List.of(), Clients.PATIENT, String.class));
            }
        }
    }

    /** The test kit alone reads a packet and answers it. */
    static final class Node {
        private static final int GREETING = 128;
        private static final byte[] PING = {(byte) 0xce, 0, 0, 0, 6, (byte) 0x82, 0, 0x40, 1, 1, (byte) 0x80};

        private Node() {}

        public static void main(String[] arguments) throws IOException {
            try (FakeNode node = FakeNode.start()) {
                String address = node.endpoint();
                int colon = address.indexOf(':');
                int port = Integer.parseInt(address.substring(colon + 1));
                try (Socket socket = new Socket(address.substring(0, colon), port)) {
                    socket.getInputStream().readNBytes(GREETING);
                    socket.getOutputStream().write(PING);
                    System.out.println(socket.getInputStream().read() < 0 ? "nothing" : "Ann");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Call.class, Node.class})
    void nothingIsWarnedOf(Class<?> program) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName())
                .redirectErrorStream(true);
        // the JVM says that it has picked these up
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process java = builder.start();
        String printed = new String(java.getInputStream().readAllBytes(), UTF_8);

        assertThat(printed.strip()).isEqualTo("Ann");
        assertThat(java.waitFor()).isZero();
    }
}
