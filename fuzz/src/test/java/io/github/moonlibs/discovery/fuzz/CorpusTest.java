package io.github.moonlibs.discovery.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is kept in the corpus, the inputs that once were findings among them, is read without one. */
class CorpusTest {
    /** The module's folder, in which its tests run. */
    private static final Path FOLDER = Path.of("corpus");

    @TestFactory
    Stream<DynamicTest> everyInputIsReadWithinBoundsOrRefusedAsDocumented() {
        return Targets.ALL.stream().map(target -> DynamicTest.dynamicTest(target.name(), () -> readAll(target)));
    }

    private static void readAll(Target target) throws IOException {
        Bounds bounds = new Bounds(target);
        Set<Boolean> accepted = new HashSet<>();
        Map<String, Throwable> findings = new LinkedHashMap<>();
        Corpus.of(FOLDER, target).forEach((name, input) -> {
            try {
                accepted.add(bounds.read(input));
            } catch (Exception | Error finding) {
                findings.put(name, finding);
            }
        });
        assertThat(findings).isEmpty();
        assertThat(accepted).as("some are accepted, some are refused").containsExactlyInAnyOrder(true, false);
    }

    @Test
    void everyFolderOfTheCorpusIsATargets() throws IOException {
        try (Stream<Path> folders = Files.list(FOLDER)) {
            assertThat(folders.map(folder -> folder.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            Targets.ALL.stream().map(Target::name).toList());
        }
    }
}
