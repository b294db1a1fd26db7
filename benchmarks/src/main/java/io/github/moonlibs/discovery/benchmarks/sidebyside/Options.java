package io.github.moonlibs.discovery.benchmarks.sidebyside;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What to measure.
 *
 * @param only the contestants; empty: those of interest with this many callers
 * @param retries how often a cell is measured again if others used more than a tenth of the machine meanwhile
 * @param builds folders of other, built checkouts of this library, by their names in the results
 * @param warmUp seconds before measuring
 * @param seconds of measuring
 * @param jvm arguments of the cells' JVMs
 * @param json the file for the results; null: none
 */
record Options(
        List<Way> only,
        List<Integer> callers,
        int rounds,
        double warmUp,
        double seconds,
        int retries,
        Map<String, Path> builds,
        List<String> jvm,
        @Nullable Path json) {
    static final String USAGE = """
            usage: SideBySide [OPTION VALUE]…
              --only NAME,…      contestants: discovery, cartridge, socket (one for every caller, nothing decoded), each
                                 also as …-platform, with platform threads; discovery-many (one callMany for all callers);
                                 bulk (a thread and a write for all callers)
              --callers N,…      how many threads call at a time
              --rounds N         of all cells; ratios are computed round by round
              --warm-up SECONDS  before each cell is measured
              --seconds SECONDS  that each cell is measured
              --retries N        of a cell during which others used more than a tenth of the machine
              --build NAME=DIR   also measures discovery as it was built in another checkout, as discovery@NAME
              --jvm ARGUMENT     for the JVM of each cell; may be repeated
              --json FILE        where the results are written""";

    static Options parse(String... args) {
        List<Way> only = List.of();
        List<Integer> callers = List.of(1, 64, 512);
        int rounds = 5;
        double warmUp = 3;
        double seconds = 3;
        int retries = 0;
        Map<String, Path> builds = new LinkedHashMap<>();
        List<String> jvm = new ArrayList<>();
        Path json = null;
        Deque<String> rest = new ArrayDeque<>(List.of(args));
        while (!rest.isEmpty()) {
            String option = rest.poll();
            String value = rest.poll();
            if (value == null) {
                throw new IllegalArgumentException(option + ": expected a value after it\n" + USAGE);
            }
            switch (option) {
                case "--only" ->
                    only = Stream.of(value.split(",", -1)).map(Way::of).toList();
                case "--callers" ->
                    callers = Stream.of(value.split(",", -1))
                            .map(number -> whole(option, 1, number))
                            .toList();
                case "--rounds" -> rounds = whole(option, 1, value);
                case "--warm-up" -> warmUp = seconds(option, value);
                case "--seconds" -> seconds = seconds(option, value);
                case "--retries" -> retries = whole(option, 0, value);
                case "--build" -> builds.put(buildName(value), buildFolder(value));
                case "--jvm" -> jvm.add(value);
                case "--json" -> json = Path.of(value);
                default -> throw new IllegalArgumentException(option + ": no such option\n" + USAGE);
            }
        }
        return new Options(only, callers, rounds, warmUp, seconds, retries, builds, jvm, json);
    }

    /** All cells of a round, in order. */
    List<CellProcess> cells() {
        List<CellProcess> cells = new ArrayList<>();
        for (int number : callers) {
            for (Way way : Way.values()) {
                if (only.isEmpty() ? way.isUsualWith(number) : only.contains(way)) {
                    cells.add(new CellProcess(way, number, null, this));
                    if (way.isDiscovery()) {
                        builds.keySet().forEach(build -> cells.add(new CellProcess(way, number, build, this)));
                    }
                }
            }
        }
        return cells;
    }

    private static int whole(String option, int least, String value) {
        if (!value.matches("\\d{1,6}") || Integer.parseInt(value) < least) {
            throw new IllegalArgumentException(
                    option + ": expected a whole number from " + least + " to 999999, got " + value);
        }
        return Integer.parseInt(value);
    }

    private static double seconds(String option, String value) {
        if (!value.matches("\\d+(\\.\\d+)?") || Double.parseDouble(value) == 0) {
            throw new IllegalArgumentException(option + ": expected seconds above 0, got " + value);
        }
        return Double.parseDouble(value);
    }

    private static String buildName(String value) {
        if (!value.matches("\\w+=.+")) {
            throw new IllegalArgumentException("--build: expected NAME=DIR, got " + value);
        }
        return value.substring(0, value.indexOf('='));
    }

    private static Path buildFolder(String value) {
        Path folder = Path.of(value.substring(value.indexOf('=') + 1)).toAbsolutePath();
        if (!Files.isDirectory(folder.resolve("discovery-core/target/classes"))) {
            throw new IllegalArgumentException(
                    "--build: expected a checkout that has been built, got " + folder + " without classes");
        }
        return folder;
    }
}
