package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.Waiting;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example plug-in, found by an application in a JVM of its own: on the class path, and on the module path. */
@Timeout(600)
class PluginTest {
    @TempDir
    private Path directory;

    @Test
    void aPluginOnTheClassPathIsFound() throws Exception {
        assertTheApplicationFollowsTheFile(List.of("-cp", System.getProperty("java.class.path")));
    }

    @Test
    void aPluginOnTheModulePathIsFound() throws Exception {
        String modules = Jvm.path(Jvm.example("plugin"));
        String tests = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));

        String printed = assertTheApplicationFollowsTheFile(
                List.of("--module-path", modules, "--add-modules", "ALL-MODULE-PATH", "-cp", tests));
        assertThat(printed).contains("client in module io.github.moonlibs.discovery.core");
    }

    /** Such a method makes the plug-in, and returns no more than the interface. */
    @Test
    void pluginsThatTheProviderMethodsOfAModuleMakeAreAllFound() throws Exception {
        Path classes = directory.resolve("classes");
        String factory = """
                package com.example.made;
                import io.github.moonlibs.discovery.spi.WeightStrategy;
                public class %1$s {
                    private %1$s() {}
                    public static WeightStrategy provider() { return new Named("%2$s"); }
                }
                """;
        Map<String, String> sources = Map.of(
                "module-info.java",
                """
                module com.example.made {
                    requires io.github.moonlibs.discovery;
                    provides io.github.moonlibs.discovery.spi.WeightStrategy
                            with com.example.made.One, com.example.made.Two;
                }
                """,
                "One.java",
                factory.formatted("One", "one"),
                "Two.java",
                factory.formatted("Two", "two"),
                "Named.java",
                """
                package com.example.made;
                import io.github.moonlibs.discovery.spi.WeightStrategy;
                import java.util.List;
                record Named(String name) implements WeightStrategy {
                    @Override
                    public Picker newPicker(List<? extends Candidate> candidates) { return random -> 0; }
                }
                """,
                "Main.java",
                """
                package com.example.made;
                import io.github.moonlibs.discovery.DiscoveryClient;
                import java.time.Duration;
                class Main {
                    public static void main(String[] strategies) {
                        for (String strategy : strategies) {
                            try (DiscoveryClient client = DiscoveryClient.builder()
                                    .endpoints("127.0.0.1:1")
                                    .strategy(strategy)
                                    .startTimeout(Duration.ZERO)
                                    .connect()) {
                                System.out.println(strategy + " balances " + client);
                            }
                        }
                    }
                }
                """);
        Compiling.compile("plug-ins by provider methods", sources, classes, "-p", Jvm.library());

        String printed = Jvm.runModule(
                directory,
                classes + File.pathSeparator + Jvm.library(),
                "com.example.made/com.example.made.Main",
                "one",
                "two");
        assertThat(printed.lines())
                .anyMatch(line -> line.startsWith("one balances "))
                .anyMatch(line -> line.startsWith("two balances "));
    }

    private String assertTheApplicationFollowsTheFile(List<String> where) throws IOException, InterruptedException {
        Path list = directory.resolve("nodes.txt");
        try (FakeNode first =
                        FakeNode.start().announce("node.name", 1, true).answer("node.name", any -> List.of("first"));
                FakeNode second =
                        FakeNode.start().announce("node.name", 1, true).answer("node.name", any -> List.of("second"))) {
            replace(list, first.endpoint() + "\n");
            Path output = directory.resolve("output.txt");
            List<String> command = new ArrayList<>(List.of(Jvm.java()));
            command.addAll(where);
            command.addAll(List.of(PluginApplication.class.getName(), "lines:" + list, "nearest-zone"));
            Process application = Jvm.start(output, command);
            try {
                Waiting.until(() -> "first: " + read(output), () -> read(output).contains("answered by first"));
                replace(list, second.endpoint() + "\n");
                Waiting.until(
                        () -> "second: " + read(output), () -> read(output).contains("answered by second"));
                assertThat(application.waitFor(Waiting.BOUND.toSeconds(), TimeUnit.SECONDS))
                        .as(read(output))
                        .isTrue();
                assertThat(application.exitValue()).as(read(output)).isZero();
                return read(output);
            } finally {
                application.destroyForcibly();
            }
        }
    }

    private void replace(Path list, String content) throws IOException {
        Path next = directory.resolve("nodes.txt.next");
        Files.writeString(next, content);
        Files.move(next, list, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            return e.toString();
        }
    }
}
