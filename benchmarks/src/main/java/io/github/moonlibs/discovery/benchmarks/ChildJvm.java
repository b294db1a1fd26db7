package io.github.moonlibs.discovery.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A Java process of the same JDK, whose results are lines of JSON. */
public final class ChildJvm {
    private final Process process;
    private final String what;

    private ChildJvm(Process process, String what) {
        this.process = process;
        this.what = what;
    }

    /** The class path of this process. */
    public static List<String> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .toList();
    }

    /**
     * Starts a process.
     *
     * @param jvm arguments of the JVM
     */
    public static ChildJvm start(List<String> jvm, List<String> classPath, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new ChildJvm(process, main.getSimpleName() + " " + String.join(" ", arguments));
    }

    /** The process, for its input and output. */
    public Process process() {
        return process;
    }

    /**
     * Waits for its end, and returns its results.
     *
     * @throws IllegalStateException if it failed, or had no results; the message has its output
     */
    public <T> List<T> results(Class<T> type) throws IOException, InterruptedException {
        List<String> output;
        try (BufferedReader reader = process.inputReader()) {
            output = reader.lines().toList();
        }
        // the JVM and libraries may also have written something
        List<String> json = output.stream().filter(line -> line.startsWith("{")).toList();
        if (process.waitFor() != 0 || json.isEmpty()) {
            throw new IllegalStateException(what + " failed:\n" + String.join("\n", output));
        }
        List<T> results = new ArrayList<>();
        for (String line : json) {
            results.add(new ObjectMapper().readValue(line, type));
        }
        return results;
    }
}
