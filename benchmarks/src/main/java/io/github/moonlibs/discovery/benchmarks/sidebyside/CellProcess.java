package io.github.moonlibs.discovery.benchmarks.sidebyside;

import io.github.moonlibs.discovery.benchmarks.ChildJvm;
import java.io.IOException;
import java.util.stream.Collectors;

/** Runs one {@link Cell} in a JVM of its own. */
record CellProcess(Contender contender, Load load, Options options) {
    Measurement run(int round, Instances instances) throws IOException, InterruptedException {
        try (Network network = new Network(instances.endpoints(), load.delay())) {
            return ChildJvm.start(
                            options.jvm(),
                            contender.classPath(),
                            Cell.class,
                            contender.way().name(),
                            contender.driver(),
                            load.toString(),
                            String.valueOf(options.warmUp()),
                            String.valueOf(options.settle()),
                            String.valueOf(options.seconds()),
                            String.join(",", network.endpoints()),
                            instances.processes().stream().map(String::valueOf).collect(Collectors.joining(",")))
                    .results(Measurement.class)
                    .getLast()
                    .of(contender.name(), round);
        }
    }
}
