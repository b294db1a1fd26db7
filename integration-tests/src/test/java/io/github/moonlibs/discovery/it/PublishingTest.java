package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** Everything that is published to Maven Central meets its requirements, and nothing else is published. */
class PublishingTest {
    private static final XPath XPATH = XPathFactory.newInstance().newXPath();
    private static final String BOM = "discovery-bom";

    private final Pom parent = Pom.of("pom.xml");

    /** A POM file. */
    private record Pom(String path, Document document) {
        static Pom of(String path) {
            try {
                return new Pom(
                        path,
                        DocumentBuilderFactory.newInstance()
                                .newDocumentBuilder()
                                .parse(Documentation.file(path).toFile()));
            } catch (Exception e) {
                throw new IllegalStateException(path, e);
            }
        }

        /** The contents of all elements at this place. */
        List<String> all(String place) {
            try {
                NodeList found = (NodeList) XPATH.evaluate("/project/" + place, document, XPathConstants.NODESET);
                return IntStream.range(0, found.getLength())
                        .mapToObj(i -> found.item(i).getTextContent().strip())
                        .toList();
            } catch (Exception e) {
                throw new IllegalStateException(path + ": " + place, e);
            }
        }

        boolean isPublished() {
            List<String> skips = new ArrayList<>(all("properties/maven.deploy.skip"));
            skips.addAll(all("properties/skipPublishing"));
            assertThat(skips)
                    .as("%s skips deploying both ways or neither", path)
                    .isIn(List.of(), List.of("true", "true"));
            return skips.isEmpty();
        }

        void assertHas(String... places) {
            for (String place : places) {
                assertThat(all(place)).as("%s: %s", path, place).isNotEmpty().doesNotContain("");
            }
        }
    }

    private List<Pom> published() {
        return parent.all("modules/module").stream()
                .map(module -> Pom.of(module + "/pom.xml"))
                .filter(Pom::isPublished)
                .toList();
    }

    @Test
    void internalModulesAreNotPublished() {
        assertThat(published())
                .allSatisfy(pom -> assertThat(pom.path()).matches("discovery-[a-z-]+/pom\\.xml"))
                .hasSizeGreaterThan(5);
    }

    /** A library that a module's users don't see in its API reaches their run time, and not their compiler. */
    @Test
    void librariesThatAModuleKeepsToItselfAreOfScopeRuntime() throws IOException {
        for (Pom pom : published()) {
            Path moduleInfo = Documentation.file(pom.path()).resolveSibling("src/main/java/module-info.java");
            if (Files.exists(moduleInfo)) {
                String module = Files.readString(moduleInfo);
                assertThat(pom.all("dependencies/dependency[not(scope) and not(optional)]/artifactId"))
                        .as(pom.path())
                        .allMatch(artifact -> artifact.equals("discovery-api")
                                || module.contains("requires transitive " + artifact.replace('-', '.') + ";"));
            }
        }
        assertThat(parent.all("properties/libraries.scope")).containsExactly("runtime");
        assertThat(Documentation.read(".mvn/maven.config"))
                .as("only this build compiles with them")
                .isEqualTo("-Dlibraries.scope=compile\n");
    }

    @Test
    void theBomHasEveryPublishedModuleInItsOwnVersion() {
        Pom bom = Pom.of(BOM + "/pom.xml");
        List<String> artifacts = published().stream()
                .flatMap(pom -> pom.all("artifactId").stream())
                .filter(artifact -> !artifact.equals(BOM))
                .toList();

        assertThat(bom.all("dependencyManagement/dependencies/dependency/artifactId"))
                .containsExactlyInAnyOrderElementsOf(artifacts);
        assertThat(bom.all("dependencyManagement/dependencies/dependency/version"))
                .containsOnly("${project.version}");
        assertThat(bom.all("version")).isEqualTo(parent.all("version"));
        assertThat(bom.all("parent")).isEmpty();
    }

    @Test
    void thePageOnPublishingHasEveryPublishedModule() throws IOException {
        String page = Documentation.read("docs/publishing.md");
        assertThat(published())
                .allSatisfy(pom ->
                        assertThat(page).contains("`" + pom.all("artifactId").getFirst() + "`"));
    }

    @Test
    void everyPomHasWhatCentralRequires() {
        for (Pom pom : List.of(parent, Pom.of(BOM + "/pom.xml"))) {
            pom.assertHas(
                    "name",
                    "description",
                    "url",
                    "licenses/license/name",
                    "licenses/license/url",
                    "developers/developer/name",
                    "developers/developer/organization",
                    "scm/connection",
                    "scm/developerConnection",
                    "scm/url",
                    "issueManagement/url");
        }
        for (Pom pom : published()) {
            pom.assertHas("artifactId", "name", "description");
            assertThat(pom.all("properties/maven.javadoc.skip")).as(pom.path()).isEmpty();
        }
    }

    @Test
    void sourcesJavadocAndSignaturesAreMade() {
        assertThat(parent.all("profiles/profile[id='release']/build/plugins/plugin/artifactId"))
                .contains("maven-source-plugin", "maven-javadoc-plugin");
        for (Pom pom : List.of(parent, Pom.of(BOM + "/pom.xml"))) {
            assertThat(pom.all("profiles/profile[id='publish']/build/plugins/plugin/artifactId"))
                    .as(pom.path())
                    .containsExactly("maven-gpg-plugin", "central-publishing-maven-plugin");
        }
        String versions = "profiles/profile[id='publish']/build/plugins/plugin/version";
        assertThat(parent.all(versions)).isEqualTo(Pom.of(BOM + "/pom.xml").all(versions));
    }
}
