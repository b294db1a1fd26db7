package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.FakeNode;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java compiles as it stands, and works. */
class ReadmeTest {
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path classes;

    @Test
    void theFirstExampleCompilesAndMakesItsCall() throws Exception {
        try (FakeNode node = FakeNode.start()
                .announce("users.get", 100, true)
                .answer("users.get", id -> List.of(List.of(42L, "Ann")))) {
            // the README's addresses are somebody's own; everything else is taken as it stands
            String code = examples().getFirst().replaceAll("static:[^\"]+", "static:" + node.endpoint());
            compile("Example", code);

            try (URLClassLoader loader = new URLClassLoader(
                    new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
                loader.loadClass("Example").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
            }
            assertThat(node.calls("users.get")).isEqualTo(1);
        }
    }

    @Test
    void theOtherExampleCompiles() throws Exception {
        compile(
                "Other",
                "import io.github.moonlibs.discovery.*;\nimport java.time.Duration;\nimport java.util.List;\n"
                        + "class Other {\nvoid other(String password) {\n"
                        + examples().get(1) + "}\n}\n");
    }

    private static List<String> examples() throws Exception {
        return JAVA.matcher(Files.readString(readme()))
                .results()
                .map(example -> example.group(1))
                .toList();
    }

    private static Path readme() {
        return Stream.of("README.md", "../README.md")
                .map(Path::of)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
    }

    private void compile(String name, String code) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return code;
                    }
                };
        StringWriter output = new StringWriter();
        boolean compiled = compiler.getTask(
                        output,
                        null,
                        null,
                        List.of(
                                "-d",
                                classes.toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-Xlint:all,-classfile,-processing,-path",
                                "-Werror",
                                "-proc:none"),
                        null,
                        List.of(source))
                .call();
        assertThat(compiled).as(output.toString()).isTrue();
    }
}
