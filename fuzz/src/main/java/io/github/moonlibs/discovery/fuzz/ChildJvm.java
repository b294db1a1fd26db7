package io.github.moonlibs.discovery.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of this class path in a JVM of its own, because an input may end a JVM. */
final class ChildJvm {
    /** Small, so that what takes too much memory is found. */
    private static final String HEAP = "-Xmx512m";

    private final String classPath;
    private final List<String> options = new ArrayList<>(List.of(HEAP, "-XX:+UseSerialGC"));

    ChildJvm(String classPath) {
        this.classPath = classPath;
    }

    ChildJvm with(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    /** The exit code, or {@code expired} if it has not ended by itself. */
    int run(String program, List<String> args, Path log, Duration limit, int expired)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, program));
        command.addAll(args);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        // a run that is ended from outside leaves nothing behind
        Thread ender = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(ender);
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
            showThreads(process);
            return expired;
        } finally {
            process.destroyForcibly().waitFor();
            removed(ender);
        }
    }

    /** Lets the JVM write into its log where its threads are. */
    private static void showThreads(Process process) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-QUIT", String.valueOf(process.pid()))
                .start()
                .waitFor();
        process.waitFor(2, TimeUnit.SECONDS);
    }

    private static void removed(Thread ender) {
        try {
            Runtime.getRuntime().removeShutdownHook(ender);
        } catch (IllegalStateException alreadyShuttingDown) {
            // it does its work now
        }
    }
}
