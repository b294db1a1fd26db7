package io.github.moonlibs.discovery.docs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;

/** What the site's search looks through: a script, because a page that is opened as a file may load nothing else. */
final class SearchIndex {
    private final StringWriter script = new StringWriter().append("window.searchIndex = ");
    private final JsonGenerator json;

    SearchIndex() throws IOException {
        json = new JsonFactory().createGenerator(script);
        json.writeStartArray();
    }

    void add(Page page) throws IOException {
        for (Page.Section section : page.sections()) {
            String anchor = section.level() == 1 ? "" : "#" + section.anchor();
            add(page.title(), section.heading(), page.target() + anchor, section.text());
        }
    }

    void add(String page, String heading, String target, String text) throws IOException {
        json.writeStartArray();
        for (String part : new String[] {page, heading, target, text}) {
            json.writeString(part);
        }
        json.writeEndArray();
        json.writeRaw('\n');
    }

    String script() throws IOException {
        json.close();
        return script.append(";\n").toString();
    }
}
