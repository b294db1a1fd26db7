package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each example works as described, in a JVM of its own. For the plug-in, see {@link PluginTest}. */
@Timeout(600)
class ExamplesTest {
    private static TarantoolServer server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startServer() {
        server = UsersServer.start();
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @Test
    void plain() throws Exception {
        String printed = Jvm.run(
                directory,
                Jvm.java(),
                "-cp",
                Jvm.path(Jvm.example("plain")),
                "com.example.discovery.plain.Plain",
                server.endpoint());
        assertThat(printed)
                .contains("User[id=42, name=Ann]", "1 user(s)")
                .contains("users.insert: call failed (the method is not retriable)", "Duplicate key exists");
    }

    @Test
    void micrometer() throws Exception {
        Predicate<String> meters = entry -> entry.matches(
                ".*/discovery-micrometer(/target/.*|-[^/]*\\.jar)|.*/(micrometer|prometheus-metrics|HdrHistogram|LatencyUtils)-[^/]*\\.jar");
        assertThat(Jvm.run(
                        directory,
                        Jvm.java(),
                        "-cp",
                        Jvm.path(Jvm.example("micrometer").or(meters)),
                        "com.example.discovery.micrometer.Metered",
                        server.endpoint()))
                .contains("discovery_client_calls_seconds_count{client=\"users\",method=\"users.get\"")
                .contains("discovery_client_node_state{client=\"users\",node=\"" + server.endpoint()
                        + "\",state=\"serving\"} 1.0")
                .contains(server.endpoint() + " serves users.get with weight 100, 100 % of its first attempts");
    }

    @Test
    void modules() throws Exception {
        assertThat(Jvm.runModule(
                        directory,
                        Jvm.path(Jvm.example("modules")),
                        "com.example.discovery.modules/com.example.discovery.modules.Main",
                        server.endpoint()))
                .contains("Optional[User[id=42, name=Ann]]", "Optional.empty", "[User[id=42, name=Ann]]");
    }

    /** As in an image that was linked without the module of the flight recorder. */
    @Test
    void modulesWithoutTheFlightRecorder() throws Exception {
        String modules = Jvm.path(Jvm.example("modules"));
        String limited = "java.base,java.logging,io.github.moonlibs.discovery.core,"
                + "io.github.moonlibs.discovery.iproto,com.example.discovery.modules";
        assertThat(Jvm.run(directory, Jvm.java(), "-p", modules, "--limit-modules", limited, "--list-modules"))
                .contains("io.github.moonlibs.discovery.core")
                .doesNotContain("jdk.jfr");
        assertThat(Jvm.run(
                        directory,
                        Jvm.java(),
                        "-p",
                        modules,
                        "--limit-modules",
                        limited,
                        "--add-modules",
                        "io.github.moonlibs.discovery.core,io.github.moonlibs.discovery.iproto",
                        "-m",
                        "com.example.discovery.modules/com.example.discovery.modules.Main",
                        server.endpoint()))
                .contains("Optional[User[id=42, name=Ann]]");
    }

    @Test
    void image() throws Exception {
        Path image = directory.resolve("image");
        // one image is enough, whichever JDK the tests run on
        String jdk = System.getProperty("discovery.build.jdk", System.getProperty("java.home"));
        Jvm.run(
                directory,
                "env",
                "JAVA_HOME=" + jdk,
                "bash",
                Documentation.file("examples/image/image.sh").toString(),
                Jvm.path(Jvm.example("modules")),
                image.toString());

        assertThat(Jvm.run(directory, image.resolve("bin/users").toString(), server.endpoint()))
                .contains("Optional[User[id=42, name=Ann]]");
        assertThat(image.resolve("release")).content().doesNotContain("java.desktop", "java.sql");
    }

    @Test
    void virtualThreads() throws Exception {
        assertThat(Jvm.run(
                        directory,
                        Jvm.java(),
                        "-cp",
                        Jvm.path(Jvm.example("virtual-threads")),
                        "com.example.discovery.threads.VirtualThreads",
                        server.endpoint()))
                .contains("1000 calls succeeded");
    }

    /** The preview has a source for each JDK that supports it. On a JDK without a source, there is nothing to run. */
    @Test
    void structuredConcurrency() throws Exception {
        int jdk = Runtime.version().feature();
        Path source = Documentation.file("examples/virtual-threads/structured/Structured" + jdk + ".java");
        assertThat(Files.exists(source)).isEqualTo(jdk == 21 || jdk == 25);
        if (Files.exists(source)) {
            assertThat(Jvm.run(
                            directory,
                            Jvm.java(),
                            "--enable-preview",
                            "--source",
                            String.valueOf(jdk),
                            "-cp",
                            Jvm.library(),
                            source.toString(),
                            server.endpoint()))
                    .contains("Ann, one of 1");
        }
    }

    @Test
    void strategyBenchmark() throws Exception {
        Path results = directory.resolve("results.csv");
        Jvm.run(
                directory,
                Jvm.java(),
                // another benchmark at the same time does no harm, because the figures are not used
                "-Djmh.ignoreLock=true",
                "-cp",
                System.getProperty("java.class.path"),
                "org.openjdk.jmh.Main",
                "PickBenchmark",
                // short, because the test only checks that it runs
                "-p",
                "nodes=3",
                "-f",
                "0",
                "-wi",
                "1",
                "-w",
                "50ms",
                "-i",
                "1",
                "-r",
                "50ms",
                "-rf",
                "csv",
                "-rff",
                results.toString());
        assertThat(results).content().contains("com.example.discovery.benchmark.PickBenchmark.pick", "ns/op");
    }
}
