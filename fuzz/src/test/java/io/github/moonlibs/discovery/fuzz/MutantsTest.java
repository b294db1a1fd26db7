package io.github.moonlibs.discovery.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The mutants that {@code ./dev fuzz --mutants} fuzzes. */
class MutantsTest {
    @TempDir
    private Path folder = Path.of("none");

    static Iterable<Mutants.Mutant> mutants() {
        return Mutants.ALL;
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void aMutantIsTheReaderOfTodayWithOneLineChanged(Mutants.Mutant mutant) throws Exception {
        Path classes = Mutants.compile(Path.of(".."), mutant, folder.resolve("classes"));

        assertThat(classes).isDirectoryRecursivelyContaining("glob:**.class");
    }
}
