package io.github.moonlibs.discovery.docs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * The site: one HTML page for each page that docs/pages.txt lists, with a list of all of them beside it. The links of the
 * repository's other Markdown pages are checked, too.
 */
public final class Site {
    private static final String REPOSITORY = "https://github.com/moonlibs/discovery/blob/main";
    private static final HtmlRenderer HTML =
            HtmlRenderer.builder().extensions(Page.EXTENSIONS).build();

    private final Path root;
    private final Map<Path, Page> pages = new LinkedHashMap<>();
    private final Map<Path, Page> others = new LinkedHashMap<>();
    private final Set<Path> awaited = new HashSet<>();
    private final List<String> problems = new ArrayList<>();

    private Site(Path root) throws IOException {
        this.root = root;
        Path docs = root.resolve("docs");
        for (String name : Files.readAllLines(docs.resolve("pages.txt"))) {
            Path file = docs.resolve(name);
            if (Files.exists(file)) {
                pages.put(file, Page.read(file));
            } else {
                awaited.add(file);
            }
        }
        for (Path file : markdown(docs, 1)) {
            if (!pages.containsKey(file)) {
                problems.add(root.relativize(file) + ": not listed in docs/pages.txt");
            }
        }
        for (Path file : others(docs)) {
            others.put(file, Page.read(file));
        }
    }

    /** Pages beside the site's: the repository's own, those of its modules and examples, and the decisions. */
    private List<Path> others(Path docs) throws IOException {
        List<Path> files = new ArrayList<>(markdown(root, 2));
        files.removeIf(file -> file.startsWith(docs));
        for (Path folder : List.of(docs.resolve("adr"), root.resolve("examples"))) {
            if (Files.isDirectory(folder)) {
                files.addAll(markdown(folder, 2));
            }
        }
        return files.stream().distinct().toList();
    }

    private static List<Path> markdown(Path folder, int depth) throws IOException {
        try (Stream<Path> files = Files.find(
                folder,
                depth,
                (file, attributes) ->
                        attributes.isRegularFile() && file.toString().endsWith(".md"))) {
            return files.sorted().toList();
        }
    }

    /**
     * Builds the site of the repository in the first argument in the folder of the second.
     *
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        List<String> problems = build(Path.of(args[0]), Path.of(args[1]));
        problems.forEach(System.err::println);
        if (!problems.isEmpty()) {
            System.exit(1);
        }
        System.out.println("docs: " + Path.of(args[1]).resolve("index.html"));
    }

    /** Builds the site, and returns what is wrong with it. */
    static List<String> build(Path root, Path target) throws IOException {
        Site site = new Site(root.toAbsolutePath().normalize());
        site.write(target);
        return site.problems;
    }

    private void write(Path target) throws IOException {
        Files.createDirectories(target);
        for (Page page : pages.values()) {
            for (Path picture : checked(page).pictures()) {
                copy(picture, target.resolve(root.resolve("docs").relativize(picture)));
            }
            Files.writeString(target.resolve(page.target()), html(page));
        }
        for (Page page : others.values()) {
            checked(page);
        }
        Files.writeString(target.resolve("style.css"), resource("style.css"));
    }

    private Links checked(Page page) {
        Links links = new Links(page, pages, others, awaited, root, REPOSITORY);
        problems.addAll(links.rewrite());
        return links;
    }

    private static void copy(Path picture, Path to) throws IOException {
        Files.createDirectories(Objects.requireNonNull(to.getParent()));
        Files.copy(picture, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private String html(Page page) throws IOException {
        StringBuilder list = new StringBuilder();
        for (Page other : pages.values()) {
            if (other.target().equals("index.html")) {
                continue; // the site's name above the list leads to it
            }
            list.append("<li><a href=\"").append(other.target()).append('"');
            list.append(other.equals(page) ? " aria-current=\"page\">" : ">");
            list.append(escaped(other.title())).append("</a></li>\n");
        }
        return resource("page.html")
                .replace("{title}", escaped(page.title()))
                .replace("{pages}", list)
                .replace("{content}", HTML.render(page.document()));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(Site.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
