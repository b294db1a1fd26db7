package io.github.moonlibs.discovery.benchmarks;

import io.github.moonlibs.discovery.benchmarks.memory.MemoryProgram;
import io.github.moonlibs.discovery.benchmarks.polling.PollingProgram;
import io.github.moonlibs.discovery.benchmarks.report.Report;
import io.github.moonlibs.discovery.benchmarks.sidebyside.SideBySide;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures everything, and shows it: JSON and a page in {@code target/bench}.
 *
 * <p>Usage: {@code Bench smoke|short|full [PART…]}, where the parts, all of them by default, are {@code side-by-side},
 * {@code jmh}, {@code memory} and {@code polling}. What a part measured before stays until it is measured again.
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

        Record measure(Form form) throws Exception {
            return switch (this) {
                case SIDE_BY_SIDE -> SideBySide.run(OUT, form.sideBySide());
                case JMH -> JmhSuite.run(form, Report.FOLDER.resolve("jmh.log"), OUT);
                case MEMORY -> MemoryProgram.measure(form.callsInFlight(), form.idleNodes(), OUT);
                case POLLING -> PollingProgram.run(form.polls(), form.simulatedSeconds(), OUT);
            };
        }
    }

    /** Measures, and writes. */
    public static void main(String[] args) throws Exception {
        Form form = Form.valueOf(args[0].toUpperCase(Locale.ROOT));
        List<String> wanted = Arrays.asList(args).subList(1, args.length);
        Files.createDirectories(Report.FOLDER);
        for (Part part : Part.values()) {
            if (wanted.isEmpty() || wanted.contains(part.id())) {
                long start = System.nanoTime();
                OUT.println("== " + part.id());
                Json.write(Report.FOLDER.resolve(part.id() + ".json"), part.measure(form));
                OUT.println(
                        "took " + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s");
            }
        }
        Report.main();
    }
}
