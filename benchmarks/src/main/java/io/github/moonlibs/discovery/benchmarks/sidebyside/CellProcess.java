package io.github.moonlibs.discovery.benchmarks.sidebyside;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs one {@link Cell} in a JVM of its own.
 *
 * @param build the name of the build that is measured; null: this one
 */
record CellProcess(Way way, int callers, @Nullable String build, Options options) {
    private static final List<String> MODULES = List.of("discovery-api", "discovery-core", "discovery-iproto");

    private String contestant() {
        return build == null ? way.id() : way.id() + "@" + build;
    }

    Measurement run(int round, Instances instances) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command(instances)).redirectErrorStream(true).start();
        List<String> output;
        try (BufferedReader reader = process.inputReader()) {
            output = reader.lines().toList();
        }
        if (process.waitFor() != 0) {
            throw new IllegalStateException(
                    contestant() + " with " + callers + " callers failed:\n" + String.join("\n", output));
        }
        // before it, the JVM may have warned of what libraries do
        Measurement measured = new ObjectMapper().readValue(output.getLast(), Measurement.class);
        return measured.of(contestant(), round);
    }

    private List<String> command(Instances instances) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options.jvm());
        command.addAll(List.of("-cp", classPath(), Cell.class.getName()));
        command.addAll(List.of(way.id(), String.valueOf(callers)));
        command.addAll(List.of(String.valueOf(options.warmUp()), String.valueOf(options.seconds())));
        command.add(String.join(",", instances.endpoints()));
        command.add(instances.processes().stream().map(String::valueOf).collect(Collectors.joining(",")));
        return command;
    }

    /** This program's own, with another build's classes in place of this library's. */
    private String classPath() {
        String own = System.getProperty("java.class.path");
        if (build == null) {
            return own;
        }
        Path folder = Objects.requireNonNull(options.builds().get(build));
        return Stream.concat(
                        MODULES.stream()
                                .map(module -> folder.resolve(module).resolve("target/classes"))
                                .map(Path::toString),
                        Stream.of(own.split(File.pathSeparator, -1)).filter(CellProcess::isForeign))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isForeign(String entry) {
        return MODULES.stream().noneMatch(Path.of(entry).getFileName().toString()::startsWith);
    }
}
