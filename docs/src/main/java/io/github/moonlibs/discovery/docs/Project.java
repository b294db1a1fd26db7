package io.github.moonlibs.discovery.docs;

import java.io.IOException;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.xml.sax.SAXException;

/**
 * What pom.xml says of the project.
 *
 * @param version its version
 * @param repository the address where its repository can be seen
 */
record Project(String version, String repository) {
    static Project read(Path root) throws IOException {
        try {
            Document pom = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(root.resolve("pom.xml").toFile());
            XPath path = XPathFactory.newInstance().newXPath();
            return new Project(path.evaluate("/project/version", pom), path.evaluate("/project/scm/url", pom));
        } catch (ParserConfigurationException | SAXException | XPathExpressionException e) {
            throw new IOException(root.resolve("pom.xml") + " can't be read: " + e.getMessage(), e);
        }
    }

    /** Where a file of the repository can be seen. */
    String file(String path) {
        return repository + "/blob/main/" + path;
    }
}
