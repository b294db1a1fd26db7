package io.github.moonlibs.discovery.iproto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Which threads there are, virtual ones included, and waiting for them. */
public final class Threads {
    /** In seconds: how long anything is waited for that has to come. Far longer than it takes on the busiest machine. */
    public static final long BOUND = 60;

    private Threads() {}

    /** The names of all threads that contain the text. By reflection, because this module does not read that one. */
    public static List<String> named(String text) {
        try {
            Path folder = Files.createTempDirectory("threads");
            Path dump = folder.resolve("dump.txt");
            Class<?> bean = Class.forName("com.sun.management.HotSpotDiagnosticMXBean");
            Class<?> format = Class.forName("com.sun.management.HotSpotDiagnosticMXBean$ThreadDumpFormat");
            Method of =
                    Class.forName("java.lang.management.ManagementFactory").getMethod("getPlatformMXBean", Class.class);
            bean.getMethod("dumpThreads", String.class, format)
                    .invoke(of.invoke(null, bean), dump.toString(), format.getEnumConstants()[0]);
            try (Stream<String> lines = Files.lines(dump)) {
                return lines.filter(line -> line.startsWith("#") && line.contains(text))
                        .toList();
            } finally {
                Files.delete(dump);
                Files.delete(folder);
            }
        } catch (ReflectiveOperationException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits for it, for at most {@link #BOUND}. */
    public static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for: " + what).isLessThan(end);
            LockSupport.parkNanos(100_000);
        }
    }

    public static void awaitNone(String text) throws InterruptedException {
        await("no thread named " + text, () -> named(text).isEmpty());
    }
}
