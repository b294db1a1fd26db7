package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.testkit.FakeNode;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Plug-ins on the class path that are broken in every way, beside a client that has no need of them. */
@Timeout(300)
class BrokenPluginTest {
    private static final String STRATEGY = """
            package broken;
            public class %s implements io.github.moonlibs.discovery.spi.WeightStrategy {
                public String name() { %s }
                public Picker newPicker(java.util.List<? extends Candidate> candidates) { return random -> 0; }
                %s
            }
            """;
    private static final String SOURCE = """
            package broken;
            public class %s implements io.github.moonlibs.discovery.spi.TopologyProvider {
                public String scheme() { %s }
                public io.github.moonlibs.discovery.spi.TopologySource open(String uri) { %s }
            }
            """;
    private static final String CONVERTER = """
            package broken;
            public class %s implements io.github.moonlibs.discovery.spi.ValueConverter<Object, String> {
                public Class<Object> type() { %s }
                public java.lang.reflect.Type wireType(java.lang.reflect.Type asked) { return String.class; }
                public Object read(String value) { return value; }
                public String write(Object value) { return "broken"; }
            }
            """;

    private static final Map<String, String> STRATEGIES = Map.of(
            "NoConstructor",
            STRATEGY.formatted("NoConstructor", "return \"a\";", "public NoConstructor(int any) {}"),
            "FailingConstructor",
            STRATEGY.formatted(
                    "FailingConstructor",
                    "return \"b\";",
                    "public FailingConstructor() { throw new IllegalStateException(\"no licence\"); }"),
            "FailingName",
            STRATEGY.formatted("FailingName", "throw new IllegalStateException(\"no name\");", ""),
            "UnfinishedName",
            STRATEGY.formatted("UnfinishedName", "throw new Error(\"not implemented\");", ""),
            "CheckedName",
            STRATEGY.formatted(
                    "CheckedName",
                    "throw CheckedName.<RuntimeException>any(new java.io.IOException(\"no file\"));",
                    "@SuppressWarnings(\"unchecked\") private static <T extends Throwable> T any(Throwable thrown) throws T"
                            + " { throw (T) thrown; }"),
            "UnfinishedPick",
            STRATEGY.formatted("UnfinishedPick", "return \"unfinished\";", "")
                    .replace("random -> 0", "random -> { throw new Error(\"not implemented\"); }"),
            "NoName",
            STRATEGY.formatted("NoName", "return null;", ""),
            "Unlinked",
            STRATEGY.formatted("Unlinked extends Base", "return \"u\";", "") + "class Base {}",
            "NotOne",
            "package broken; public class NotOne {}",
            "Taken",
            STRATEGY.formatted("Taken", "return \"weighted-random\";", "{ hits++; } static int hits;"));
    private static final Map<String, String> SOURCES = Map.of(
            "FailingScheme",
            SOURCE.formatted("FailingScheme", "throw new IllegalStateException(\"no scheme\");", "return null;"),
            "NoSource",
            SOURCE.formatted("NoSource", "return \"Nothing\";", "return null;"),
            "FailingSource",
            SOURCE.formatted("FailingSource", "return \"failing\";", "throw new IllegalStateException(\"no source\");"),
            "UnfinishedScheme",
            SOURCE.formatted("UnfinishedScheme", "throw new Error(\"not implemented\");", "return null;"),
            "UnfinishedSource",
            SOURCE.formatted("UnfinishedSource", "return \"unfinished\";", "throw new Error(\"not implemented\");"),
            "Capital",
            SOURCE.formatted("Capital", "return \"Capital\";", "throw new IllegalArgumentException(uri);"),
            "Refusing",
            SOURCE.formatted(
                    "Refusing", "return \"refusing\";", "throw new IllegalArgumentException(\"expected better\");"),
            "Taken2",
            SOURCE.formatted("Taken2", "return \"static\";", "throw new IllegalStateException(\"the wrong one\");"));
    private static final Map<String, String> CONVERTERS = Map.of(
            "OfEverything",
            CONVERTER.formatted("OfEverything", "return Object.class;"),
            "OfNothing",
            CONVERTER.formatted("OfNothing", "return null;"),
            "UnfinishedType",
            CONVERTER.formatted("UnfinishedType", "throw new Error(\"not implemented\");"),
            "FailingType",
            CONVERTER.formatted("FailingType", "throw new IllegalStateException(\"no type\");"));

    @TempDir
    private Path directory;

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @BeforeEach
    void install() throws IOException {
        write("WeightStrategy", STRATEGIES, Stream.of("broken.Missing"));
        write("TopologyProvider", SOURCES, Stream.of("broken.Missing"));
        write("ValueConverter", CONVERTERS, Stream.of("broken.Missing"));
        // as if the jar of what it extends were missing
        Files.delete(directory.resolve("broken/Base.class"));
        Thread.currentThread()
                .setContextClassLoader(new URLClassLoader(
                        new URL[] {directory.toUri().toURL()}, BrokenPluginTest.class.getClassLoader()));
    }

