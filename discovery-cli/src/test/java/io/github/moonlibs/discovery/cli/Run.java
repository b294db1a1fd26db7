package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A command that was run in this process, as a shell sees it.
 *
 * @param code what it exited with
 * @param out its standard output
 * @param err its standard error
 */
record Run(int code, String out, String err) {
    static Run of(String... arguments) {
        return with(Map.of(), FakeTerminal.NONE, arguments);
    }

    static Run with(Map<String, String> environment, Terminal terminal, String... arguments) {
        return reading("", environment, terminal, arguments);
    }

    /** @param in its standard input */
    static Run reading(String in, Map<String, String> environment, Terminal terminal, String... arguments) {
        InputStream input = new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code =
                Main.run(new Shell(input, new Output(out, () -> false), stream(err), environment, terminal), arguments);
        return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    /** The output's lines, each of which has to be one JSON object. */
    List<Map<?, ?>> documents() {
        List<@Nullable Object> parsed = Arguments.parse(out.lines().toList());
        return parsed.stream().<Map<?, ?>>map(object -> (Map<?, ?>) object).toList();
    }

    /** The output, which has to be one JSON object. */
    Map<?, ?> document() {
        List<Map<?, ?>> documents = documents();
        assertThat(documents).as(out + err).hasSize(1);
        return documents.getFirst();
    }

    /** The objects of an array in a document. */
    static List<Map<?, ?>> objects(Map<?, ?> document, String key) {
        return ((List<?>) Objects.requireNonNull(document.get(key), key))
                .stream().<Map<?, ?>>map(object -> (Map<?, ?>) object).toList();
    }

    /** One field of every object of an array in a document. */
    static List<Object> each(Map<?, ?> document, String key, String field) {
        return objects(document, key).stream()
                .<Object>map(object -> Objects.requireNonNull(object.get(field), field))
                .toList();
    }

    /** The error output is one plain sentence: a line without a stack trace. */
    Run saysInOneLine(String... parts) {
        assertThat(err).endsWith("\n").contains(parts);
        assertThat(err.stripTrailing()).doesNotContain("\n", "\tat ");
        return this;
    }

    Run exits(int expected) {
        assertThat(code).as("out:\n%s\nerr:\n%s", out, err).isEqualTo(expected);
        return this;
    }
}
