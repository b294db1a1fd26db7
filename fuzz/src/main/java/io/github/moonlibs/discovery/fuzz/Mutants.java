package io.github.moonlibs.discovery.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Readers with a fault, each of a kind that fuzzing has to find. A mutant is compiled from the reader's source with a line
 * changed, and lies before the reader on the class path; the tree is not touched.
 */
final class Mutants {
    /**
     * A reader with a fault.
     *
     * @param source the reader's file
     * @param line what is changed in it, as it is there
     * @param changed what it is changed into
     * @param target the one that has to find it
     */
    record Mutant(String fault, String source, String line, String changed, String target) {
        String text(Path root) throws IOException {
            String text = Files.readString(root.resolve(source));
            if (!text.contains(line)) {
                throw new IllegalStateException(source + ": expected the line that the mutant changes: " + line);
            }
            return text.replace(line, changed);
        }
    }

    static final List<Mutant> ALL = List.of(
            new Mutant(
                    "a length is not checked",
                    "discovery-iproto/src/main/java/io/github/moonlibs/discovery/iproto/codec/msgpack/MsgpackReader.java",
                    "if (size * bytesEach > remaining()) {",
                    "if (size * bytesEach > Long.MAX_VALUE / 2) {",
                    "values"),
            new Mutant(
                    "an exception is not wrapped",
                    "discovery-iproto/src/main/java/io/github/moonlibs/discovery/iproto/codec/values/ExtensionReader.java",
                    "} catch (DateTimeException | ArithmeticException e) {",
                    "} catch (ArithmeticException e) {",
                    "values"),
            new Mutant(
                    "an expansion is not bounded",
                    "discovery-etcd/src/main/java/io/github/moonlibs/discovery/etcd/YamlDocument.java",
                    "static final int MAX_VALUES = 1_000_000;",
                    "static final int MAX_VALUES = Integer.MAX_VALUE;",
                    "yaml"));

    private static final Duration LENGTH = Duration.ofMinutes(2);

    private final Path folder;

    Mutants(Path folder) {
        this.folder = folder;
    }

    /** Fuzzes one after another, and says how it went. */
    boolean areFound() throws IOException, InterruptedException {
        int found = 0;
        for (Mutant mutant : ALL) {
            Path own = folder.resolve(mutant.fault().replace(' ', '-').toLowerCase(Locale.ROOT));
            Run.delete(own);
            long start = System.nanoTime();
            Run run = new Run(
                    Targets.named(mutant.target()),
                    own,
                    LENGTH,
                    compile(Path.of(""), mutant, own.resolve("classes"))
                            + System.getProperty("path.separator")
                            + System.getProperty("java.class.path"));
            run.run();
            long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
            boolean isFound = !run.findings().isEmpty();
            found += isFound ? 1 : 0;
            System.out.println("mutant: " + mutant.fault() + ": "
                    + (isFound ? "found in " + seconds + " s: " + run.outcome() : "not found in " + seconds + " s"));
        }
        System.out.println(
                found == ALL.size()
                        ? "fuzz: ok mutants=" + found + " found=" + found
                        : "fuzz: missed " + (ALL.size() - found) + " of " + ALL.size() + " mutants");
        return found == ALL.size();
    }

    /**
     * Compiles the mutant into a folder of its own.
     *
     * @param root the folder of the repository
     */
    static Path compile(Path root, Mutant mutant, Path classes) throws IOException {
        Path source = classes.resolveSibling("source")
                .resolve(Path.of(mutant.source()).getFileName());
        Files.createDirectories(source.getParent());
        Files.createDirectories(classes);
        Files.writeString(source, mutant.text(root));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(problems, null, null)) {
            List<String> options = List.of(
                    "-d", classes.toString(), "-proc:none", "-nowarn", "-cp", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(null, files, problems, options, null, files.getJavaFileObjects(source))
                    .call();
            if (!compiled) {
                throw new IllegalStateException(mutant.fault() + ": " + problems.getDiagnostics());
            }
        }
        return classes;
    }
}