    @AfterEach
    void remove() throws IOException {
        ((URLClassLoader) Thread.currentThread().getContextClassLoader()).close();
        Thread.currentThread().setContextClassLoader(before);
    }

    private void write(String service, Map<String, String> classes, Stream<String> others) throws IOException {
        List<String> command = new java.util.ArrayList<>(
                List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", directory.toString()));
        for (Map.Entry<String, String> each : classes.entrySet()) {
            Path file = Files.createDirectories(directory.resolve("sources")).resolve(each.getKey() + ".java");
            Files.writeString(file, each.getValue());
            command.add(file.toString());
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, command.toArray(String[]::new)))
                .isZero();
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.write(
                services.resolve("io.github.moonlibs.discovery.spi." + service),
                Stream.concat(others, classes.keySet().stream().map(name -> "broken." + name))
                        .toList());
    }

    @Test
    void aClientThatHasNoNeedOfThemWorks() {
        try (FakeNode node = FakeNode.start().announce("m", 1, true).answer("m", any -> List.of("answered"));
                Logs logs = new Logs();
                DiscoveryClient client =
                        Clients.patient().endpoints(node.endpoint()).connect()) {
            assertThat(client.call("m", List.of(), String.class)).isEqualTo("answered");
            assertThat(logs.containing("strategy weighted-random failed")).isEmpty();
        }
    }

    @Test
    void anUnfinishedStrategyIsReplaced() {
        try (FakeNode node = FakeNode.start().announce("m", 1, true).answer("m", any -> List.of("answered"));
                Logs logs = new Logs();
                DiscoveryClient client = Clients.patient()
                        .endpoints(node.endpoint())
                        .strategy("unfinished")
                        .connect()) {
            assertThat(client.call("m", List.of(), String.class)).isEqualTo("answered");
            assertThat(logs.containing("strategy unfinished failed; weighted-random takes its place"))
                    .hasSize(1);
        }
    }

    /** As one whose jar is closed, or is signed and was changed. */
    @Test
    void aClassLoaderThatFailsStopsNobody() {
        ClassLoader installed = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(new ClassLoader(installed) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.startsWith("broken.")) {
                    throw new SecurityException("the digest of " + name + " is wrong");
                }
                return super.loadClass(name, resolve);
            }
        });
        try (FakeNode node = FakeNode.start().announce("m", 1, true).answer("m", any -> List.of("answered"));
                DiscoveryClient client =
                        Clients.patient().endpoints(node.endpoint()).connect()) {
            assertThat(client.call("m", List.of(), String.class)).isEqualTo("answered");
            assertThatThrownBy(() -> Clients.patient()
                            .endpoints("a:1")
                            .strategy("unfinished")
                            .connect())
                    .hasMessageContaining("the digest of broken.UnfinishedPick is wrong");
        } finally {
            Thread.currentThread().setContextClassLoader(installed);
        }
    }

    @Test
    void whoeverAsksForOneThatIsLeftOutIsToldWhy() {
        assertThatThrownBy(
                        () -> Clients.patient().endpoints("a:1").strategy("b").connect())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("strategy: no plug-in has the name \"b\"; found ")
                .hasMessageContaining("broken.FailingConstructor could not be instantiated: "
                        + "java.lang.IllegalStateException: no licence")
                .hasMessageContaining("broken.Missing not found")
                .hasMessageContaining("broken.NotOne not a subtype")
                .hasMessageContaining("java.lang.NoClassDefFoundError: broken/Base")
                .hasMessageContaining("broken.NoName: its name can't be had")
                .hasMessageContaining("broken.FailingName: its name can't be had")
                .hasMessageContaining("broken.CheckedName: its name can't be had: java.io.IOException: no file")
                .hasMessageContaining("broken.UnfinishedName: its name can't be had: java.lang.Error: not implemented");
    }

    @Test
    void aSourceThatCannotBeOpenedIsNamed() {
        assertThatThrownBy(() -> Clients.patient().topology("nothing:x").connect())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("topology nothing: open of the plug-in broken.NoSource returned null");
        assertThatThrownBy(() -> Clients.patient().topology("failing:x").connect())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("topology failing: open of the plug-in broken.FailingSource failed: ")
                .hasMessageContaining("no source");
        assertThatThrownBy(() -> Clients.patient().topology("unfinished:x").connect())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("topology unfinished: open of the plug-in broken.UnfinishedSource failed:"
                        + " java.lang.Error: not implemented");
        assertThatThrownBy(() -> Clients.patient().topology("refusing:x").connect())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected better");
    }

    @Test
    void theCaseOfASchemeDoesNotMatterAndIsThePlugins() {
        for (String scheme : List.of("capital", "CAPITAL", "Capital")) {
            assertThatThrownBy(() -> Clients.patient().topology(scheme + ":X").connect())
                    .hasMessage("Capital:X");
        }
    }
}
