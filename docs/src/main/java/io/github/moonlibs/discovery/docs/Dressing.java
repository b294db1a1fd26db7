package io.github.moonlibs.discovery.docs;

import java.util.Iterator;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.CustomBlock;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Node;

/** Gives a page what Markdown has no words for: links to its headings, tables that scroll, colours of code. */
final class Dressing extends AbstractVisitor {
    private final Iterator<Page.Section> sections;

    private Dressing(Page page) {
        sections = page.sections().iterator();
    }

    static void dress(Page page) {
        page.document().accept(new Dressing(page));
    }

    @Override
    public void visit(Heading heading) {
        Page.Section section = sections.next();
        if (section.level() > 1) {
            HtmlInline link = new HtmlInline();
            link.setLiteral(" <a class=\"anchor\" href=\"#" + section.anchor() + "\" aria-label=\"Link to “"
                    + Highlighter.escaped(section.heading()) + "”\">#</a>");
            heading.appendChild(link);
        }
    }

    @Override
    public void visit(CustomBlock block) {
        if (block instanceof TableBlock) {
            block.insertBefore(html("<div class=\"table\">"));
            block.insertAfter(html("</div>"));
        }
    }

    @Override
    public void visit(FencedCodeBlock code) {
        String language = code.getInfo();
        code.insertBefore(html("<pre><code class=\"language-" + Highlighter.escaped(language) + "\">"
                + Highlighter.html(language, code.getLiteral()) + "</code></pre>"));
        code.unlink();
    }

    private static Node html(String literal) {
        HtmlBlock html = new HtmlBlock();
        html.setLiteral(literal);
        return html;
    }
}
