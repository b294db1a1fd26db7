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
 * @param contenders all that there are
 * @param only the names of those to be measured; empty: those of interest under each load
 * @param retries how often a cell is measured again if others used more than a tenth of the machine meanwhile
 * @param builds folders of other, built checkouts of this library, by their names in the results
 * @param warmUp seconds before measuring, at least
 * @param settle so many seconds more at most, until three windows in a row agree
 * @param seconds of measuring
 * @param jvm arguments of the cells' JVMs
 * @param json the file for the results; null: none
 */
record Options(
        List<Contender> contenders,
        List<String> only,
        List<Load> loads,
        int rounds,
        double warmUp,
        double settle,
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
              --callers N,…      how many threads call at a time; N/work=0.5ms: each computes so long between its calls;
                                 N/large=16MB: one more gets such replies; N/delay=0.2ms: over a network with this delay
              --with NAME=CLASSPATH:CLASS   one more contestant, a Driver; with platform threads if NAME ends with -platform
              --rounds N         of all cells; ratios are computed round by round
              --warm-up SECONDS  before each cell is measured
              --settle SECONDS   that it may take longer until three seconds in a row agree within 5 %
              --seconds SECONDS  that each cell is measured
              --retries N        of a cell during which others used more than a tenth of the machine
              --build NAME=DIR   also measures discovery as it was built in another checkout, as discovery@NAME
              --jvm ARGUMENT     for the JVM of each cell; may be repeated
              --json FILE        where the results are written""";

    static Options parse(String... args) {
        List<Contender> contenders = new ArrayList<>(Contender.all());
        List<String> only = List.of();
        List<Load> loads = List.of(Load.of("1"), Load.of("64"), Load.of("512"));
        int rounds = 5;
        double warmUp = 3;
        double settle = 0;
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
                case "--only" -> only = List.of(value.split(",", -1));
                case "--callers" ->
                    loads = Stream.of(value.split(",", -1)).map(Load::of).toList();
                case "--with" -> contenders.add(Contender.outside(value));
                case "--rounds" -> rounds = whole(option, 1, value);
                case "--warm-up" -> warmUp = seconds(option, value);
                case "--settle" -> settle = seconds(option, value);
                case "--seconds" -> seconds = seconds(option, value);
                case "--retries" -> retries = whole(option, 0, value);
                case "--build" -> builds.put(buildName(value), buildFolder(value));
                case "--jvm" -> jvm.add(value);
                case "--json" -> json = Path.of(value);
                default -> throw new IllegalArgumentException(option + ": no such option\n" + USAGE);
            }
        }
        check(only, contenders);
        return new Options(contenders, only, loads, rounds, warmUp, settle, seconds, retries, builds, jvm, json);
    }

    private static void check(List<String> only, List<Contender> contenders) {
        List<String> names = contenders.stream().map(Contender::name).toList();
        only.stream().filter(name -> !names.contains(name)).findFirst().ifPresent(unknown -> {
            throw new IllegalArgumentException(
                    "contestant " + unknown + ": expected one of " + String.join(", ", names));
        });
    }

    /** All cells of a round, in order. */
    List<CellProcess> cells() {
        List<CellProcess> cells = new ArrayList<>();
        for (Load load : loads) {
            for (Contender one : contenders) {
                if (only.isEmpty() ? one.way().isUsualUnder(load) : only.contains(one.name())) {
                    cells.add(new CellProcess(one, load, this));
                    if (one.way().isDiscovery()) {
                        builds.forEach(
                                (name, folder) -> cells.add(new CellProcess(one.ofBuild(name, folder), load, this)));
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
