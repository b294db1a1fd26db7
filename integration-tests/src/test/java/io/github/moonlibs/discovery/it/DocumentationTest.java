package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.it.Documentation.Snippet;
import io.github.moonlibs.discovery.testkit.FakeNode;
import io.github.moonlibs.discovery.testkit.TarantoolServer;
import java.io.ByteArrayInputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The code in the documentation compiles, loads and works as it stands. */
@Timeout(600)
class DocumentationTest {
    private static final Pattern FILE =
            Pattern.compile("^public (?:final )?(?:class|record|interface) (\\w+)", Pattern.MULTILINE);
    private static final Pattern DECLARATION =
            Pattern.compile("^(?:@\\w+(?:\\([^)]*\\))?\\s+)*(?:final )?(?:class|record|interface|enum) ");
    private static final Pattern MODULE = Pattern.compile("^module ", Pattern.MULTILINE);
    private static final Pattern OWN_ADDRESS = Pattern.compile("static:[^\"]+|127\\.0\\.0\\.1:3301");

    private static final Pattern CONNECT = Pattern.compile("DiscoveryClient\\.connect\\((\"[^\"]+\")\\)");

    /** What pieces of code may use without importing it. Each page may have a User of its own. */
    private static final String IMPORTS = """
            import io.github.moonlibs.discovery.*;
            import io.github.moonlibs.discovery.etcd.*;
            import io.github.moonlibs.discovery.spi.*;
            import io.github.moonlibs.discovery.testkit.*;
            import io.github.moonlibs.discovery.testkit.junit.*;
            import java.io.*;
            import java.nio.file.*;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.*;
            import java.util.random.*;
            import javax.net.ssl.*;
            import org.jspecify.annotations.Nullable;
            import org.junit.jupiter.api.extension.RegisterExtension;
            """;

    private static final String CONTEXT = IMPORTS + """
            abstract class Context {
                DiscoveryClient client;
                CallOptions options;
                String password;
                record User(long id, String name) {}
            }
            """;

    @TempDir
    private Path classes;

    @Test
    void javaCompiles() throws Exception {
        // all at once, because a compiler spends most of its time on its start. A source is named after its page
        Map<String, String> sources = new LinkedHashMap<>(Map.of("Context.java", CONTEXT));
        for (String page : Documentation.pages()) {
            StringBuilder declared = new StringBuilder();
            for (Snippet snippet : Documentation.snippets(page, "java")) {
                Matcher file = FILE.matcher(snippet.code());
                if (MODULE.matcher(snippet.code()).find()) {
                    compileModule(snippet);
                } else if (file.find()) {
                    assertThat(sources.put(file.group(1) + ".java", snippet.code()))
                            .as("another page has the class of %s", snippet)
                            .isNull();
                } else {
                    String name = (page.replaceAll("\\W", "_") + "_" + snippet.number());
                    sources.put(name + ".java", piece(name, snippet, declared));
                }
            }
        }
        assertThat(sources).hasSizeGreaterThan(10);
        compile("the documentation", sources);
    }

    /** @param declared what the page has declared before this piece */
    private static String piece(String name, Snippet snippet, StringBuilder declared) {
        String before = IMPORTS + "class " + name + " extends Context {\n" + declared;
        if (DECLARATION.matcher(snippet.code()).lookingAt()) {
            declared.append(snippet.code());
            return before + snippet.code() + "}\n";
        }
        return before + "void piece() throws Exception {\n" + snippet.code() + "}\n}\n";
    }

    private void compile(String what, Map<String, String> sources) {
        Compiling.compile(what, sources, classes, "-cp", System.getProperty("java.class.path"));
    }

