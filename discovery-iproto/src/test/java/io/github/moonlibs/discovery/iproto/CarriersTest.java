package io.github.moonlibs.discovery.iproto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Callers do not depend on virtual threads that have no carrier. */
class CarriersTest {
    @ParameterizedTest
    @CsvSource({"computing, 3200", "pinned, 800"})
    void callsAreAnsweredWhileNoVirtualThreadGetsACarrier(String how, int calls) throws Exception {
        try (RealTarantool tarantool = RealTarantool.start()) {
            Process program = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Djdk.virtualThreadScheduler.parallelism=2",
                            "-Djdk.virtualThreadScheduler.maxPoolSize=2",
                            "--add-exports",
                            "java.base/jdk.internal.vm=ALL-UNNAMED",
                            "-cp",
                            classPath(),
                            BusyCarriers.class.getName(),
                            how,
                            tarantool.endpoint().toString())
                    .redirectErrorStream(true)
                    .start();
            try {
                String said = new String(program.getInputStream().readAllBytes(), UTF_8);
                assertThat(program.waitFor(100, TimeUnit.SECONDS)).isTrue();
                assertThat(said.strip()).isEqualTo(calls + " answered, 0 failed");
            } finally {
                program.destroyForcibly();
            }
        }
    }

    /** The module path counts as well: in the child there are no modules. */
    private static String classPath() throws Exception {
        StringBuilder path = new StringBuilder(System.getProperty("java.class.path"));
        String modules = System.getProperty("jdk.module.path");
        if (modules != null) {
            path.append(':').append(modules);
        }
        for (Class<?> type : new Class<?>[] {CarriersTest.class, IprotoTransport.class, Owner.class}) {
            path.append(':')
                    .append(Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI()));
        }
        return path.append(":target/test-classes").toString();
    }
}
