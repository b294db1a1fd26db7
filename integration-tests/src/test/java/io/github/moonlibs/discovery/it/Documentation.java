package io.github.moonlibs.discovery.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The documentation of this repository: every page, and the code in it. */
final class Documentation {
    private static final Pattern FENCE = Pattern.compile("^```(\\w+)\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    private Documentation() {}

    /** One piece of code; the first of its page is number 1. */
    record Snippet(String page, int number, String language, String code) {
        @Override
        public String toString() {
            return page + ", piece " + number;
        }
    }

    /** A file of the repository. */
    static Path file(String path) {
        return root().resolve(path);
    }

    private static Path root() {
        return Path.of(Files.exists(Path.of("docs")) ? "" : "..");
    }

    static String read(String path) {
        try {
            return Files.readString(file(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All pages, by their path in the repository. */
    static List<String> pages() throws IOException {
        List<String> pages = new ArrayList<>(List.of("README.md", "discovery-etcd/README.md"));
        for (String folder : List.of("docs", "examples")) {
            try (Stream<Path> files = Files.walk(file(folder), 2)) {
                files.filter(file -> file.toString().endsWith(".md"))
                        .map(file -> root().relativize(file).toString().replace('\\', '/'))
                        .sorted()
                        .forEach(pages::add);
            }
        }
        return pages;
    }

    /** The code of a page in the language, from top to bottom. */
    static List<Snippet> snippets(String page, String language) {
        List<Snippet> snippets = new ArrayList<>();
        Matcher fences = FENCE.matcher(read(page));
        int number = 0;
        while (fences.find()) {
            number++;
            if (fences.group(1).equals(language)) {
                snippets.add(new Snippet(page, number, language, fences.group(2)));
            }
        }
        return snippets;
    }
}
