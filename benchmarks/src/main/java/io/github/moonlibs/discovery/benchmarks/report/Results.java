package io.github.moonlibs.discovery.benchmarks.report;

import io.github.moonlibs.discovery.benchmarks.JmhSuite;
import io.github.moonlibs.discovery.benchmarks.Json;
import io.github.moonlibs.discovery.benchmarks.memory.MemoryProgram;
import io.github.moonlibs.discovery.benchmarks.polling.PollingProgram;
import io.github.moonlibs.discovery.benchmarks.sidebyside.SideBySide;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** All results; a part that was not measured is empty. */
record Results(
        Optional<SideBySide.Results> sideBySide,
        Optional<JmhSuite.Scores> jmh,
        Optional<MemoryProgram.Results> memory,
        Optional<PollingProgram.Results> polling) {

    static Results in(Path folder) throws IOException {
        return new Results(
                Json.read(folder.resolve("side-by-side.json"), SideBySide.Results.class),
                Json.read(folder.resolve("jmh.json"), JmhSuite.Scores.class),
                Json.read(folder.resolve("memory.json"), MemoryProgram.Results.class),
                Json.read(folder.resolve("polling.json"), PollingProgram.Results.class));
    }

    boolean areComplete() {
        return sideBySide.isPresent() && jmh.isPresent() && memory.isPresent() && polling.isPresent();
    }
}
