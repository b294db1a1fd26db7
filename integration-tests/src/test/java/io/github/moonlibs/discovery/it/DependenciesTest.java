package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page on dependencies has what applications get, in the version that they get. */
class DependenciesTest {
    private static final Pattern RESOLVED = Pattern.compile("(?m)^ +([\\w.-]+:[\\w.-]+):jar:([^:]+):");
    private static final Pattern LISTED = Pattern.compile("(?m)^\\| `([\\w.-]+:[\\w.-]+)` \\| (\\S+) \\|");

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

    private static Map<String, String> versions(Pattern line, String text) {
        Map<String, String> versions = new TreeMap<>();
        line.matcher(text).results().forEach(found -> versions.put(found.group(1), found.group(2)));
        return versions;
    }
}
