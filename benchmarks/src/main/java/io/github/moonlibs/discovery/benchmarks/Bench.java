package io.github.moonlibs.discovery.benchmarks;

import io.github.moonlibs.discovery.benchmarks.memory.MemoryProgram;
import io.github.moonlibs.discovery.benchmarks.polling.PollingProgram;
import io.github.moonlibs.discovery.benchmarks.report.Report;
import io.github.moonlibs.discovery.benchmarks.sidebyside.SideBySide;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Measures everything, and writes JSON and a page to {@code target/bench}; the smoke form to {@code smoke} below it.
 *
 * <p>Usage: {@code Bench smoke|short|full [PART…]}, where the parts, all of them by default, are {@code side-by-side},
 * {@code jmh}, {@code memory} and {@code polling}. The results of a part stay until it is measured again.
 */
public final class Bench {
    private static final PrintStream OUT = System.out;

    private Bench() {}

    private enum Part {
        SIDE_BY_SIDE,
        JMH,
        MEMORY,
        POLLING;

        String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Part of(String id) {
            return Arrays.stream(values())
                    .filter(part -> part.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(id + ": expected one of "
                            + Arrays.stream(values()).map(Part::id).collect(Collectors.joining(", "))));
        }

        Record measure(Form form, Path folder) throws Exception {
            return switch (this) {
                case SIDE_BY_SIDE -> SideBySide.run(OUT, form.sideBySide());
                case JMH -> JmhSuite.run(form, folder.resolve("jmh.log"), OUT);
                case MEMORY -> MemoryProgram.measure(form.callsInFlight(), form.idleNodes(), OUT);
                case POLLING -> PollingProgram.run(form.polls(), form.simulatedSeconds(), OUT);
            };
        }
    }

    /** Measures, and writes the results. */
    public static void main(String[] args) throws Exception {
        try {
            Form form = Form.valueOf(args[0].toUpperCase(Locale.ROOT));
            List<Part> parts = args.length == 1
                    ? List.of(Part.values())
                    : Arrays.stream(args).skip(1).map(Part::of).toList();
            run(form, parts);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private static void run(Form form, List<Part> parts) throws Exception {
        // the smoke form's figures mean nothing, and must not be taken for results
        Path folder = form == Form.SMOKE ? Report.FOLDER.resolve("smoke") : Report.FOLDER;
        Files.createDirectories(folder);
        for (Part part : parts) {
            long start = System.nanoTime();
            OUT.println("== " + part.id());
            Json.write(folder.resolve(part.id() + ".json"), part.measure(form, folder));
            OUT.println("took " + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s");
        }
        Report.write(folder);
    }
}
