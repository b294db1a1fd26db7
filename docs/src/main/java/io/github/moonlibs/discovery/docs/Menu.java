package io.github.moonlibs.discovery.docs;

import java.util.ArrayList;
import java.util.List;

/** The list of all pages in their order, with headings between them, and what each page takes from it. */
final class Menu {
    private final List<Item> items = new ArrayList<>();

    /** @param target where it leads; empty for a heading */
    private record Item(String title, String target) {
        String link(String attributes) {
            return "<a" + attributes + " href=\"" + target + "\">" + Highlighter.escaped(title) + "</a>";
        }
    }

    void heading(String title) {
        items.add(new Item(title, ""));
    }

    void page(String title, String target) {
        items.add(new Item(title, target));
    }

    /** The list itself, as it is on one of its pages. */
    String html(String current) {
        StringBuilder html = new StringBuilder("<ul>\n");
        for (Item item : items) {
            if (item.target.isEmpty()) {
                html.append("</ul>\n<h2>")
                        .append(Highlighter.escaped(item.title))
                        .append("</h2>\n<ul>\n");
            } else {
                String here = item.target.equals(current) ? " aria-current=\"page\"" : "";
                html.append("<li>").append(item.link(here)).append("</li>\n");
            }
        }
        return html.append("</ul>").toString();
    }

    /** Links to the pages before and after one. */
    String neighbours(String current) {
        List<Item> pages = items.stream().filter(item -> !item.target.isEmpty()).toList();
        int place = pages.stream().map(Item::target).toList().indexOf(current);
        String before = place > 0 ? pages.get(place - 1).link(" rel=\"prev\"") : "";
        String after = place + 1 < pages.size() ? pages.get(place + 1).link(" rel=\"next\"") : "";
        return before + "\n" + after;
    }
}
