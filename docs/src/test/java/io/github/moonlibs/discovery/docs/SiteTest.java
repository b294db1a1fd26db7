package io.github.moonlibs.discovery.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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
        Files.writeString(root.resolve("docs/pages.txt"), "index.md\n# More\nother.md\nlater.md\n");
        Files.writeString(root.resolve("pom.xml"), """
                <project><version>1.2.3</version><scm><url>https://example.com/it</url></scm></project>
                """);
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
        Path site = ThisSite.folder();
        assertThat(site.resolve("start.html"))
                .content()
                .contains("<title>Start – discovery</title>", "<h2 id=\"a-project\">");
        assertThat(site.resolve("strategies/p99.svg")).isNotEmptyFile();
        assertThat(site.resolve("discovery-etcd.html")).content().contains("<code>refresh</code>");
        assertThat(site.resolve("api/io/github/moonlibs/discovery/DiscoveryClient.html"))
                .isNotEmptyFile();
    }

    @Test
    void aPageHasItsContentAndTheListOfAll() throws IOException {
        assertThat(built())
                .contains("<title>First &amp; &lt;foremost&gt; – discovery</title>")
                .contains("<li><a href=\"other.html\">Other</a></li>")
                .contains("<a href=\"other.html#second-part\">other</a>");
        assertThat(root.resolve("site/other.html"))
                .content()
                .contains("<li><a aria-current=\"page\" href=\"other.html\">Other</a></li>");
        assertThat(root.resolve("site/style.css")).isNotEmptyFile();
        assertThat(root.resolve("site/images/one.svg")).isNotEmptyFile();
    }

    @Test
    void aPageHasItsContentsItsNeighboursAndTheVersion() throws IOException {
        Files.writeString(root.resolve("docs/other.md"), "# Other\n\n## One\n\n### One\n\n## `Two` <b>\n");
        index("[other](other.md#one-1)");

        assertThat(built())
                .contains("<h2>More</h2>", "<a rel=\"next\" href=\"other.html\">Other</a>", "discovery 1.2.3")
                .doesNotContain("On this page", "rel=\"prev\"");
        assertThat(root.resolve("site/other.html"))
                .content()
                .contains("<a rel=\"prev\" href=\"index.html\">Overview</a>")
                .contains("<li class=\"level-2\"><a href=\"#one\">One</a></li>")
                .contains("<li class=\"level-3\"><a href=\"#one-1\">One</a></li>")
                .contains("<h3 id=\"one-1\">One <a class=\"anchor\" href=\"#one-1\"");
    }

    @Test
    void codeIsColouredByItsLanguage() throws IOException {
        index("""
                ```java
                String text = \"""
                        two < lines
                        \"""; // why
                ```

                ```console
                $ ls "a"
                1 > 0
                ```

                ```none
                if
                ```
                """);

        assertThat(built())
                .contains("<span class=\"string\">        two &lt; lines</span>\n")
                .contains("<span class=\"comment\">// why</span>")
                .contains("<span class=\"prompt\">$ </span>ls <span class=\"string\">&quot;a&quot;</span>\n1 &gt; 0\n")
                .contains("<code class=\"language-none\">if\n</code>");
    }

    @Test
    void theSearchKnowsWhatStandsBelowEachHeading() throws IOException {
        Files.writeString(
                root.resolve("docs/other.md"), "# Other\n\n## Second part\n\n| a | b |\n|---|---|\n| \"c\" | `d` |\n");
        built();

        assertThat(root.resolve("site/search-index.js"))
                .content()
                .startsWith("window.searchIndex = [[\"First & <foremost>\",\"First & <foremost>\",\"index.html\",")
                .contains("[\"Other\",\"Second part\",\"other.html#second-part\",\"a b \\\"c\\\" d\"]")
                .endsWith("];\n");
    }

    @Test
    void theReferenceOfTheCommandLineHasEveryOption() throws IOException {
        assertThat(Commands.markdown())
                .contains("## discovery watch", "$ discovery call [OPTIONS] METHOD [ARG…]", "| `--deadline TIME` | ")
                .contains("Default: api.discovery.");
    }

    @Test
    void picturesAreDarkOnADarkPage() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("../docs"), 2)) {
            List<Path> pictures = files.filter(file -> file.toString().endsWith(".svg"))
                    .filter(file -> file.startsWith("../docs/images") || file.startsWith("../docs/strategies"))
                    .toList();
            assertThat(pictures).hasSizeGreaterThan(4).allSatisfy(picture -> {
                if (!picture.endsWith("watch.svg")) { // a terminal, which is always dark
                    assertThat(picture).content().contains("@media (prefers-color-scheme: dark)");
                }
            });
        }
    }

    @Test
    void aLinkToTheRestOfTheRepositoryAndToAPageThatIsAwaitedLeadsToTheRepository() throws IOException {
        index("[read me](../README.md#read-me) [later](later.md) [away](https://example.com/) ![one](images/one.svg)");

        assertThat(built())
                .contains("href=\"https://example.com/it/blob/main/README.md\"")
                .contains("href=\"https://example.com/it/blob/main/docs/later.md\"")
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
