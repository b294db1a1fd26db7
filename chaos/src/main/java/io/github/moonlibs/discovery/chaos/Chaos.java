package io.github.moonlibs.discovery.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/**
 * Five real nodes under seeded faults, and two hundred callers whose history is checked.
 *
 * <p>Usage: {@code Chaos [--minutes N] [--seed S]}. Exit code 0: every promise was kept; 1: not, or the run broke; 2: wrong
 * arguments.
 */
public final class Chaos {
    /** Where what is too long for the screen goes. */
    static final Path FOLDER = Path.of("target", "chaos");
    /** What a run may take beside its length: nodes start, the last calls end, everything is checked. */
    private static final Duration BESIDE = Duration.ofMinutes(5);

    private Chaos() {}

    /** Runs, says what happens, and exits. */
    public static void main(String[] args) throws Exception {
        Arguments arguments;
        try {
            arguments = Arguments.of(args);
        } catch (IllegalArgumentException e) {
            System.err.println("chaos: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(run(arguments) ? 0 : 1);
    }

    private record Arguments(double minutes, long seed) {
        static Arguments of(String... args) {
            double minutes = 1;
            long seed = new Random().nextInt(1_000_000);
            for (int i = 0; i < args.length; i += 2) {
                String value = i + 1 < args.length ? args[i + 1] : "";
                switch (args[i]) {
                    case "--minutes" -> minutes = number(args[i], value);
                    case "--seed" -> seed = seed(value);
                    default -> throw new IllegalArgumentException(args[i] + ": expected --minutes N or --seed S");
                }
            }
            if (!(minutes > 0 && minutes <= 24 * 60)) {
                throw new IllegalArgumentException("--minutes: expected a number above 0, at most a day's");
            }
            return new Arguments(minutes, seed);
        }

        private static long seed(String value) {
            try {
                return Long.parseLong(value);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("--seed: expected a whole number, got \"" + value + "\"", e);
            }
        }

        private static double number(String option, String value) {
            try {
                return Double.parseDouble(value);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(option + ": expected a number, got \"" + value + "\"", e);
            }
        }

        Duration length() {
            return Duration.ofMillis((long) (minutes * 60_000));
        }
    }

    private static boolean run(Arguments arguments) throws IOException {
        Report report = new Report(System.out);
        Files.createDirectories(FOLDER);
        LibraryLog.writeTo(FOLDER.resolve("library.log"));
        report.line("seed " + arguments.seed() + ", "
                + Times.seconds(arguments.length().toNanos()) + "; what the library logs is in "
                + FOLDER.resolve("library.log"));
        exitIfItDoesNotEnd(arguments.length().plus(BESIDE), report);
        boolean isOk = false;
        try (Run run = new Run(arguments.seed(), arguments.length(), report)) {
            isOk = run.run();
        } catch (Exception broken) {
            report.line("violated: the run itself broke: " + broken);
            isOk = false;
        }
        return isOk;
    }

    private static void exitIfItDoesNotEnd(Duration limit, Report report) {
        Thread.ofPlatform().daemon().name("chaos-limit").start(() -> {
            try {
                Thread.sleep(limit);
            } catch (InterruptedException e) {
                return;
            }
            Thread.getAllStackTraces().forEach((thread, stack) -> {
                report.line(thread + " " + Arrays.toString(stack));
            });
            report.line("violated: the run has not ended after " + Times.seconds(limit.toNanos()));
            System.exit(1);
        });
    }
}
