package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page on dependencies has what applications get, in the version that they get. */
class DependenciesTest {
    private static final Pattern RESOLVED = Pattern.compile("(?m)^ +([\\w.-]+:[\\w.-]+):jar:([^:]+):");
    private static final Pattern LISTED = Pattern.compile("(?m)^\\| `([\\w.-]+:[\\w.-]+)` \\| (\\S+) \\|");

    private static final Pattern COMPONENT =
            Pattern.compile("\"purl\" : \"pkg:maven/([\\w.-]+/[\\w.-]+)@([^?]+)\\?type=jar\"");
    private static final String BILL = "-cyclonedx.json";

    @ParameterizedTest
    @ValueSource(
            strings = {"discovery-api", "discovery-core", "discovery-iproto", "discovery-etcd", "discovery-micrometer"})
    void whatIsListedIsWhatMavenResolves(String module) throws IOException {
        Path resolved = Documentation.file(module + "/target/runtime.txt");
        assumeTrue(Files.exists(resolved), "Maven writes it: " + resolved);
        String page = Documentation.read("docs/dependencies.md");
        int start = page.indexOf("## " + module + "\n");

        assertThat(start).isNotNegative();
        String section = page.substring(start, page.indexOf("\n## ", start + 1));
        assertThat(versions(LISTED, section)).isEqualTo(versions(RESOLVED, Files.readString(resolved)));
    }

    /** What scanners are given says the same as Maven does, with the library's own modules, and without what tests use. */
    @ParameterizedTest
    @Tag("release")
    @ValueSource(
            strings = {"discovery-api", "discovery-core", "discovery-iproto", "discovery-etcd", "discovery-micrometer"})
    void theBillOfMaterialsHasWhatMavenResolves(String module) throws IOException {
        Path resolved = Documentation.file(module + "/target/runtime.txt");
        Optional<Path> bill = Files.exists(resolved) ? bill(Documentation.file(module + "/target")) : Optional.empty();
        assertThat(bill)
                .as("%s/target/…%s, which ./dev build writes", module, BILL)
                .isPresent();
        String text = Files.readString(bill.orElseThrow());
        Map<String, String> components = versions(COMPONENT, text);

        assertThat(text).doesNotContain("\"serialNumber\"", "\"timestamp\"");
        assertThat(components.keySet()).noneMatch(each -> each.matches(".*(junit|assertj|testkit).*"));
        // applications get these annotations with Guava and Micrometer, while this build has them without
        components.remove("org.jspecify:jspecify");
        components.keySet().removeIf(each -> each.startsWith("io.github.moonlibs:"));
        assertThat(components).isEqualTo(versions(RESOLVED, Files.readString(resolved)));
    }

    private static Optional<Path> bill(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(BILL)).findFirst();
        }
    }

    private static Map<String, String> versions(Pattern line, String text) {
        Map<String, String> versions = new TreeMap<>();
        line.matcher(text)
                .results()
                .forEach(found -> versions.put(found.group(1).replace('/', ':'), found.group(2)));
        return versions;
    }
}