    /** The packages that it names must not be empty: they get what it provides, from the same page, or any class. */
    private void compileModule(Snippet module) {
        Map<String, String> sources = new LinkedHashMap<>(Map.of("module-info.java", module.code()));
        Matcher packages = Pattern.compile("(?:exports|opens) ([\\w.]+)").matcher(module.code());
        while (packages.find()) {
            putClass(sources, packages.group(1), "Something", "class Something {}\n");
        }
        Matcher providers = Pattern.compile("with\\s+([\\w.]+)\\.(\\w+)").matcher(module.code());
        while (providers.find()) {
            for (Snippet other : Documentation.snippets(module.page(), "java")) {
                Matcher file = FILE.matcher(other.code());
                if (file.find() && file.group(1).equals(providers.group(2))) {
                    putClass(sources, providers.group(1), providers.group(2), other.code());
                }
            }
        }
        Compiling.compile(module.toString(), sources, classes.resolve("module" + module.number()), "-p", Jvm.library());
    }

    private static void putClass(Map<String, String> sources, String packageName, String name, String code) {
        sources.put(packageName.replace('.', '/') + "/" + name + ".java", "package " + packageName + ";\n" + code);
    }

    @Test
    void luaIsLoadedByTarantool() throws Exception {
        int loaded = 0;
        try (TarantoolServer server = TarantoolServer.start()) {
            for (String page : Documentation.pages()) {
                for (Snippet snippet : Documentation.snippets(page, "lua")) {
                    server.eval("assert(load(...))", snippet.code());
                    loaded++;
                }
            }
        }
        assertThat(loaded).isGreaterThan(2);
    }

    @Test
    void xmlIsWellFormed() throws Exception {
        for (String page : Documentation.pages()) {
            for (Snippet snippet : Documentation.snippets(page, "xml")) {
                byte[] document = ("<piece>" + snippet.code() + "</piece>").getBytes(StandardCharsets.UTF_8);
                assertThat(DocumentBuilderFactory.newInstance()
                                .newDocumentBuilder()
                                .parse(new ByteArrayInputStream(document))
                                .getDocumentElement()
                                .hasChildNodes())
                        .as(snippet.toString())
                        .isTrue();
            }
        }
    }

    @Test
    void theReadmesExampleMakesItsCall() throws Exception {
        try (FakeNode node = FakeNode.start()
                .announce("users.get", 100, true)
                .answer("users.get", id -> List.of(List.of(42L, "Ann")))) {
            runExample(Documentation.snippets("README.md", "java").getFirst(), node.endpoint());
            assertThat(node.calls("users.get")).isEqualTo(1);
        }
    }

    @Test
    void theStartPagesServerAndExampleWorkTogether() throws Exception {
        String script =
                Documentation.snippets("docs/start.md", "lua").getFirst().code();
        assertThat(script).isEqualTo(Documentation.read("examples/users.lua"));
        try (TarantoolServer server = UsersServer.start()) {
            for (Snippet snippet : Documentation.snippets("docs/start.md", "java")) {
                if (FILE.matcher(snippet.code()).find()) {
                    runExample(snippet, server.endpoint());
                }
            }
            assertThat(server.eval("return box.space.users:get(43)[2]")).containsExactly("Bob");
        }
    }

    @Test
    void theStartPagesProjectIsTheExample() {
        String project = "examples/first-call/";
        assertThat(Documentation.read(project + "pom.xml"))
                .isEqualTo(Documentation.snippets("docs/start.md", "xml")
                        .getFirst()
                        .code());
        assertThat(Documentation.snippets("docs/start.md", "java").stream().map(Snippet::code))
                .contains(Documentation.read(project + "src/main/java/FirstCall.java"));
    }

    /** Replaces the page's addresses, which are examples, and gives its calls time; everything else is run as it is. */
    private void runExample(Snippet snippet, String endpoint) throws Exception {
        Matcher name = FILE.matcher(snippet.code());
        assertThat(name.find()).isTrue();
        String code = CONNECT.matcher(OWN_ADDRESS.matcher(snippet.code()).replaceAll("static:" + endpoint))
                .replaceAll("DiscoveryClient.builder().topology($1).callOptions("
                        + "io.github.moonlibs.discovery.CallOptions.defaults().withTimeout(java.time.Duration.ofMinutes(1)))"
                        + ".connect()");
        compile(snippet.toString(), Map.of(name.group(1) + ".java", code));
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            loader.loadClass(name.group(1)).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        }
    }
}
