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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * The site: one HTML page for each line of docs/pages.txt, with a list of all of them beside it, and a search through
 * them. A line is a Markdown file, {@code commands} for the reference of the command line, {@code api} for the javadoc,
 * or a heading in the list of pages. The links of the repository's other Markdown pages are checked, too.
 */
public final class Site {
    private static final String COMMANDS = "commands";
    private static final String API = "api";
    private static final String API_TITLE = "API (javadoc)";
    private static final String CONTENTS = """
            <aside aria-label="Contents">
            <details class="contents">
            <summary>On this page</summary>
            <ul>
            """;
    private static final HtmlRenderer HTML =
            HtmlRenderer.builder().extensions(Page.EXTENSIONS).build();

    private final Path root;
    private final Project project;
    private final Menu menu = new Menu();
    private final Map<Path, Page> pages = new LinkedHashMap<>();
    private final Map<Path, Page> others = new LinkedHashMap<>();
    private final Set<Path> awaited = new HashSet<>();
    private final List<String> problems = new ArrayList<>();
    private boolean withApi;

    private Site(Path root) throws IOException {
        this.root = root;
        project = Project.read(root);
        Path docs = root.resolve("docs");
        for (String line : Files.readAllLines(docs.resolve("pages.txt"))) {
            list(line, docs.resolve(line).normalize());
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

    private void list(String line, Path file) throws IOException {
        if (line.startsWith("# ")) {
            menu.heading(line.substring(2));
        } else if (line.equals(API)) {
            withApi = true;
            menu.page(API_TITLE, API + "/index.html");
        } else if (line.equals(COMMANDS)) {
            put(Page.of(file, Commands.markdown()));
        } else if (Files.exists(file)) {
            put(Page.read(file));
        } else {
            awaited.add(file);
        }
    }

    private void put(Page page) {
        pages.put(page.file(), page);
        menu.page(page.target().equals("index.html") ? "Overview" : page.title(), page.target());
    }

    /** Pages beside the site's: the repository's own, those of its modules and examples, and the decisions. */
    private List<Path> others(Path docs) throws IOException {
        List<Path> files = new ArrayList<>(markdown(root, 2));
        files.removeIf(file -> file.startsWith(docs) || pages.containsKey(file));
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
        SearchIndex index = new SearchIndex();
        for (Page page : pages.values()) {
            index.add(page);
            for (Path picture : checked(page).pictures()) {
                copy(picture, target.resolve(root.resolve("docs").relativize(picture)));
            }
            Dressing.dress(page);
            Files.writeString(target.resolve(page.target()), html(page));
        }
        for (Page page : others.values()) {
            checked(page);
        }
        if (withApi) {
            for (String type : Javadoc.write(root, target.resolve(API), project)) {
                String name = type.substring(type.lastIndexOf('/') + 1).replaceFirst("\\.html$", "");
                index.add(
                        API_TITLE,
                        name,
                        API + "/" + type,
                        type.substring(0, type.lastIndexOf('/')).replace('/', '.'));
            }
        }
        Files.writeString(target.resolve("search-index.js"), index.script());
        for (String name : List.of("style.css", "site.js", "search.js")) {
            Files.writeString(target.resolve(name), resource(name));
        }
    }

    private Links checked(Page page) {
        Links links = new Links(page, pages, others, awaited, root, project);
        problems.addAll(links.rewrite());
        return links;
    }

    private static void copy(Path picture, Path to) throws IOException {
        Files.createDirectories(Objects.requireNonNull(to.getParent()));
        Files.copy(picture, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private String html(Page page) throws IOException {
        String source = page.file().endsWith(COMMANDS)
                ? "made of what <code>discovery --help</code> says"
                : "<a href=\""
                        + project.file(root.relativize(page.file()).toString().replace('\\', '/'))
                        + "\">This page in the repository</a>";
        return resource("page.html")
                .replace("{title}", Highlighter.escaped(page.title()))
                .replace("{version}", Highlighter.escaped(project.version()))
                .replace("{repository}", Highlighter.escaped(project.repository()))
                .replace("{pages}", menu.html(page.target()))
                .replace("{neighbours}", menu.neighbours(page.target()))
                .replace("{source}", source)
                .replace("{contents}", contents(page))
                .replace("{content}", HTML.render(page.document()));
    }

    /** The headings of the second and third level; none if there is nothing to choose. */
    private static String contents(Page page) {
        List<Page.Section> sections = page.sections().stream()
                .filter(section -> section.level() == 2 || section.level() == 3)
                .toList();
        if (sections.size() < 2) {
            return "";
        }
        return sections.stream()
                .map(section -> "<li class=\"level-" + section.level() + "\"><a href=\"#" + section.anchor() + "\">"
                        + Highlighter.escaped(section.heading()) + "</a></li>\n")
                .collect(Collectors.joining("", CONTENTS, "</ul>\n</details>\n</aside>\n"));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(Site.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
