package io.github.moonlibs.discovery.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Lets the inputs that Jazzer has found worth keeping grow, each in a way of its own, as long as there is time. Not in
 * Jazzer's JVM: what it adds to the readers costs time and memory.
 */
public final class Growing {
    private static final int FOUND = 1;

    private Growing() {}

    /**
     * Exits with 1 after a finding, whose input is then in the file.
     *
     * @param args the target, the milliseconds, the file, and the folders of inputs
     */
    public static void main(String[] args) throws Exception {
        Target target = Targets.named(args[0]);
        long end =
                System.nanoTime() + Duration.ofMillis(Long.parseLong(args[1])).toNanos();
        List<Path> inputs = new ArrayList<>();
        for (int i = 3; i < args.length; i++) {
            inputs.addAll(files(Path.of(args[i])));
        }
        Random random = new Random();
        Bounds bounds = new Bounds(target);
        long grown = 0;
        Collections.shuffle(inputs, random);
        List<Growth> growths = target.growths();
        for (int i = 0; System.nanoTime() - end < 0 && i < inputs.size() * growths.size(); i++) {
            byte[] input = Files.readAllBytes(inputs.get(i % inputs.size()));
            try {
                bounds.readGrown(input, growths.get((i + i / inputs.size()) % growths.size()));
            } catch (Exception | StackOverflowError | OutOfMemoryError found) {
                Files.write(Path.of(args[2]), input);
                found.printStackTrace();
                System.exit(FOUND);
            }
            grown++;
        }
        System.out.println("#" + grown + " grown");
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
