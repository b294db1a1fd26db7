package io.github.moonlibs.discovery.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The inputs that are kept: a folder for each target. A file that ends with {@code .hex} holds one input a line, after
 * lines that say what it is; any other is one input as it is.
 */
final class Corpus {
    static final Path FOLDER = Path.of("fuzz", "corpus");

    private Corpus() {}

    /** The target's inputs, by names that say where they are. */
    static Map<String, byte[]> of(Path folder, Target target) throws IOException {
        Map<String, byte[]> inputs = new LinkedHashMap<>();
        for (Path file : files(folder.resolve(target.name()))) {
            String name = target.name() + "/" + file.getFileName();
            if (name.endsWith(".hex")) {
                List<String> lines = Files.readAllLines(file);
                for (int i = 0; i < lines.size(); i++) {
                    String line = lines.get(i);
                    if (!line.isBlank() && !line.startsWith("#")) {
                        inputs.put(name + ":" + (i + 1), HexFormat.of().parseHex(line.replace(" ", "")));
                    }
                }
            } else {
                inputs.put(name, Files.readAllBytes(file));
            }
        }
        return inputs;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
