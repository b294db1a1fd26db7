package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Neither callers nor connecting depend on virtual threads that have no carrier. */
class CarriersTest {
    @ParameterizedTest
    @CsvSource({"computing, 3200", "pinned, 800"})
    void callsAreAnsweredWhileNoVirtualThreadGetsACarrier(String how, int calls) throws Exception {
        try (RealTarantool tarantool = RealTarantool.start()) {
            List<String> jvm = List.of(
                    "-Djdk.virtualThreadScheduler.parallelism=2",
                    "-Djdk.virtualThreadScheduler.maxPoolSize=2",
                    "--add-exports",
                    "java.base/jdk.internal.vm=ALL-UNNAMED");
            assertThat(ChildJvm.run(
                            BusyCarriers.class, jvm, how, tarantool.endpoint().toString()))
                    .isEqualTo(calls + " answered, 0 failed");
        }
    }
}
