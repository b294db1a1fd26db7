package io.github.moonlibs.discovery.fuzz;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run is asked for.
 *
 * @param input the one input to read; null: as many as come up in the time
 * @param mutants whether mutants of the readers are to be fuzzed
 */
record Arguments(double minutes, @Nullable Path input, boolean mutants, List<Target> targets) {
    private static final double MINUTES = 5;
    private static final double MOST_MINUTES = 7 * 24 * 60;

    /** @throws IllegalArgumentException if something is wrong; the message says what was expected */
    static Arguments of(String... args) {
        double minutes = MINUTES;
        Path input = null;
        boolean mutants = false;
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--minutes" -> minutes = minutes(value(args, ++i, "--minutes N"));
                case "--input" -> input = input(value(args, ++i, "--input FILE"));
                case "--mutants" -> mutants = true;
                default -> targets.add(target(args[i]));
            }
        }
        if (input != null && targets.size() != 1) {
            throw new IllegalArgumentException("--input FILE: expected one target, got " + targets.size());
        }
        return new Arguments(minutes, input, mutants, targets.isEmpty() ? Targets.ALL : List.copyOf(targets));
    }

    private static String value(String[] args, int index, String expected) {
        if (index >= args.length) {
            throw new IllegalArgumentException("expected " + expected + ", got nothing after it");
        }
        return args[index];
    }

    private static double minutes(String value) {
        double minutes;
        try {
            minutes = Double.parseDouble(value);
        } catch (NumberFormatException e) {
            minutes = Double.NaN;
        }
        if (!(minutes > 0 && minutes <= MOST_MINUTES)) {
            throw new IllegalArgumentException(
                    "--minutes: expected a number above 0, at most a week's, got \"" + value + "\"");
        }
        return minutes;
    }

    private static Path input(String value) {
        Path input = Path.of(value);
        if (!Files.isRegularFile(input)) {
            throw new IllegalArgumentException("--input: expected a file, got \"" + value + "\"");
        }
        return input;
    }

    private static Target target(String name) {
        if (name.startsWith("-")) {
            throw new IllegalArgumentException(
                    name + ": expected --minutes N, --input FILE, --mutants or a target's name");
        }
        return Targets.named(name);
    }

    Duration length() {
        return Duration.ofMillis((long) (minutes * 60_000));
    }
}
