package io.github.moonlibs.discovery.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Fuzzes the readers of what comes from outside.
 *
 * <p>Usage: {@code Fuzz [--minutes N] [TARGET…]} fuzzes all targets or some, {@code Fuzz --input FILE TARGET} reads one input,
 * {@code Fuzz --mutants} shows that faults are found. Exit code 0: nothing was found; 1: something was; 2: wrong arguments.
 */
public final class Fuzz {
    /** What a run leaves behind, and what the next one begins with. */
    static final Path FOLDER = Path.of("target", "fuzz");

    private Fuzz() {}

    /** Runs, and exits. */
    public static void main(String[] args) throws Exception {
        Arguments arguments;
        try {
            arguments = Arguments.of(args);
        } catch (IllegalArgumentException e) {
            System.err.println("fuzz: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(run(arguments) ? 0 : 1);
    }

    private static boolean run(Arguments arguments) throws Exception {
        if (arguments.input() != null) {
            return replay(arguments.targets().getFirst(), arguments.input());
        }
        return arguments.mutants()
                ? new Mutants(FOLDER.resolve("mutants")).areFound()
                : fuzz(arguments.targets(), arguments.length());
    }

    private static boolean replay(Target target, Path input) throws IOException {
        try {
            new Bounds(target).readAll(Files.readAllBytes(input));
        } catch (Exception | StackOverflowError | OutOfMemoryError found) {
            found.printStackTrace();
            System.out.println(new Finding(target, input, found.toString()));
            return false;
        }
        System.out.println("fuzz: ok inputs=1 findings=0");
        return true;
    }

    /** As many targets at a time as there are processors; the time is shared out among all. */
    private static boolean fuzz(List<Target> targets, Duration length) throws InterruptedException {
        int atATime = Math.min(targets.size(), Runtime.getRuntime().availableProcessors());
        Duration each = length.multipliedBy(atATime).dividedBy(targets.size());
        List<Run> runs =
                targets.stream().map(target -> new Run(target, FOLDER, each)).toList();
        try (ExecutorService runners = Executors.newFixedThreadPool(atATime)) {
            List<Future<?>> ends = new ArrayList<>();
            runs.forEach(run -> ends.add(runners.submit(() -> {
                run.run();
                System.out.printf("%-14s %,10d inputs, %s%n", run.target().name(), run.inputs(), run.outcome());
                return null;
            })));
            for (Future<?> end : ends) {
                end.get();
            }
        } catch (ExecutionException broken) {
            throw new IllegalStateException("a run broke", broken);
        }
        List<Finding> findings =
                runs.stream().flatMap(run -> run.findings().stream()).toList();
        findings.forEach(System.out::println);
        if (findings.isEmpty()) {
            System.out.println(
                    "fuzz: ok inputs=" + runs.stream().mapToLong(Run::inputs).sum() + " findings=0");
        }
        return findings.isEmpty();
    }
}
