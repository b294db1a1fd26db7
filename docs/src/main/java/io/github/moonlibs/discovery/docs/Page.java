package io.github.moonlibs.discovery.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;

/**
 * One page.
 *
 * @param file where it lies
 * @param document what is in it
 * @param sections what stands below each of its headings; the first one is its title
 */
record Page(Path file, Node document, List<Section> sections) {
    static final List<Extension> EXTENSIONS = List.of(TablesExtension.create(), HeadingAnchorExtension.create());

    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();

    /**
     * A heading, and the text below it down to the next one.
     *
     * @param level the heading's
     * @param heading its text
     * @param anchor what stands behind a {@code #} in a link to it
     */
    record Section(int level, String heading, String anchor, String text) {}

    static Page read(Path file) throws IOException {
        return of(file, Files.readString(file));
    }

    /** @param file where it lies, or would lie if it weren't made by the site */
    static Page of(Path file, String markdown) throws IOException {
        Node document = PARSER.parse(markdown);
        List<Section> sections = sections(document);
        if (sections.isEmpty() || sections.getFirst().level() != 1) {
            throw new IOException(file + ": expected a heading of the first level, got none");
        }
        return new Page(file, document, sections);
    }

    private static List<Section> sections(Node document) {
        List<Section> sections = new ArrayList<>();
        // the renderer numbers equal ones by the same rule
        IdGenerator ids = IdGenerator.builder().build();
        for (Node node = document.getFirstChild(); node != null; node = node.getNext()) {
            String text = PlainText.of(node);
            if (node instanceof Heading heading) {
                sections.add(new Section(heading.getLevel(), text, ids.generateId(text), ""));
            } else if (!sections.isEmpty()) {
                Section last = sections.removeLast();
                sections.add(
                        new Section(last.level(), last.heading(), last.anchor(), (last.text() + " " + text).strip()));
            }
        }
        return sections;
    }

    String title() {
        return sections.getFirst().heading();
    }

    /** What may stand behind a {@code #} in a link to it. */
    Set<String> anchors() {
        return sections.stream().map(Section::anchor).collect(Collectors.toSet());
    }

    /** Where it lies in the site, relative to the site's folder. A README is named after its folder. */
    String target() {
        Path name = file.getFileName();
        Path folder = file.getParent();
        if (name.toString().equals("README.md") && folder != null && folder.getFileName() != null) {
            name = folder.getFileName();
        }
        return name.toString().replaceFirst("\\.md$", "").toLowerCase(Locale.ROOT) + ".html";
    }
}
