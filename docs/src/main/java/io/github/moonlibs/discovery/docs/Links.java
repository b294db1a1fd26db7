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
 * Checks the links of a page, and turns those to other pages, and to the rest of the repository, into what they are on
 * the site.
 */
final class Links extends AbstractVisitor {
    private final Page page;
    private final Map<Path, Page> pages;
    private final Set<Path> awaited;
    private final Path root;
    private final String repository;
    private final List<String> broken = new ArrayList<>();

    /**
     * @param pages by where they lie
     * @param awaited pages that may be linked to before they are there
     * @param root the repository's folder
     * @param repository the address that it is to be seen at
     */
    Links(Page page, Map<Path, Page> pages, Set<Path> awaited, Path root, String repository) {
        this.page = page;
        this.pages = pages;
        this.awaited = awaited;
        this.root = root;
        this.repository = repository;
    }

    /** Turns the links, and returns what is wrong with them. */
    List<String> turn() {
        page.document().accept(this);
        return broken;
    }

    @Override
    public void visit(Link link) {
        link.setDestination(turned(link.getDestination()));
        visitChildren(link);
    }

    @Override
    public void visit(Image image) {
        if (!Files.isRegularFile(page.file().resolveSibling(image.getDestination()))) {
            broken(image.getDestination(), "no such picture");
        }
    }

    private String turned(String destination) {
        if (destination.matches("[a-z]+:.*")) {
            return destination;
        }
        int hash = destination.indexOf('#');
        String path = hash < 0 ? destination : destination.substring(0, hash);
        String anchor = hash < 0 ? "" : destination.substring(hash + 1);
        Path file =
                path.isEmpty() ? page.file() : page.file().resolveSibling(path).normalize();
        Page target = pages.get(file);
        if (target != null) {
            if (!anchor.isEmpty() && !target.anchors().contains(anchor)) {
                broken(destination, "no such heading; there are " + String.join(", ", target.anchors()));
            }
            return target.target() + destination.substring(path.length());
        }
        if (!awaited.contains(file) && !(file.startsWith(root) && Files.exists(file))) {
            broken(destination, "no such file");
        }
        return repository + "/" + root.relativize(file).toString().replace('\\', '/');
    }

    private void broken(String destination, String why) {
        broken.add(root.relativize(page.file()) + ": link to " + destination + ": " + why);
    }
}
