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

/** The site: one HTML page for each Markdown page, with a list of all pages beside it. */
public final class Site {
    private static final String REPOSITORY = "https://github.com/moonlibs/discovery/blob/main";
    private static final HtmlRenderer HTML =
            HtmlRenderer.builder().extensions(Page.EXTENSIONS).build();

    private final Path root;
    private final Map<Path, Page> pages = new LinkedHashMap<>();
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
        try (Stream<Path> files = Files.list(docs)) {
            files.filter(file -> file.toString().endsWith(".md") && !pages.containsKey(file))
                    .forEach(file -> problems.add(root.relativize(file) + ": not listed in docs/pages.txt"));
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
            problems.addAll(new Links(page, pages, awaited, root, REPOSITORY).turn());
            Files.writeString(target.resolve(page.target()), html(page));
        }
        Files.writeString(target.resolve("style.css"), resource("style.css"));
        Path images = Files.createDirectories(target.resolve("images"));
        try (Stream<Path> files = Files.list(root.resolve("docs/images"))) {
            for (Path image : files.toList()) {
                Files.copy(image, images.resolve(image.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
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
