package io.github.moonlibs.discovery.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Jazzer on one target. What it finds is read again in a JVM that is not instrumented, and counts if it is found there. */
final class Run {
    private static final String JAZZER = "com.code_intelligence.jazzer.Jazzer";
    private static final String READERS = "io.github.moonlibs.discovery.**";
    /** Parsers show which inputs are new to them, but their comparisons are no hints: too many. */
    private static final String PARSERS = "org.snakeyaml.**";

    /** Their faults are no reader's: a path or a regular expression that comes from an input, and the like. */
    private static final String SANITIZERS = Stream.of(
                    "BigDecimal",
                    "ClojureLangHooks",
                    "Deserialization",
                    "ExpressionLanguageInjection",
                    "FilePathTraversal",
                    "LdapInjection",
                    "NamingContextLookup",
                    "OsCommandInjection",
                    "ReflectiveCall",
                    "RegexInjection",
                    "RegexRoadblocks",
                    "ScriptEngineInjection",
                    "ServerSideRequestForgery",
                    "SqlInjection",
                    "TemplateInjection",
                    "UnsafeSanitizer",
                    "XPathInjection",
                    "XmlParserSsrfGuidance")
            .map(name -> "com.code_intelligence.jazzer.sanitizers." + name)
            .reduce((left, right) -> left + ":" + right)
            .orElse("");

    private static final int LONGEST_INPUT = 8_192;
    private static final Duration LONGEST_READ = Duration.ofSeconds(20);
    /** A JVM's start and end. */
    private static final Duration BESIDE = Duration.ofMinutes(3);
    /** The optimizing compiler pays in longer runs only. */
    private static final Duration SHORT = Duration.ofSeconds(30);

    /** The part of the time for grown inputs. */
    private static final double GROWING = 0.25;

    private static final int EXPIRED = -1;
    private static final String NO_END = "no end in time";
    private static final Pattern COUNT = Pattern.compile("(?m)^#(\\d+)\\s");
    private static final Pattern ARTIFACT = Pattern.compile("Test unit written to (\\S+)");

    private final Target target;
    private final Path folder;
    private final Duration length;
    private final String classPath;
    private final List<Finding> findings = new ArrayList<>();
    private long inputs;
    private String outcome = "nothing found";

    Run(Target target, Path folder, Duration length) {
        this(target, folder, length, System.getProperty("java.class.path"));
    }

    Run(Target target, Path folder, Duration length, String classPath) {
        this.target = target;
        this.folder = folder;
        this.length = length;
        this.classPath = classPath;
    }

    Target target() {
        return target;
    }

    /** How many the readers have read. */
    long inputs() {
        return inputs;
    }

    List<Finding> findings() {
        return findings;
    }

    String outcome() {
        return outcome;
    }

    /** Fuzzes until something is found, or the time is over. */
    void run() throws IOException, InterruptedException {
        Path seeds = seeds();
        Path corpus = Files.createDirectories(folder.resolve("corpus").resolve(target.name()));
        Files.createDirectories(folder.resolve("log"));
        Files.createDirectories(folder.resolve("found"));
        long end = System.nanoTime() + (long) (length.toNanos() * (1 - GROWING));
        do {
            fuzz(Duration.ofNanos(end - System.nanoTime()), seeds, corpus);
        } while (findings.isEmpty() && System.nanoTime() - end < 0);
        if (findings.isEmpty()) {
            grow(seeds, corpus);
        }
        findings.forEach(finding -> outcome = finding.what());
    }

    private void fuzz(Duration left, Path seeds, Path corpus) throws IOException, InterruptedException {
        Path log = folder.resolve("log").resolve(target.name() + ".log");
        int code = jvm().run(JAZZER, arguments(seeds, corpus, left), log, left.plus(BESIDE), EXPIRED);
        String said = Files.readString(log);
        inputs += counted(said);
        Matcher artifact = ARTIFACT.matcher(said);
        if (artifact.find()) {
            confirm(Path.of(artifact.group(1)));
        } else if (code == EXPIRED && inputs > 0) {
            // a read without an end is Jazzer's to find; this is a machine that is too busy
            outcome = "ended from outside; see " + log;
        } else if (code != 0) {
            findings.add(new Finding(target, log, code == EXPIRED ? NO_END : "Jazzer ended with " + code));
        }
    }

