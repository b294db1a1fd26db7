package io.github.moonlibs.discovery.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteTest {
    @TempDir
    private Path root;

    @BeforeEach
    void twoPages() throws IOException {
        Files.createDirectories(root.resolve("docs/images"));
        Files.writeString(root.resolve("docs/images/one.svg"), "<svg/>");
        Files.writeString(root.resolve("docs/pages.txt"), "index.md\nother.md\nlater.md\n");
        Files.writeString(root.resolve("README.md"), "# Read me");
        index("[other](other.md#second-part) ![one](images/one.svg)");
        Files.writeString(root.resolve("docs/other.md"), "# Other\n\n## Second part\n");
    }

    private void index(String content) throws IOException {
        Files.writeString(root.resolve("docs/index.md"), "# First & <foremost>\n\n" + content + "\n");
    }

    private String built() throws IOException {
        assertThat(Site.build(root, root.resolve("site"))).isEmpty();
        return Files.readString(root.resolve("site/index.html"));
    }

    @Test
    void thePagesOfThisRepositoryAreASiteWithoutABrokenLink() throws IOException {
        assertThat(Site.build(Path.of(".."), root.resolve("site"))).isEmpty();
        assertThat(root.resolve("site/start.html"))
                .content()
                .contains("<title>Start – discovery</title>", "<h2 id=\"a-project\">");
        assertThat(root.resolve("site/strategies/p99.svg")).isNotEmptyFile();
    }

    @Test
    void aPageHasItsContentAndTheListOfAll() throws IOException {
        assertThat(built())
                .contains("<title>First &amp; &lt;foremost&gt; – discovery</title>")
                .contains("<li><a href=\"other.html\">Other</a></li>")
                .contains("<a href=\"other.html#second-part\">other</a>");
        assertThat(root.resolve("site/other.html"))
                .content()
                .contains("<li><a href=\"other.html\" aria-current=\"page\">Other</a></li>");
        assertThat(root.resolve("site/style.css")).isNotEmptyFile();
        assertThat(root.resolve("site/images/one.svg")).isNotEmptyFile();
    }

    @Test
    void aLinkToTheRestOfTheRepositoryAndToAPageThatIsAwaitedLeadsToTheRepository() throws IOException {
        index("[read me](../README.md#read-me) [later](later.md) [away](https://example.com/) ![one](images/one.svg)");

        assertThat(built())
                .contains("href=\"https://github.com/moonlibs/discovery/blob/main/README.md\"")
                .contains("href=\"https://github.com/moonlibs/discovery/blob/main/docs/later.md\"")
                .contains("href=\"https://example.com/\"")
                .contains("src=\"images/one.svg\"");
    }

    @Test
    void linksOfPagesBesideTheSiteAreChecked() throws IOException {
        Files.createDirectories(root.resolve("docs/adr"));
        Files.createDirectories(root.resolve("examples/plain"));
        Files.writeString(root.resolve("docs/adr/0001-one.md"), "# One\n\n[up](../other.md#third)");
        Files.writeString(root.resolve("examples/plain/README.md"), "# Plain\n\n[root](../../README.md#nowhere)");
        index("[one](adr/0001-one.md#two)");

        assertThat(Site.build(root, root.resolve("site")))
                .satisfiesExactlyInAnyOrder(
                        index -> assertThat(index)
                                .startsWith("docs/index.md: link to adr/0001-one.md#two: no such heading"),
                        adr -> assertThat(adr)
                                .startsWith("docs/adr/0001-one.md: link to ../other.md#third: no such heading"),
                        example -> assertThat(example)
                                .startsWith(
                                        "examples/plain/README.md: link to ../../README.md#nowhere: no such heading"));
        assertThat(root.resolve("site/0001-one.html")).doesNotExist();
    }

    @Test
    void whatIsBrokenIsNamed() throws IOException {
        index("[a](none.md) [b](other.md#third) [c](#nowhere) ![d](images/two.svg) [e](../../etc/passwd)");
        Files.writeString(root.resolve("docs/orphan.md"), "# Orphan");

        assertThat(Site.build(root, root.resolve("site")))
                .satisfiesExactlyInAnyOrder(
                        orphan -> assertThat(orphan).isEqualTo("docs/orphan.md: not listed in docs/pages.txt"),
                        file -> assertThat(file).isEqualTo("docs/index.md: link to none.md: no such file"),
                        heading -> assertThat(heading)
                                .startsWith("docs/index.md: link to other.md#third: no such heading; there are "),
                        own -> assertThat(own).startsWith("docs/index.md: link to #nowhere: no such heading"),
                        picture ->
                                assertThat(picture).isEqualTo("docs/index.md: link to images/two.svg: no such picture"),
                        outside ->
                                assertThat(outside).isEqualTo("docs/index.md: link to ../../etc/passwd: no such file"));
    }
}
