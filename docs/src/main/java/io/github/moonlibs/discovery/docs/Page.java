package io.github.moonlibs.discovery.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.text.TextContentRenderer;

/**
 * One page.
 *
 * @param file where it lies
 * @param document what is in it
 * @param title its first heading
 * @param anchors what may stand behind a {@code #} in a link to it
 */
record Page(Path file, Node document, String title, Set<String> anchors) {
    static final List<Extension> EXTENSIONS = List.of(TablesExtension.create(), HeadingAnchorExtension.create());

    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
    private static final TextContentRenderer TEXT =
            TextContentRenderer.builder().extensions(EXTENSIONS).build();

    static Page read(Path file) throws IOException {
        Node document = PARSER.parse(Files.readString(file));
        Headings headings = new Headings();
        document.accept(headings);
        if (headings.title.isEmpty()) {
            throw new IOException(file + ": expected a heading of the first level, got none");
        }
        return new Page(file, document, headings.title, Set.copyOf(headings.anchors));
    }

    /** Where it lies in the site, relative to the site's folder. */
    String target() {
        return file.getFileName().toString().replaceFirst("\\.md$", ".html");
    }

    private static final class Headings extends AbstractVisitor {
        private final IdGenerator ids = IdGenerator.builder().build();
        private final Set<String> anchors = new HashSet<>();
        private String title = "";

        @Override
        public void visit(Heading heading) {
            String text = TEXT.render(heading).strip();
            // the renderer numbers equal ones by the same rule
            anchors.add(ids.generateId(text));
            if (heading.getLevel() == 1 && title.isEmpty()) {
                title = text;
            }
        }
    }
}
