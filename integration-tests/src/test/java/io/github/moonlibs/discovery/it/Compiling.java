package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles sources in memory, as strictly as the library itself is compiled. */
final class Compiling {
    private Compiling() {}

    /**
     * Compiles, and fails with the compiler's messages.
     *
     * @param what the name of the sources, for messages
     * @param sources by name: {@code Example.java}
     */
    static void compile(String what, Map<String, String> sources, Path classes, String... options) {
        List<JavaFileObject> files = new ArrayList<>();
        sources.forEach((name, code) -> files.add(new Source(name, code)));
        StringWriter output = new StringWriter();
        List<String> all = new ArrayList<>(
                List.of("-d", classes.toString(), "-Xlint:all,-classfile,-processing,-path", "-Werror", "-proc:none"));
        all.addAll(List.of(options));
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(output, null, null, all, null, files)
                .call();
        assertThat(compiled).as("%s:\n%s", what, output).isTrue();
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String code;

        Source(String name, String code) {
            super(URI.create("string:///" + name), Kind.SOURCE);
            this.code = code;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }
}
