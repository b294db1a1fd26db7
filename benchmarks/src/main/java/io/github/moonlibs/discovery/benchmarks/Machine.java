package io.github.moonlibs.discovery.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * The machine that the figures depend on.
 *
 * @param load the load average before anything was measured
 */
public record Machine(
        String date, String cpu, int cores, long memoryGiB, String system, String java, String tarantool, double load) {

    /** This machine at this moment. */
    public static Machine here(String tarantool) throws IOException {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                cpu(system.getArch()),
                system.getAvailableProcessors(),
                Math.round(system.getTotalMemorySize() / 0x1p30),
                system.getName() + " " + system.getVersion(),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
                tarantool,
                system.getSystemLoadAverage());
    }

    private static String cpu(String otherwise) throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.exists(info)) {
            return otherwise;
        }
        return Files.readAllLines(info).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(otherwise);
    }

    @Override
    public String toString() {
        return date + ": " + cores + " × " + cpu + ", " + memoryGiB + " GiB, " + system + ", " + java + ", Tarantool "
                + tarantool + String.format(Locale.ROOT, ", load %.1f before", load);
    }
}
