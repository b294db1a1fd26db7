package io.github.moonlibs.discovery.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * GraalVM's metadata, as far as it can be tested without a native-image: it is in the place and form that native-image
 * reads, what it names is there, and nothing is left out that is looked up by its name.
 */
class NativeImageTest {
    private static final Pattern TYPE = Pattern.compile("\"type\": \"([^\"]+)\"");
    private static final Pattern GLOB = Pattern.compile("\"glob\": \"([^\"]+)\"");
    private static final Pattern FIELD =
            Pattern.compile("\"type\": \"([^\"]+)\",\\s*\"fields\": \\[\\{ \"name\": \"([^\"]+)\" }]", Pattern.DOTALL);

    /** A class, member, resource or proxy that native-image may not find by itself. */
    private static final Pattern LOOKUP =
            Pattern.compile("Class\\.forName\\(|ServiceLoader\\.load\\(|getResource\\w*\\("
                    + "|newProxyInstance\\(|\\.unreflect|findVarHandle\\(|getDeclared\\w+\\(|getRecordComponents\\(");

    /** Where the published modules do so, and why it is covered. */
    private static final Map<String, String> KNOWN = Map.ofEntries(
            Map.entry("DeadlineBinding", "ScopedBinding25 is in the metadata"),
            Map.entry("TaskScopes", "the variants of StructuredScope are in the metadata"),
            Map.entry("Services", "services are in the metadata; it asks for interfaces that are there"),
            Map.entry("Exchange", "its field is in the metadata"),
            Map.entry("Times", "the list of time zones is in the metadata"),
            Map.entry("Containers", "the JDK's collections are in the metadata; others are the application's"),
            Map.entry("Binder", "a proxy of an application's interface, which its page says to register"),
            Map.entry("DefaultMethod", "a default method of an application's interface"),
            Map.entry("Making", "records and classes of an application, which its page says to register"),
            Map.entry("KotlinClass", "data classes of an application"));

    private static String metadata(String module) {
        return Documentation.read(module + "/src/main/resources/META-INF/native-image/io.github.moonlibs/" + module
                + "/reachability-metadata.json");
    }

    private static Set<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"discovery-api", "discovery-core", "discovery-iproto", "discovery-etcd"})
    void whatTheMetadataNamesIsThere(String module) throws Exception {
        String metadata = metadata(module);
        try (JsonParser json = new JsonFactory().createParser(metadata)) {
            while (json.nextToken() != null) {
                // only to see that it is JSON
            }
        }
        Set<String> types = found(TYPE, metadata);
        assertThat(types).isNotEmpty();
        for (String type : types) {
            if (!Pattern.compile("\\d\\d$").matcher(type).find()) {
                assertThatCode(() -> Class.forName(type, false, getClass().getClassLoader()))
                        .doesNotThrowAnyException();
            } else {
                assertThat(variants(module)).as("variants for one JDK").contains(type);
            }
        }
        for (MatchResult field : FIELD.matcher(metadata).results().toList()) {
            assertThatCode(() -> Class.forName(field.group(1)).getDeclaredField(field.group(2)))
                    .doesNotThrowAnyException();
        }
        for (String resource : found(GLOB, metadata)) {
            assertThat(Documentation.file(module + "/src/main/resources/" + resource))
                    .exists();
        }
    }

    private static Set<String> variants(String module) throws IOException {
        Set<String> variants = new TreeSet<>();
        for (String folder : List.of("java21", "java25")) {
            Path sources = Documentation.file(module + "/src/main/" + folder);
            if (Files.exists(sources)) {
                try (Stream<Path> files = Files.walk(sources)) {
                    files.map(file -> sources.relativize(file).toString())
                            .filter(file -> file.endsWith(".java") && !file.endsWith("-info.java"))
                            .map(file -> file.replace(".java", "").replaceAll("[/\\\\]", "."))
                            .forEach(variants::add);
                }
            }
        }
        return variants;
    }

    @ParameterizedTest
    @ValueSource(strings = {"discovery-api", "discovery-core", "discovery-iproto", "discovery-etcd"})
    void everyServiceAndVariantIsInTheMetadata(String module) throws Exception {
        String metadata = metadata(module);
        assertThat(found(TYPE, metadata)).containsAll(variants(module));
        Path services = Documentation.file(module + "/src/main/resources/META-INF/services");
        if (Files.exists(services)) {
            try (Stream<Path> files = Files.list(services)) {
                for (Path file : files.toList()) {
                    assertThat(found(GLOB, metadata)).contains("META-INF/services/" + file.getFileName());
                    assertThat(found(TYPE, metadata)).containsAll(Files.readAllLines(file));
                }
            }
        }
    }

    @Test
    void everyLookUpByNameIsKnown() throws Exception {
        Set<String> places = new TreeSet<>();
        for (String module : List.of(
                "discovery-api", "discovery-core", "discovery-iproto", "discovery-etcd", "discovery-micrometer")) {
            try (Stream<Path> files = Files.walk(Documentation.file(module + "/src/main/java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    if (Files.readAllLines(file).stream()
                            .filter(line -> !line.strip().startsWith("*")
                                    && !line.strip().startsWith("/*"))
                            .anyMatch(line -> LOOKUP.matcher(line).find())) {
                        places.add(file.getFileName().toString().replace(".java", ""));
                    }
                }
            }
        }
        assertThat(places)
                .as("add what is looked up to reachability-metadata.json, then its place here")
                .isEqualTo(new TreeSet<>(KNOWN.keySet()));
    }

    @Test
    void thePageSaysHowToRegisterWhatIsTheApplications() {
        assertThat(Documentation.read("docs/native-image.md"))
                .contains("\"proxy\"", "allDeclaredConstructors", "has not been built");
    }
}
