package io.github.moonlibs.discovery.docs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Image;
import org.commonmark.node.Link;

/**
 * Checks the links and pictures of a page. On the way it rewrites the links: those to pages of the site lead to these,
 * those to the rest of the repository lead to where the repository can be seen.
 */
final class Links extends AbstractVisitor {
    private final Page page;
    private final Map<Path, Page> pages;
    private final Map<Path, Page> others;
    private final Set<Path> awaited;
    private final Path root;
    private final Project project;
    private final List<String> broken = new ArrayList<>();
    private final List<Path> pictures = new ArrayList<>();

    /**
     * @param pages the site's, by file
     * @param others the repository's that aren't on the site, by file
     * @param awaited pages that may be linked to before they exist
     * @param root the repository's folder
     * @param project where the repository can be seen
     */
    Links(Page page, Map<Path, Page> pages, Map<Path, Page> others, Set<Path> awaited, Path root, Project project) {
        this.page = page;
        this.pages = pages;
        this.others = others;
        this.awaited = awaited;
        this.root = root;
        this.project = project;
    }

    /** Rewrites the links, and returns what is wrong with them. */
    List<String> rewrite() {
        page.document().accept(this);
        return broken;
    }

    /** The pictures that {@link #rewrite} has found on the page. */
    List<Path> pictures() {
        return pictures;
    }

    @Override
    public void visit(Link link) {
        link.setDestination(rewritten(link.getDestination()));
        visitChildren(link);
    }

    @Override
    public void visit(Image image) {
        Path picture = page.file().resolveSibling(image.getDestination()).normalize();
        if (picture.startsWith(root.resolve("docs")) && Files.isRegularFile(picture)) {
            pictures.add(picture);
            image.setDestination(
                    root.resolve("docs").relativize(picture).toString().replace('\\', '/'));
        } else {
            broken(image.getDestination(), "no such picture");
        }
    }

    private String rewritten(String destination) {
        if (destination.matches("[a-z]+:.*")) {
            return destination;
        }
        int hash = destination.indexOf('#');
        String path = hash < 0 ? destination : destination.substring(0, hash);
        String anchor = hash < 0 ? "" : destination.substring(hash + 1);
        Path file =
                path.isEmpty() ? page.file() : page.file().resolveSibling(path).normalize();
        Page target = pages.containsKey(file) ? pages.get(file) : others.get(file);
        if (target != null && !anchor.isEmpty() && !target.anchors().contains(anchor)) {
            broken(destination, "no such heading; there are " + String.join(", ", target.anchors()));
        }
        if (target != null && pages.containsKey(file)) {
            return target.target() + destination.substring(path.length());
        }
        if (!awaited.contains(file) && !(file.startsWith(root) && Files.exists(file))) {
            broken(destination, "no such file");
        }
        return project.file(root.relativize(file).toString().replace('\\', '/'));
    }

    private void broken(String destination, String why) {
        broken.add(root.relativize(page.file()) + ": link to " + destination + ": " + why);
    }
}