    private void grow(Path seeds, Path corpus) throws IOException, InterruptedException {
        Path log = folder.resolve("log").resolve(target.name() + "-grown.log");
        Path kept = folder.resolve("found").resolve(target.name() + "-grown");
        Duration left = Duration.ofMillis((long) (length.toMillis() * GROWING));
        List<String> arguments = List.of(
                target.name(), String.valueOf(left.toMillis()), kept.toString(), seeds.toString(), corpus.toString());
        int code = new ChildJvm(classPath).run(Growing.class.getName(), arguments, log, left.plus(BESIDE), EXPIRED);
        inputs += counted(Files.readString(log));
        if (code != 0) {
            findings.add(new Finding(target, code == EXPIRED ? log : kept, code == EXPIRED ? NO_END : whatIn(log)));
        }
    }

    private static long counted(String said) {
        return COUNT.matcher(said)
                .results()
                .mapToLong(count -> Long.parseLong(count.group(1)))
                .max()
                .orElse(0);
    }

    private ChildJvm jvm() {
        ChildJvm jvm = new ChildJvm(classPath)
                .with(
                        "-XX:+EnableDynamicAgentLoading",
                        "-Djdk.attach.allowAttachSelf=true",
                        "-Xshare:auto",
                        "--enable-native-access=ALL-UNNAMED");
        return length.compareTo(SHORT) < 0 ? jvm.with("-XX:TieredStopAtLevel=1") : jvm;
    }

    private List<String> arguments(Path seeds, Path corpus, Duration left) throws IOException {
        Path found = Files.createDirectories(folder.resolve("jazzer"));
        return List.of(
                "--target_class=" + Entry.class.getName(),
                "--target_args=" + target.name(),
                "--instrumentation_includes=" + READERS + ":" + PARSERS,
                "--custom_hook_includes=" + READERS,
                "--custom_hook_excludes=" + Entry.class.getPackageName() + ".**",
                "--instrumentation_excludes=" + Entry.class.getPackageName() + ".**",
                "--disabled_hooks=" + SANITIZERS,
                "--reproducer_path=" + found,
                "-artifact_prefix=" + found + "/" + target.name() + "-",
                "-max_total_time=" + Math.max(1, left.toSeconds()),
                "-max_len=" + LONGEST_INPUT,
                "-timeout=" + LONGEST_READ.toSeconds(),
                "-rss_limit_mb=0",
                corpus.toString(),
                seeds.toString());
    }

    /** The corpus, as a folder of files that hold one input each. */
    private Path seeds() throws IOException {
        Path seeds = folder.resolve("seeds").resolve(target.name());
        delete(seeds);
        Files.createDirectories(seeds);
        int count = 0;
        for (Map.Entry<String, byte[]> input : Corpus.of(Corpus.FOLDER, target).entrySet()) {
            Files.write(seeds.resolve(String.valueOf(count++)), input.getValue());
        }
        return seeds;
    }

    static void delete(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException e) throws IOException {
                Files.delete(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void confirm(Path artifact) throws IOException, InterruptedException {
        byte[] input = Files.readAllBytes(artifact);
        Path kept = folder.resolve("found")
                .resolve(target.name() + "-" + HexFormat.of().toHexDigits(Arrays.hashCode(input)));
        Files.move(artifact, kept, StandardCopyOption.REPLACE_EXISTING);
        Path log = kept.resolveSibling(kept.getFileName() + ".log");
        int code = new ChildJvm(classPath)
                .run(Fuzz.class.getName(), List.of("--input", kept.toString(), target.name()), log, BESIDE, EXPIRED);
        if (code == 0) {
            outcome = "found nothing that is found again; see " + kept;
        } else {
            findings.add(new Finding(target, kept, code == EXPIRED ? NO_END : whatIn(log)));
        }
    }

    private static String whatIn(Path log) {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> !line.startsWith("WARNING") && !line.startsWith("OpenJDK"))
                    .findFirst()
                    .orElse("an end without a word");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
