package io.github.moonlibs.discovery.etcd;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/** The files that a pattern with {@code *}, {@code ?} and {@code [abc]} stands for, as in a shell. */
final class Globs {
    private static final Pattern WILD = Pattern.compile("[*?\\[]");

    private Globs() {}

    /**
     * Lists the files.
     *
     * @param pattern an absolute path, of which each name may be a pattern
     * @return in the order of their names; a file that does not exist is left out
     */
    static List<Path> expand(Path pattern) throws IOException {
        List<Path> found = List.of(pattern.getRoot());
        for (Path name : pattern) {
            List<Path> next = new ArrayList<>();
            for (Path directory : found) {
                if (!WILD.matcher(name.toString()).find()) {
                    Path path = directory.resolve(name);
                    if (Files.exists(path)) {
                        next.add(path);
                    }
                } else if (Files.isDirectory(directory)) {
                    next.addAll(matching(directory, name.toString()));
                }
            }
            found = next;
        }
        return found;
    }

    private static List<Path> matching(Path directory, String name) throws IOException {
        List<Path> matching = new ArrayList<>();
        // braces mean something to Java alone
        String glob = name.replace("{", "\\{").replace("}", "\\}");
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, glob)) {
            for (Path each : stream) {
                if (name.startsWith(".") || !each.getFileName().toString().startsWith(".")) {
                    matching.add(each);
                }
            }
        }
        Collections.sort(matching);
        return matching;
    }
}
