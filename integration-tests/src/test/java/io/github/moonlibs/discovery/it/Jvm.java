package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.testkit.Waiting;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Separate JVMs, with the library as applications have it: without the test kit and without test libraries. */
final class Jvm {
    private static final Predicate<String> LIBRARY = Predicate.not((String entry) -> entry.endsWith("test-classes"))
            .and(entry -> entry.matches(".*/discovery-(api|core|iproto)(/target/.*|-[^/]*\\.jar)"
                    + "|.*/(msgpack-core|resilience4j-[a-z]*|slf4j-api)-[^/]*\\.jar"));

    private Jvm() {}

    /** The class path or module path of an application: the library, and the chosen other entries. */
    static String path(Predicate<String> besides) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> LIBRARY.or(besides).test(entry.replace(File.separatorChar, '/')))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The path with only the library. */
    static String library() {
        return path(entry -> false);
    }

    /** The entries of an example. */
    static Predicate<String> example(String name) {
        return entry ->
                entry.matches(".*/examples/" + name + "/target/.*|.*/discovery-example-" + name + "-[^/]*\\.jar");
    }

    /** The java command of this JVM. */
    static String java() {
        return ProcessHandle.current().info().command().orElseThrow();
    }

    /** Another program of this JVM's JDK. */
    static String tool(String name) {
        return Path.of(java()).resolveSibling(name).toString();
    }

    static Process start(Path output, List<String> command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        // these programs end before the second compiler would pay off
        builder.environment().put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
        return builder.start();
    }

    /** Far more than any program takes, even one that links an image while all processors are busy. */
    private static final Duration BOUND = Waiting.BOUND.multipliedBy(5);

    /**
     * Runs an application from the module path until it ends, expects success, and returns its output.
     *
     * @param main its module and its main class, with a slash between them
     */
    static String runModule(Path directory, String path, String main, String... arguments)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("-p", path, "--add-modules", "ALL-MODULE-PATH", "-m", main));
        all.addAll(List.of(arguments));
        return run(directory, java(), all.toArray(String[]::new));
    }

    /** Runs a program until it ends, expects success, and returns its output. */
    static String run(Path directory, String program, String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        Process process = start(output, command);
        try {
            boolean ended = process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS);
            String printed = Files.readString(output, StandardCharsets.UTF_8);
            assertThat(ended)
                    .as("%s has ended; it printed %s", command, printed)
                    .isTrue();
            assertThat(process.exitValue()).as("%s: %s", command, printed).isZero();
            return printed;
        } finally {
            process.destroyForcibly();
        }
    }
}
