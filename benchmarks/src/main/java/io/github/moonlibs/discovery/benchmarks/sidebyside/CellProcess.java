package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.benchmarks.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs one {@link Cell} in a JVM of its own.
 *
 * @param build the name of the measured build; null: this one
 */
record CellProcess(Way way, int callers, @Nullable String build, Options options) {
    private static final List<String> MODULES = List.of("discovery-api", "discovery-core", "discovery-iproto");

    Measurement run(int round, Instances instances) throws IOException, InterruptedException {
        return ChildJvm.start(
                        options.jvm(),
                        classPath(),
                        Cell.class,
                        way.id(),
                        String.valueOf(callers),
                        String.valueOf(options.warmUp()),
                        String.valueOf(options.seconds()),
                        String.join(",", instances.endpoints()),
                        instances.processes().stream().map(String::valueOf).collect(Collectors.joining(",")))
                .results(Measurement.class)
                .getLast()
                .of(build == null ? way.id() : way.id() + "@" + build, round);
    }

    /** This program's class path, with the classes of another build instead of this library's. */
    private List<String> classPath() {
        List<String> own = ChildJvm.classPath();
        if (build == null) {
            return own;
        }
        Path folder = Objects.requireNonNull(options.builds().get(build));
        return Stream.concat(
                        MODULES.stream()
                                .map(module -> folder.resolve(module).resolve("target/classes"))
                                .map(Path::toString),
                        own.stream().filter(CellProcess::isForeign))
                .toList();
    }

    private static boolean isForeign(String entry) {
        return MODULES.stream().noneMatch(Path.of(entry).getFileName().toString()::startsWith);
    }
}
